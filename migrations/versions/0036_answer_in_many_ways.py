"""Ask for decimals, shares and days; keep drafts, corrected answers, and the day that closes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY


revision = "0036"
down_revision = "0035"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
ASKED = f"province_id = {PROVINCE} AND asker_id = {TENANT}"
MOMENT = sa.DateTime(timezone=True)
FORM = """
    title, document, instructions, due_on, closes_on, year, labels, kinds, figures, units,
    addressed, version
"""

# Whether each answer is one to its question: a number where one is asked, a part no larger than
# its whole, a day that is one, and a reason wherever the system counts otherwise.
FITS = """
    CREATE FUNCTION adhoc_fits(
        kinds text[], numbers numeric[], wholes numeric[], texts text[], known bigint[],
        known_wholes bigint[], reasons text[]
    ) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT cardinality(numbers) = cardinality(kinds)
            AND cardinality(wholes) = cardinality(kinds)
            AND cardinality(texts) = cardinality(kinds)
            AND cardinality(known) = cardinality(kinds)
            AND cardinality(known_wholes) = cardinality(kinds)
            AND cardinality(reasons) = cardinality(kinds)
            AND NOT EXISTS (
                SELECT FROM unnest(kinds, numbers, wholes, texts, known, known_wholes, reasons)
                    AS one(kind, number, whole, said, counted, counted_whole, reason)
                WHERE NOT coalesce(CASE
                    WHEN kind IN ('number', 'known') THEN
                        number BETWEEN 0 AND 1000000000000 AND number = trunc(number)
                    WHEN kind = 'decimal' THEN
                        number BETWEEN 0 AND 1000000000000 AND number = round(number, 2)
                    WHEN kind = 'percent' THEN
                        number BETWEEN 0 AND whole AND whole <= 1000000000000
                        AND number = trunc(number) AND whole = trunc(whole)
                    WHEN kind = 'yes_no' THEN number IN (0, 1)
                    WHEN kind = 'date' THEN said ~ '^([0-9]{4}-[0-9]{2}-[0-9]{2})?$'
                    ELSE kind IN ('short', 'text')
                END, false)
                OR (
                    counted IS NOT NULL AND trim(reason) = ''
                    AND (number, whole) IS DISTINCT FROM (counted, counted_whole)
                )
            )
    $$
"""

# Keeps what a line said before its answer is corrected; no correction goes without its number.
KEEP = """
    CREATE FUNCTION keep_adhoc_former() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.version <> OLD.version + 1 THEN
            RAISE EXCEPTION 'an answer follows version %', OLD.version
                USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.version > 0 THEN
            INSERT INTO adhoc_former (
                province_id, tenant_id, id, asker_id, version, numbers, wholes, texts, known,
                known_wholes, reasons, because, answered_at, answered_by_name
            ) VALUES (
                OLD.province_id, OLD.tenant_id, OLD.id, OLD.asker_id, OLD.version, OLD.numbers,
                OLD.wholes, OLD.texts, OLD.known, OLD.known_wholes, OLD.reasons, OLD.because,
                OLD.answered_at, OLD.answered_by_name
            );
        END IF;
        RETURN NULL;
    END
    $$
"""

# Asks those again who have not answered, nobody twice since a moment; onto the record of each.
REMIND = """
    CREATE FUNCTION remind_adhoc(
        wanted uuid, since timestamptz, account uuid, actor text, moment timestamptz
    ) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        above uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        reminded integer;
    BEGIN
        PERFORM pg_advisory_xact_lock(9, province);
        WITH waiting AS (
            UPDATE adhoc_line SET reminded_at = moment
            WHERE province_id = province AND asker_id = above AND request_id = wanted
            AND state IN ('asked', 'returned') AND closed_at IS NULL
            AND (reminded_at IS NULL OR reminded_at <= since)
            RETURNING tenant_id, id, title, due_on
        )
        INSERT INTO audit_event (
            province_id, tenant_id, id, at, act, actor_account_id, actor_name, object_kind,
            object_id, facts
        ) SELECT province, tenant_id, gen_random_uuid(), moment, 'adhoc-reminded', account, actor,
            'adhoc', id, jsonb_build_object('title', title)
        FROM waiting;
        GET DIAGNOSTICS reminded = ROW_COUNT;
        RETURN reminded;
    END
    $$
