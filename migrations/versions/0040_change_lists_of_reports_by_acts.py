"""Change the frozen list of expected reports by acts alone, each with a reason."""

from alembic import op


revision = "0040"
down_revision = "0039"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
BELOW = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)
EXPECTED = f"province_id = {PROVINCE} AND agency_id = {TENANT}"

TABLE = """
    CREATE TABLE expected_change (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        year smallint NOT NULL,
        agency_id uuid NOT NULL,
        change text NOT NULL,
        reason text NOT NULL,
        changed_by uuid NOT NULL,
        changer_name text NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_expected_change PRIMARY KEY (province_id, tenant_id, id),
        CONSTRAINT fk_expected_change_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_expected_change_province_id_agency_id_tenant
            FOREIGN KEY (province_id, agency_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_expected_change_changed_by_account
            FOREIGN KEY (changed_by) REFERENCES account (id),
        CONSTRAINT ck_expected_change_change CHECK (change IN ('added', 'removed')),
        CONSTRAINT ck_expected_change_reason CHECK (trim(reason) <> '')
    )
"""
INDEX = "CREATE INDEX ix_expected_change_agency ON expected_change (province_id, agency_id, year)"

FUNCTIONS = {
    # A list that is frozen gains nobody without an act that says why.
    "expected_report": """
        CREATE FUNCTION guard_expected_report() RETURNS trigger
        LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM expected_report
                WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
                AND year = NEW.year AND frozen_at < now()
            ) AND NOT EXISTS (
                SELECT FROM expected_change
                WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
                AND year = NEW.year AND agency_id = NEW.agency_id AND change = 'added'
            ) THEN
                RAISE EXCEPTION 'the list of % is frozen', NEW.year USING ERRCODE = 'BV016';
            END IF;
            RETURN NEW;
        END
        $$
    """,
    # In turns: who is on the list is taken off it, who is not comes onto it. Whoever has handed in
    # stays, and whoever is suspended does not come.
    "expected_change": """
        CREATE FUNCTION guard_expected_change() RETURNS trigger
        LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
            last text;
            is_listed boolean;
        BEGIN
            SELECT change INTO last FROM expected_change
            WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
            AND year = NEW.year AND agency_id = NEW.agency_id
            ORDER BY changed_at DESC, id DESC LIMIT 1;
            is_listed := coalesce(last = 'added', EXISTS (
                SELECT FROM expected_report
                WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
                AND year = NEW.year AND agency_id = NEW.agency_id));
            IF is_listed = (NEW.change = 'added') THEN
                RAISE EXCEPTION 'the list of % says so already', NEW.year USING ERRCODE = 'BV016';
            END IF;
            IF NEW.change = 'added' AND NOT EXISTS (
                SELECT FROM tenant WHERE province_id = NEW.province_id AND id = NEW.agency_id
                AND parent_id = NEW.tenant_id AND NOT is_suspended
            ) THEN
                RAISE EXCEPTION 'nothing is expected of this agency' USING ERRCODE = 'BV016';
            END IF;
            IF NEW.change = 'removed' AND EXISTS (
                SELECT FROM report WHERE province_id = NEW.province_id
                AND tenant_id = NEW.agency_id AND year = NEW.year
                AND (accepted_version IS NOT NULL
                    OR state NOT IN ('open', 'compiled', 'returned', 'waived'))
            ) THEN
                RAISE EXCEPTION 'this agency has handed in' USING ERRCODE = 'BV016';
            END IF;
            RETURN NEW;
        END
        $$
    """,
}


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(INDEX)
    op.execute("ALTER TABLE expected_change ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON expected_change TO {ROLE}")
    for policy in (
        f"read ON expected_change FOR SELECT TO {ROLE} USING ({BELOW})",
        f"expected ON expected_change FOR SELECT TO {ROLE} USING ({EXPECTED})",
        f"add ON expected_change FOR INSERT TO {ROLE} WITH CHECK ({OWN})",
    ):
        op.execute(f"CREATE POLICY {policy}")
    op.execute(
        "CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON expected_change"
        " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    for table, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION guard_{table}() FROM PUBLIC")
        op.execute(
            f"CREATE TRIGGER guard_{table} BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION guard_{table}()"
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_expected_report ON expected_report")
    op.drop_table("expected_change")
    for table in FUNCTIONS:
        op.execute(f"DROP FUNCTION guard_{table}()")
