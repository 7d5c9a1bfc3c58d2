"""Keep what is to be done after an act in an outbox, written in the transaction of the act."""

import sqlalchemy as sa
from alembic import op


revision = "0027"
down_revision = "0026"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")
CHANGED = (
    "state, next_at, sent_at, begun_at, alive_at, done_at, parked_at, attempts, fence, done,"
    " total, last_error"
)

FUNCTIONS = {
    # One line of each agency that has none under way, the oldest first; locked until it is known
    # that the queue has them. Answers keys alone.
    "take_outbox(text[], integer)": """
        CREATE FUNCTION take_outbox(kinds text[], most integer) RETURNS TABLE (
            province_id smallint, tenant_id uuid, id uuid, kind text, state text
        )
        LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            UPDATE outbox AS line SET state = 'sent', sent_at = clock_timestamp()
            FROM (
                SELECT due.province_id, due.tenant_id, due.id FROM outbox AS due
                WHERE due.state = 'waiting' AND due.next_at <= now() AND due.kind = ANY (kinds)
                AND NOT EXISTS (
                    SELECT FROM outbox AS other
                    WHERE other.province_id = due.province_id
                    AND other.tenant_id = due.tenant_id AND other.kind = ANY (kinds)
                    AND other.state IN ('sent', 'running')
                )
                AND NOT EXISTS (
                    SELECT FROM outbox AS other
                    WHERE other.province_id = due.province_id
                    AND other.tenant_id = due.tenant_id AND other.kind = ANY (kinds)
                    AND other.state = 'waiting' AND other.next_at <= now()
                    AND (other.next_at, other.id) < (due.next_at, due.id)
                )
                ORDER BY due.next_at, due.id
                LIMIT most
                FOR UPDATE SKIP LOCKED
            ) AS turn
            WHERE line.province_id = turn.province_id AND line.tenant_id = turn.tenant_id
            AND line.id = turn.id
            RETURNING line.province_id, line.tenant_id, line.id, line.kind, line.state
        $$
    """,
    # Lines whose worker says nothing any more, and lines sent that nobody took up: keys alone.
    "stuck_outbox(interval, interval)": """
        CREATE FUNCTION stuck_outbox(silence interval, patience interval) RETURNS TABLE (
            province_id smallint, tenant_id uuid, id uuid, kind text, state text
        )
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT line.province_id, line.tenant_id, line.id, line.kind, line.state
            FROM outbox AS line
            WHERE line.state = 'running' AND line.alive_at <= now() - silence
            OR line.state = 'sent' AND line.sent_at <= now() - patience
            ORDER BY line.sent_at
        $$
    """,
}
FORMER = """
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


def upgrade() -> None:
    create_outbox()
    for signature, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")
    # What was asked for before goes on.
    op.execute(
        """
        INSERT INTO outbox (province_id, tenant_id, id, kind, subject_id, posted_at)
        SELECT province_id, tenant_id, gen_random_uuid(), 'export', id, asked_at
        FROM export WHERE state IN ('queued', 'running')
        """
    )
    op.execute("DROP FUNCTION overdue_exports(interval, interval)")


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("posted_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("next_at", MOMENT, server_default=NOW, nullable=False),
        *(
            sa.Column(name, MOMENT, nullable=True)
            for name in ("sent_at", "begun_at", "alive_at", "done_at", "parked_at")
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_outbox_province_id_tenant_id_tenant"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'running', 'done', 'parked')",
            name=op.f("ck_outbox_state"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_outbox_done")
        ),
        sa.CheckConstraint(
            "(state = 'parked') = (parked_at IS NOT NULL)", name=op.f("ck_outbox_parked")
        ),
        # The name of a class, and no word of what it said: that may quote what somebody typed.
        sa.CheckConstraint("last_error ~ '^[A-Za-z_]*$'", name=op.f("ck_outbox_error")),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "uq_outbox_asked",
        "outbox",
        ["province_id", "tenant_id", "kind", "subject_id", "year"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state IN ('waiting', 'sent', 'parked')"),
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["next_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index(
        "ix_outbox_under_way",
        "outbox",
        ["province_id", "tenant_id"],
        postgresql_where=sa.text("state IN ('sent', 'running')"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGED}), DELETE ON outbox TO {ROLE}")
    op.execute("ALTER TABLE outbox ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON outbox TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    op.drop_table("outbox")
    op.execute(FORMER)
    op.execute("REVOKE ALL ON FUNCTION overdue_exports(interval, interval) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION overdue_exports(interval, interval) TO {ROLE}")