"""
REMINDING = "remind_adhoc(uuid, timestamptz, uuid, text, timestamptz)"

# Puts a request before the agencies that it names, as far as they stand below the one in scope,
# and onto the record of each; {form} is what is asked.
SEND = """
    CREATE OR REPLACE FUNCTION send_adhoc(
        wanted uuid, account uuid, sender text, moment timestamptz
    ) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        above uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        one adhoc_request%ROWTYPE;
        asked integer;
    BEGIN
        PERFORM pg_advisory_xact_lock(9, province);
        SELECT * INTO one FROM adhoc_request
        WHERE province_id = province AND tenant_id = above AND id = wanted AND sent_at IS NULL
        FOR UPDATE;
        IF NOT FOUND THEN
            RETURN 0;
        END IF;
        INSERT INTO adhoc_line (
            province_id, tenant_id, id, request_id, asker_id, {form}, asked_at, asked_by_name
        ) SELECT province, line.descendant_id, gen_random_uuid(), one.id, above, {values}, moment,
            sender
        FROM tenant_closure AS line
        WHERE line.province_id = province AND line.ancestor_id = above AND line.depth > 0
        AND line.descendant_id = ANY (one.addressed);
        GET DIAGNOSTICS asked = ROW_COUNT;
        INSERT INTO audit_event (
            province_id, tenant_id, id, at, act, actor_account_id, actor_name, object_kind,
            object_id, facts
        ) SELECT province_id, tenant_id, gen_random_uuid(), moment, 'adhoc-asked', account, sender,
            'adhoc', id, jsonb_build_object('title', title)
        FROM adhoc_line WHERE province_id = province AND asker_id = above AND request_id = one.id;
        UPDATE adhoc_request SET sent_at = moment
        WHERE province_id = province AND tenant_id = above AND id = wanted;
        RETURN asked;
    END
    $$
