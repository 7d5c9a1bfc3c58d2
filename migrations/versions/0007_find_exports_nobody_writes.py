"""Find exports that nobody writes: never taken up, or left by a worker that was killed."""

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"

ROLE = "bangvang_app"


def upgrade() -> None:
    op.add_column("export", sa.Column("alive_at", sa.DateTime(timezone=True)))
    op.execute(
        """
        CREATE FUNCTION overdue_exports(patience interval, silence interval)
        RETURNS TABLE (province_id smallint, tenant_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT export.province_id, export.tenant_id, export.id
            FROM export
            WHERE export.state = 'queued' AND export.asked_at <= now() - patience
            OR export.state = 'running' AND export.alive_at <= now() - silence
            ORDER BY export.asked_at
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION overdue_exports(interval, interval) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION overdue_exports(interval, interval) TO {ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION overdue_exports(interval, interval)")
    op.drop_column("export", "alive_at")
