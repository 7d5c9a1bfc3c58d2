"""Let figures that could not be counted be tried again from the outbox, by whoever counts."""

from alembic import op


revision = "0030"
down_revision = "0029"

ROLE, ROLLUP = "bangvang_app", "bangvang_rollup"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
CHANGED = (
    "state, next_at, sent_at, begun_at, alive_at, done_at, parked_at, attempts, fence, done,"
    " total, last_error"
)
CALLED = ("overdue_rollups(interval)", "take_outbox(text[], integer)")

FORMER = """
    CREATE OR REPLACE FUNCTION overdue_rollups(patience interval)
    RETURNS TABLE (province_id smallint, tenant_id uuid, year smallint, oldest timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT mark.province_id, mark.tenant_id, mark.year, min(mark.marked_at)
        FROM rollup_mark AS mark
        GROUP BY mark.province_id, mark.tenant_id, mark.year
        HAVING min(mark.marked_at) <= now() - patience
        ORDER BY min(mark.marked_at)
    $$
"""
# What failed waits for its line: the sweeper would try it again every few seconds, for ever.
OVERDUE = FORMER.replace(
    "        GROUP BY",
    """        WHERE NOT EXISTS (
            SELECT FROM outbox AS line
            WHERE line.province_id = mark.province_id AND line.tenant_id = mark.tenant_id
            AND line.kind = 'figures' AND line.year = mark.year AND line.state <> 'done'
        )
        GROUP BY""",
)


def upgrade() -> None:
    op.execute(OVERDUE)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGED}), DELETE ON outbox TO {ROLLUP}")
    op.execute(f"CREATE POLICY rollup ON outbox TO {ROLLUP} USING ({OWN}) WITH CHECK ({OWN})")
    for signature in CALLED:
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLLUP}")


def downgrade() -> None:
    for signature in CALLED:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM {ROLLUP}")
    op.execute("DROP POLICY rollup ON outbox")
    op.execute(f"REVOKE ALL ON outbox FROM {ROLLUP}")
    op.execute("DELETE FROM outbox WHERE kind = 'figures'")
    op.execute(FORMER)
