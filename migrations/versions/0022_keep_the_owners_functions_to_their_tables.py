"""Keep the functions that run as the owner from being hung on tables of one's own.

Whoever may execute a trigger's function can make a temporary table with the columns that it reads,
hang it there, and have it write as the owner what they could not write themselves.
"""

from alembic import op


revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute(
        """
        DO $$
        DECLARE one regprocedure;
        BEGIN
            FOR one IN SELECT oid FROM pg_proc
                WHERE prosecdef AND pronamespace = 'public'::regnamespace
            LOOP
                EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
            END LOOP;
        END $$
        """
    )


def downgrade() -> None:
    """Nothing is given back: no earlier migration asked for it."""
