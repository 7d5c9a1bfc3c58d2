"""Move the day on which a year's reports are closed by acts with a reason, and later alone."""

from collections.abc import Sequence

from alembic import op


revision = "0060"
down_revision = "0059"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
IN_LINE = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}"
    f" UNION ALL SELECT ancestor_id FROM tenant_closure WHERE descendant_id = {TENANT}))"
)

# Each follows the one before: two who move the same day at once do not both succeed.
TABLE = """
    CREATE TABLE closing_move (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        year smallint NOT NULL,
        former_at timestamptz NOT NULL,
        closes_at timestamptz NOT NULL,
        reason text NOT NULL,
        moved_by uuid NOT NULL,
        mover_name text NOT NULL,
        moved_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_closing_move PRIMARY KEY (province_id, tenant_id, id),
        CONSTRAINT uq_closing_move_province_id_tenant_id_year_former_at
            UNIQUE (province_id, tenant_id, year, former_at),
        CONSTRAINT fk_closing_move_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_closing_move_moved_by_account
            FOREIGN KEY (moved_by) REFERENCES account (id),
        CONSTRAINT ck_closing_move_later
            CHECK (closes_at > former_at AND closes_at > moved_at),
        CONSTRAINT ck_closing_move_year CHECK (
            closes_at <= make_timestamptz(year + 2, 1, 1, 0, 0, 0, 'Asia/Ho_Chi_Minh')),
        CONSTRAINT ck_closing_move_reason CHECK (trim(reason) <> '')
    )
"""
GUARD = """
    CREATE FUNCTION guard_closing_move() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.former_at IS DISTINCT FROM greatest(
            (SELECT max(closes_at) FROM closing_move
            WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
            AND year = NEW.year),
            (SELECT max(closes_at) FROM expected_report
            WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
            AND year = NEW.year)
        ) THEN
            RAISE EXCEPTION 'the reports of % are not closed then', NEW.year
                USING ERRCODE = 'BV027';
        END IF;
        RETURN NEW;
    END
    $$
"""
# Words of functions that are there, and what they become.
CLOSES = (
    "AND signed.signed_at >= expected.closes_at",
    """AND signed.signed_at >= greatest(expected.closes_at, (
                SELECT max(moved.closes_at) FROM closing_move AS moved
                WHERE moved.province_id = expected.province_id
                AND moved.tenant_id = expected.tenant_id AND moved.year = expected.year))""",
)
OPENED = (
    "BEGIN\n",
    """BEGIN
            IF NOT EXISTS (
                SELECT FROM cycle WHERE province_id = NEW.province_id
                AND tenant_id = NEW.tenant_id AND year = NEW.year
            ) THEN
                RAISE EXCEPTION 'the year % was not opened', NEW.year USING ERRCODE = 'BV016';
            END IF;
""",
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
    op.execute(TABLE)
    op.execute("ALTER TABLE closing_move ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON closing_move TO {ROLE}")
    for policy in (
        f"read ON closing_move FOR SELECT TO {ROLE} USING ({IN_LINE})",
        f"add ON closing_move FOR INSERT TO {ROLE} WITH CHECK ({OWN})",
    ):
        op.execute(f"CREATE POLICY {policy}")
    op.execute(GUARD)
    op.execute("REVOKE ALL ON FUNCTION guard_closing_move() FROM PUBLIC")
    for function, when in (("guard_closing_move", "INSERT"), ("refuse_rewriting", "UPDATE OR DELETE")):
        op.execute(
            f"CREATE TRIGGER {function} BEFORE {when} ON closing_move"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    rewrite("apply_report_event()", CLOSES)
    rewrite("guard_expected_report()", OPENED)


def downgrade() -> None:
    rewrite("guard_expected_report()", OPENED[::-1])
    rewrite("apply_report_event()", CLOSES[::-1])
    op.drop_table("closing_move")
    op.execute("DROP FUNCTION guard_closing_move()")
