"""Tell work that is done in a turn of some seconds from work that takes long."""

import sqlalchemy as sa
from alembic import op


revision = "0033"
down_revision = "0032"

ROLE, ROLLUP = "bangvang_app", "bangvang_rollup"
STUCK = "stuck_outbox(interval, interval)"
FORMER_TAKE, TAKE = "take_outbox(text[], integer)", "take_outbox(text[], boolean, integer)"

FORMER = {
    FORMER_TAKE: """
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
    STUCK: """
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
# An agency has a line under way among the short ones, and another among the long.
_BOTH = "kind text, state text, is_long boolean"
_OTHERS = "AND other.tenant_id = due.tenant_id AND other.kind = ANY (kinds)"
FUNCTIONS = {
    TAKE: FORMER[FORMER_TAKE]
    .replace("kinds text[], most integer", "kinds text[], of_long boolean, most integer")
    .replace("kind text, state text", _BOTH)
    .replace("due.kind = ANY (kinds)\n", "due.kind = ANY (kinds)\n                AND due.is_long = of_long\n")
    .replace(_OTHERS, f"{_OTHERS}\n                    AND other.is_long = of_long")
    .replace("line.kind, line.state\n", "line.kind, line.state,\n                line.is_long\n"),
    STUCK: FORMER[STUCK]
    .replace("kind text, state text", _BOTH)
    .replace("line.kind, line.state\n", "line.kind, line.state,\n                line.is_long\n"),
}


def upgrade() -> None:
    op.add_column(
        "outbox", sa.Column("is_long", sa.Boolean(), server_default="false", nullable=False)
    )
    op.execute(f"GRANT UPDATE (is_long) ON outbox TO {ROLE}, {ROLLUP}")
    _replace(FORMER, FUNCTIONS, TAKE)


def _replace(old: dict[str, str], new: dict[str, str], counted: str) -> None:
    for signature in old:
        op.execute(f"DROP FUNCTION {signature}")
    for signature, function in new.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")
    op.execute(f"GRANT EXECUTE ON FUNCTION {counted} TO {ROLLUP}")


def downgrade() -> None:
    _replace(FUNCTIONS, FORMER, FORMER_TAKE)
    op.drop_column("outbox", "is_long")
