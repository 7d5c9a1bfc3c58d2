"""Let an agency ask for more time in writing, and the one above it answer, each by its own side."""

from collections.abc import Sequence

from alembic import op


revision = "0066"
down_revision = "0065"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
BELOW = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)

TABLE = """
    CREATE TABLE extension_request (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        year smallint NOT NULL,
        ends_at timestamptz NOT NULL,
        reason text NOT NULL,
        asked_by uuid NOT NULL,
        asker_name text NOT NULL,
        asked_at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL DEFAULT 'asked',
        answer text NOT NULL DEFAULT '',
        settled_by uuid,
        settler_name text NOT NULL DEFAULT '',
        settled_at timestamptz,
        CONSTRAINT pk_extension_request PRIMARY KEY (province_id, tenant_id, id),
        CONSTRAINT fk_extension_request_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_extension_request_asked_by_account
            FOREIGN KEY (asked_by) REFERENCES account (id),
        CONSTRAINT fk_extension_request_settled_by_account
            FOREIGN KEY (settled_by) REFERENCES account (id),
        CONSTRAINT ck_extension_request_reason CHECK (trim(reason) <> ''),
        CONSTRAINT ck_extension_request_ahead
            CHECK (ends_at > asked_at AND ends_at <= asked_at + interval '3 years'),
        CONSTRAINT ck_extension_request_state
            CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn', 'lapsed')),
        CONSTRAINT ck_extension_request_settled CHECK (
            (state = 'asked') = (settled_at IS NULL)
            AND (state IN ('asked', 'lapsed')) = (settled_by IS NULL)),
        CONSTRAINT ck_extension_request_answer
            CHECK (state <> 'refused' OR trim(answer) <> '')
    )
"""
ONE_AT_A_TIME = """
    CREATE UNIQUE INDEX uq_extension_request_asked
    ON extension_request (province_id, tenant_id, year) WHERE state = 'asked'
"""
ASKED = "province_id, tenant_id, id, year, ends_at, reason, asked_by, asker_name, asked_at"
SETTLED = "state, settled_by, settler_name, settled_at"

