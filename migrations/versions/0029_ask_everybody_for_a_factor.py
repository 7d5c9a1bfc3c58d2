"""Let an agency ask everybody who has a role in it for a second factor."""

from alembic import op


revision = "0029"
down_revision = "0028"

ROLE = "bangvang_app"
SIGNATURE = "is_factor_asked_of_all(uuid, date)"


def upgrade() -> None:
    # What is asked in one agency, or above it, holds for the account wherever it signs in.
    op.execute(
        """
        CREATE FUNCTION is_factor_asked_of_all(account uuid, on_day date) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT EXISTS (
                SELECT FROM membership
                JOIN tenant_closure AS line ON line.province_id = membership.province_id
                    AND line.descendant_id = membership.tenant_id
                JOIN setting ON setting.province_id = line.province_id
                    AND setting.tenant_id = line.ancestor_id
                WHERE membership.account_id = account
                AND since <= on_day AND (until IS NULL OR until >= on_day)
                AND setting.name = 'second_factor' AND setting.value = '"everybody"'
            )
        $$
        """
    )
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {ROLE}")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.execute("DELETE FROM setting WHERE name = 'second_factor'")
