"""Keep what is done each night, slot by slot, and what it found wrong with whom."""

import sqlalchemy as sa
from alembic import op


revision = "0028"
down_revision = "0027"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
BELOW = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")

# How the work of all agencies stands, for whoever keeps the house running: numbers alone.
HEALTH = """
    CREATE FUNCTION jobs_health() RETURNS TABLE (
        parked bigint, oldest_due timestamptz, oldest_mark timestamptz
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT
            (SELECT count(*) FROM outbox WHERE state = 'parked'),
            (SELECT min(next_at) FROM outbox
                WHERE state IN ('waiting', 'sent') AND next_at <= now()),
            (SELECT min(marked_at) FROM rollup_mark)
    $$
"""


def upgrade() -> None:
    op.create_table(
        "periodic_run",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("started_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("alive_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("found", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('first', 'running', 'done', 'failed', 'missed')",
            name=op.f("ck_periodic_run_outcome"),
        ),
        sa.CheckConstraint("last_error ~ '^[A-Za-z_]*$'", name=op.f("ck_periodic_run_error")),
        sa.PrimaryKeyConstraint("name", "slot", name=op.f("pk_periodic_run")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON periodic_run TO {ROLE}")
    create_alarms()
    op.execute(HEALTH)
    op.execute("REVOKE ALL ON FUNCTION jobs_health() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION jobs_health() TO {ROLE}")


def create_alarms() -> None:
    op.create_table(
        "alarm",
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("raised_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_alarm_province_id_tenant_id_tenant"),
        ),
        sa.CheckConstraint("found > 0", name=op.f("ck_alarm_found")),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_alarm")),
    )
    # Nobody takes an alarm back.
    op.execute(f"GRANT SELECT, INSERT ON alarm TO {ROLE}")
    op.execute("ALTER TABLE alarm ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY read ON alarm FOR SELECT TO {ROLE} USING ({BELOW})")
    op.execute(f"CREATE POLICY add ON alarm FOR INSERT TO {ROLE} WITH CHECK ({OWN})")


def downgrade() -> None:
    op.execute("DROP FUNCTION jobs_health()")
    op.drop_table("alarm")
    op.drop_table("periodic_run")
