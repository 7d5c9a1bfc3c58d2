"""Give more time only while a report is owed; of several extensions the last one holds."""

from collections.abc import Sequence

from alembic import op


revision = "0055"
down_revision = "0054"

GUARD = """
    CREATE FUNCTION guard_report_extension() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM report WHERE province_id = NEW.province_id
            AND tenant_id = NEW.agency_id AND year = NEW.year
            AND state NOT IN ('open', 'compiled', 'returned')
        ) THEN
            RAISE EXCEPTION 'this report is not owed now' USING ERRCODE = 'BV025';
        END IF;
        IF NEW.ends_at <= NEW.approved_at OR NEW.ends_at > NEW.approved_at + interval '3 years' THEN
            RAISE EXCEPTION 'no time is given until then' USING ERRCODE = 'BV025';
        END IF;
        RETURN NEW;
    END
    $$
"""
# Words of a function that is there, and what they become.
HOLDS = (
    """AND NOT EXISTS (
                SELECT FROM report_extension AS given
                WHERE given.province_id = expected.province_id
                AND given.tenant_id = expected.tenant_id AND given.year = expected.year
                AND given.agency_id = expected.agency_id AND given.ends_at > signed.signed_at)""",
    """AND NOT coalesce((
                SELECT given.ends_at > signed.signed_at FROM report_extension AS given
                WHERE given.province_id = expected.province_id
                AND given.tenant_id = expected.tenant_id AND given.year = expected.year
                AND given.agency_id = expected.agency_id
                ORDER BY given.approved_at DESC, given.id DESC LIMIT 1), false)""",
)


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
    op.execute(GUARD)
    op.execute("REVOKE ALL ON FUNCTION guard_report_extension() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER guard_report_extension BEFORE INSERT ON report_extension"
        " FOR EACH ROW EXECUTE FUNCTION guard_report_extension()"
    )
    rewrite("apply_report_event()", HOLDS)


def downgrade() -> None:
    rewrite("apply_report_event()", HOLDS[::-1])
    op.execute("DROP TRIGGER guard_report_extension ON report_extension")
    op.execute("DROP FUNCTION guard_report_extension()")