"""
ASKED_BEFORE = (
    "title",
    "document",
    "instructions",
    "due_on",
    "year",
    "labels",
    "kinds",
    "figures",
)
ASKED_NOW = (*ASKED_BEFORE, "closes_on", "units")

SAME_LENGTH = (
    "cardinality(labels) BETWEEN 1 AND 20 AND cardinality(kinds) = cardinality(labels)"
    " AND cardinality(figures) = cardinality(labels)"
)
STATES = "(state = 'asked') = (answered_at IS NULL) AND (answered_at IS NULL) = (answered_first_at IS NULL)"
ANSWER_BEFORE = (
    f"{STATES} AND (state = 'asked' OR cardinality(numbers) = cardinality(labels)"
    " AND cardinality(texts) = cardinality(labels)"
    " AND cardinality(known) = cardinality(labels)"
    " AND cardinality(reasons) = cardinality(labels))"
)
ANSWER_NOW = (
    f"{STATES} AND (answered_at IS NULL) = (version = 0) AND (state = 'asked'"
    " OR adhoc_fits(kinds, numbers, wholes, texts, known, known_wholes, reasons))"
)


def upgrade() -> None:
    op.execute(FITS)
    for table in ("adhoc_request", "adhoc_line"):
        widen_form(table)
    op.execute(
        f"CREATE POLICY change ON adhoc_request FOR UPDATE TO {ROLE}"
        f" USING ({OWN} AND sent_at IS NULL) WITH CHECK ({OWN} AND sent_at IS NULL)"
    )
    op.add_column(
        "adhoc_request", sa.Column("version", sa.SmallInteger(), server_default="1", nullable=False)
    )
    op.execute(f"GRANT UPDATE ({FORM}) ON adhoc_request TO {ROLE}")
    widen_answers()
    create_former()
    create_draft()
    op.execute(send_with(ASKED_NOW))
    op.execute(REMIND)
    op.execute(f"REVOKE ALL ON FUNCTION {REMINDING} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {REMINDING} TO {ROLE}")


def send_with(columns: tuple[str, ...]) -> str:
    return SEND.format(form=", ".join(columns), values=", ".join(f"one.{one}" for one in columns))


def widen_form(table: str) -> None:
    op.add_column(table, sa.Column("closes_on", sa.Date(), nullable=True))
    op.add_column(table, sa.Column("units", ARRAY(sa.Text()), nullable=True))
    op.execute(f"UPDATE {table} SET units = array_fill(''::text, ARRAY[cardinality(labels)])")
    op.alter_column(table, "units", nullable=False)
    op.drop_constraint(op.f(f"ck_{table}_fields"), table)
    op.create_check_constraint(
        op.f(f"ck_{table}_fields"),
        table,
        f"{SAME_LENGTH} AND cardinality(units) = cardinality(labels)",
    )
    op.create_check_constraint(op.f(f"ck_{table}_days"), table, "closes_on >= due_on")


def widen_answers() -> None:
    op.drop_constraint(op.f("ck_adhoc_line_answer"), "adhoc_line")
    op.execute("ALTER TABLE adhoc_line ALTER numbers TYPE numeric[] USING numbers::numeric[]")
    for name, kind in (("wholes", sa.Numeric()), ("known_wholes", sa.BigInteger())):
        op.add_column(
            "adhoc_line", sa.Column(name, ARRAY(kind), server_default="{}", nullable=False)
        )
    op.add_column(
        "adhoc_line", sa.Column("version", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.add_column("adhoc_line", sa.Column("because", sa.Text(), server_default="", nullable=False))
    op.add_column("adhoc_line", sa.Column("reminded_at", MOMENT, nullable=True))
    op.execute(
        "UPDATE adhoc_line SET version = 1,"
        " wholes = array_fill(NULL::numeric, ARRAY[cardinality(labels)]),"
        " known_wholes = array_fill(NULL::bigint, ARRAY[cardinality(labels)])"
        " WHERE answered_at IS NOT NULL"
    )
    op.create_check_constraint(op.f("ck_adhoc_line_answer"), "adhoc_line", ANSWER_NOW)
    op.create_check_constraint(
        op.f("ck_adhoc_line_in_time"),
        "adhoc_line",
        "(answered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= closes_on",
    )
    op.execute(f"GRANT UPDATE (wholes, known_wholes, version, because) ON adhoc_line TO {ROLE}")


def create_former() -> None:
    op.create_table(
        "adhoc_former",
        *keys(),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("numbers", ARRAY(sa.Numeric()), server_default="{}", nullable=False),
        sa.Column("wholes", ARRAY(sa.Numeric()), server_default="{}", nullable=False),
        sa.Column("texts", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("known", ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("known_wholes", ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("reasons", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("because", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by_name", sa.Text(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=False),
        *to_line("adhoc_former"),
        sa.PrimaryKeyConstraint(
            "province_id", "tenant_id", "id", "version", name=op.f("pk_adhoc_former")
        ),
    )
    op.execute("ALTER TABLE adhoc_former ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON adhoc_former TO {ROLE}")
    op.execute(f"CREATE POLICY read ON adhoc_former FOR SELECT TO {ROLE} USING ({OWN})")
    op.execute(f"CREATE POLICY asked ON adhoc_former FOR SELECT TO {ROLE} USING ({ASKED})")
    op.execute(KEEP)
    op.execute("REVOKE ALL ON FUNCTION keep_adhoc_former() FROM PUBLIC")
    op.execute(
        """
        CREATE TRIGGER keep_former AFTER UPDATE OF
            numbers, wholes, texts, known, known_wholes, reasons, because, version
        ON adhoc_line FOR EACH ROW EXECUTE FUNCTION keep_adhoc_former()
        """
    )


def create_draft() -> None:
    op.create_table(
        "adhoc_draft",
        *keys(),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("typed", ARRAY(sa.Text()), nullable=False),
        sa.Column("wholes", ARRAY(sa.Text()), nullable=False),
        sa.Column("reasons", ARRAY(sa.Text()), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("saved_by_name", sa.Text(), nullable=False),
        *to_line("adhoc_draft"),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_adhoc_draft")),
    )
    op.execute("ALTER TABLE adhoc_draft ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON adhoc_draft TO {ROLE}")
    op.execute(f"CREATE POLICY tenant ON adhoc_draft TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")


def keys() -> list[sa.Column]:
    return [
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def to_line(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f(f"fk_{table}_province_id_tenant_id_tenant"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id", "id"],
            ["adhoc_line.province_id", "adhoc_line.tenant_id", "adhoc_line.id"],
            name=op.f(f"fk_{table}_province_id_tenant_id_id_adhoc_line"),
        ),
    ]


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {REMINDING}")
    op.execute(send_with(ASKED_BEFORE))
    op.drop_table("adhoc_draft")
    op.execute("DROP TRIGGER keep_former ON adhoc_line")
    op.execute("DROP FUNCTION keep_adhoc_former()")
    op.drop_table("adhoc_former")
    narrow_answers()
    op.execute("DROP POLICY change ON adhoc_request")
    op.execute(f"REVOKE UPDATE ON adhoc_request FROM {ROLE}")
    op.drop_column("adhoc_request", "version")
    for table in ("adhoc_request", "adhoc_line"):
        op.drop_constraint(op.f(f"ck_{table}_fields"), table)
        op.drop_column(table, "units")
        op.drop_column(table, "closes_on")
        op.create_check_constraint(op.f(f"ck_{table}_fields"), table, SAME_LENGTH)


def narrow_answers() -> None:
    for name in ("answer", "in_time"):
        op.drop_constraint(op.f(f"ck_adhoc_line_{name}"), "adhoc_line")
    for column in ("wholes", "known_wholes", "version", "because", "reminded_at"):
        op.drop_column("adhoc_line", column)
    op.execute("ALTER TABLE adhoc_line ALTER numbers TYPE bigint[] USING numbers::bigint[]")
    op.create_check_constraint(op.f("ck_adhoc_line_answer"), "adhoc_line", ANSWER_BEFORE)
    op.execute(
        "DROP FUNCTION adhoc_fits(text[], numeric[], numeric[], text[], bigint[], bigint[], text[])"
    )