FUNCTIONS = {
    # Asked while a report is owed; settled once; withdrawn by who asked and answered by who did not.
    "guard_extension_request()": """
        CREATE FUNCTION guard_extension_request() RETURNS trigger
        LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
            acting uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        BEGIN
            IF TG_OP = 'INSERT' AND (NOT EXISTS (
                SELECT FROM expected_report WHERE province_id = NEW.province_id
                AND agency_id = NEW.tenant_id AND year = NEW.year
            ) OR EXISTS (
                SELECT FROM report WHERE province_id = NEW.province_id
                AND tenant_id = NEW.tenant_id AND year = NEW.year
                AND state NOT IN ('open', 'compiled', 'returned')
            )) THEN
                RAISE EXCEPTION 'this report is not owed now' USING ERRCODE = 'BV029';
            END IF;
            IF TG_OP = 'UPDATE' AND (OLD.state <> 'asked' OR CASE NEW.state
                WHEN 'withdrawn' THEN acting <> NEW.tenant_id
                WHEN 'lapsed' THEN pg_trigger_depth() < 2
                ELSE acting = NEW.tenant_id END
            ) THEN
                RAISE EXCEPTION 'this request is not settled so' USING ERRCODE = 'BV029';
            END IF;
            RETURN NEW;
        END
        $$
    """,
    # Whoever no longer owes a report has nothing to ask for. Called by the triggers below alone.
    "lapse_extension_request()": """
        CREATE FUNCTION lapse_extension_request() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
            agency uuid;
        BEGIN
            IF TG_TABLE_NAME = 'expected_change' THEN
                agency := NEW.agency_id;
            ELSE
                agency := NEW.tenant_id;
            END IF;
            UPDATE extension_request SET state = 'lapsed', settled_at = now()
            WHERE province_id = NEW.province_id AND tenant_id = agency AND year = NEW.year
            AND state = 'asked';
            RETURN NEW;
        END
        $$
    """,
    # The one way in which the agency right above answers: a request is granted by the extension
    # that names it. On the record of who asked with the same call. Answers whether it was open.
    (
        "answer_extension_request("
        "uuid, uuid, text, text, uuid, text, timestamptz, uuid, text, jsonb)"
    ): """
        CREATE FUNCTION answer_extension_request(
            request uuid, agency uuid, outcome text, why text, account uuid, answerer text,
            moment timestamptz, act uuid, act_word text, told jsonb
        ) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
            province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
            above uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        BEGIN
            IF outcome NOT IN ('granted', 'refused') OR NOT EXISTS (
                SELECT FROM tenant
                WHERE province_id = province AND id = agency AND parent_id = above
            ) OR (outcome = 'granted') IS DISTINCT FROM EXISTS (
                SELECT FROM report_extension WHERE province_id = province
                AND tenant_id = above AND agency_id = agency AND request_id = request
            ) THEN
                RETURN false;
            END IF;
            UPDATE extension_request SET state = outcome, answer = why, settled_by = account,
                settler_name = answerer, settled_at = moment
            WHERE province_id = province AND tenant_id = agency AND id = request
            AND state = 'asked';
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            INSERT INTO audit_event (
                province_id, tenant_id, id, act, actor_account_id, actor_name, object_kind, facts
            ) VALUES (province, agency, act, act_word, account, answerer, 'report', told);
            RETURN true;
        END
        $$
    """,
}
# Words of a function that is there, and what they become.
NAMES_ONE = (
    "IF NEW.ends_at <= NEW.approved_at OR",
    """IF NEW.request_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM extension_request AS asked WHERE asked.province_id = NEW.province_id
            AND asked.tenant_id = NEW.agency_id AND asked.id = NEW.request_id
            AND asked.year = NEW.year AND asked.state = 'asked'
        ) THEN
            RAISE EXCEPTION 'nobody asks for this extension' USING ERRCODE = 'BV029';
        END IF;
        IF NEW.ends_at <= NEW.approved_at OR""",
)
LAPSES = {
    "report_event": "NEW.event IN ('submit', 'waive', 'uncorrect')",
    "expected_change": "NEW.change = 'removed'",
}


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
    op.execute(ONE_AT_A_TIME)
    op.execute("ALTER TABLE extension_request ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"GRANT SELECT, INSERT ({ASKED}), UPDATE ({SETTLED}) ON extension_request TO {ROLE}"
    )
    for policy in (
        f"read ON extension_request FOR SELECT TO {ROLE} USING ({BELOW})",
        f"add ON extension_request FOR INSERT TO {ROLE} WITH CHECK ({OWN})",
        f"change ON extension_request FOR UPDATE TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})",
    ):
        op.execute(f"CREATE POLICY {policy}")
    op.execute("ALTER TABLE report_extension ADD COLUMN request_id uuid")
    op.execute(
        "CREATE UNIQUE INDEX uq_report_extension_request"
        " ON report_extension (province_id, tenant_id, request_id)"
    )
    for signature, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    *_, answers = FUNCTIONS
    op.execute(f"GRANT EXECUTE ON FUNCTION {answers} TO {ROLE}")
    op.execute(
        "CREATE TRIGGER guard_extension_request BEFORE INSERT OR UPDATE ON extension_request"
        " FOR EACH ROW EXECUTE FUNCTION guard_extension_request()"
    )
    op.execute(
        "CREATE TRIGGER refuse_rewriting BEFORE DELETE ON extension_request"
        " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    for table, when in LAPSES.items():
        op.execute(
            f"CREATE TRIGGER lapse_extension_request AFTER INSERT ON {table}"
            f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION lapse_extension_request()"
        )
    rewrite("guard_report_extension()", NAMES_ONE)


def downgrade() -> None:
    rewrite("guard_report_extension()", NAMES_ONE[::-1])
    for table in LAPSES:
        op.execute(f"DROP TRIGGER lapse_extension_request ON {table}")
    op.execute("DROP INDEX uq_report_extension_request")
    op.execute("ALTER TABLE report_extension DROP COLUMN request_id")
    op.drop_table("extension_request")
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
