"""Take in the reports of agencies on the list alone, and take nobody off it who has begun."""

from collections.abc import Sequence

from alembic import op


revision = "0046"
down_revision = "0045"

WANTED = "is_report_wanted(uuid, smallint)"
FUNCTION = """
    CREATE FUNCTION is_report_wanted(agency uuid, of_year smallint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT NOT EXISTS (
            SELECT FROM expected_report AS listed WHERE listed.province_id = child.province_id
            AND listed.tenant_id = child.parent_id AND listed.year = of_year
        ) OR EXISTS (
            SELECT FROM expected_report AS listed WHERE listed.province_id = child.province_id
            AND listed.tenant_id = child.parent_id AND listed.year = of_year
            AND listed.agency_id = child.id AND 'removed' IS DISTINCT FROM (
                SELECT change FROM expected_change AS change
                WHERE change.province_id = listed.province_id
                AND change.tenant_id = listed.tenant_id AND change.year = listed.year
                AND change.agency_id = listed.agency_id
                ORDER BY change.changed_at DESC, change.id DESC LIMIT 1)
        )
        FROM tenant AS child
        WHERE child.province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND child.id = agency
        AND nullif(current_setting('app.tenant_id', true), '')::uuid
            IN (child.id, child.parent_id)
    $$
"""
# Words of functions that are there, and what they become.
MOVES = (
    "NEW.from_state := before.state;",
    """IF NEW.event = ANY (ARRAY['compile', 'submit', 'waive', 'unwaive'])
            AND NOT is_report_wanted(NEW.tenant_id, NEW.year)
        THEN
            RAISE EXCEPTION 'no report of % is asked for', NEW.year USING ERRCODE = 'BV024';
        END IF;
        NEW.from_state := before.state;""",
)
LEAVES = ("state NOT IN ('open', 'compiled', 'returned', 'waived')", "state NOT IN ('open', 'waived')")


def rewrite(function: str, words: Sequence[str]) -> None:
    before, after = words
    [body] = (
        op.get_bind()
        .exec_driver_sql("SELECT pg_get_functiondef(%s::regprocedure)", (function,))
        .scalars()
    )
    if before not in body:
        raise LookupError(f"{function} does not say: {before}")
    op.get_bind().exec_driver_sql(body.replace(before, after).replace("%", "%%"), ())


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute(f"REVOKE ALL ON FUNCTION {WANTED} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {WANTED} TO bangvang_app")
    rewrite("apply_report_event()", MOVES)
    rewrite("guard_expected_change()", LEAVES)


def downgrade() -> None:
    rewrite("guard_expected_change()", LEAVES[::-1])
    rewrite("apply_report_event()", MOVES[::-1])
    op.execute(f"DROP FUNCTION {WANTED}")
