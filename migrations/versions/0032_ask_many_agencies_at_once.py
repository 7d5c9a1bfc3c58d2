"""Ask many agencies below at once; each answers on a line of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY


revision = "0032"
down_revision = "0031"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
ASKED = f"province_id = {PROVINCE} AND asker_id = {TENANT}"
ANSWER = """
    state, numbers, texts, known, reasons, answered_first_at, answered_at, answered_by,
    answered_by_name
"""

FUNCTIONS = (
    # Puts a request before the agencies that it names, as far as they stand below the one in
    # scope, and onto the record of each. One at a time in a province: it writes into the records
    # of many agencies. Answers how many were asked; none, when it was sent before.
    """
    CREATE FUNCTION send_adhoc(wanted uuid, account uuid, sender text, moment timestamptz)
    RETURNS integer
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
            province_id, tenant_id, id, request_id, asker_id, title, document, instructions,
            due_on, year, labels, kinds, figures, asked_at, asked_by_name
        ) SELECT province, line.descendant_id, gen_random_uuid(), one.id, above, one.title,
            one.document, one.instructions, one.due_on, one.year, one.labels, one.kinds,
            one.figures, moment, sender
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
    """,
    # Gives an answer back to the agency that sent it, with the reason, and onto its record.
    """
    CREATE FUNCTION return_adhoc(
        wanted uuid, why text, account uuid, actor text, moment timestamptz
    ) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        one adhoc_line%ROWTYPE;
    BEGIN
        PERFORM pg_advisory_xact_lock(
            9, nullif(current_setting('app.province_id', true), '')::smallint
        );
        UPDATE adhoc_line SET state = 'returned', returned_reason = why, returned_at = moment,
            returned_by_name = actor
        WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND asker_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND id = wanted AND state = 'answered' AND closed_at IS NULL
        RETURNING * INTO one;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        INSERT INTO audit_event (
            province_id, tenant_id, id, at, act, actor_account_id, actor_name, object_kind,
            object_id, facts
        ) VALUES (
            one.province_id, one.tenant_id, gen_random_uuid(), moment, 'adhoc-returned', account,
            actor, 'adhoc', one.id, jsonb_build_object('title', one.title, 'reason', why)
        );
        RETURN true;
    END
    $$
    """,
    # Ends a request: nobody answers any more.
    """
    CREATE FUNCTION close_adhoc(wanted uuid, moment timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        above uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    BEGIN
        UPDATE adhoc_request SET closed_at = moment
        WHERE province_id = province AND tenant_id = above AND id = wanted
        AND sent_at IS NOT NULL AND closed_at IS NULL;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        UPDATE adhoc_line SET closed_at = moment
        WHERE province_id = province AND asker_id = above AND request_id = wanted;
        RETURN true;
    END
    $$
    """,
)
SIGNATURES = (
    "send_adhoc(uuid, uuid, text, timestamptz)",
    "return_adhoc(uuid, text, uuid, text, timestamptz)",
    "close_adhoc(uuid, timestamptz)",
)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_request()
    create_line()
    op.execute("ALTER TABLE adhoc_request ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON adhoc_request TO {ROLE}")
    op.execute(f"CREATE POLICY read ON adhoc_request FOR SELECT TO {ROLE} USING ({OWN})")
    op.execute(f"CREATE POLICY add ON adhoc_request FOR INSERT TO {ROLE} WITH CHECK ({OWN})")
    # What was sent stands on the desks of others, and stays.
    op.execute(
        f"CREATE POLICY remove ON adhoc_request FOR DELETE TO {ROLE}"
        f" USING ({OWN} AND sent_at IS NULL)"
    )
    op.execute("ALTER TABLE adhoc_line ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, UPDATE ({ANSWER}) ON adhoc_line TO {ROLE}")
    op.execute(f"CREATE POLICY read ON adhoc_line FOR SELECT TO {ROLE} USING ({OWN})")
    op.execute(
        f"CREATE POLICY answer ON adhoc_line FOR UPDATE TO {ROLE}"
        f" USING ({OWN} AND closed_at IS NULL) WITH CHECK ({OWN})"
    )
    op.execute(f"CREATE POLICY asked ON adhoc_line FOR SELECT TO {ROLE} USING ({ASKED})")
    for function in FUNCTIONS:
        op.execute(function)
    for signature in SIGNATURES:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")


def keys() -> list[sa.Column]:
    return [
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def form() -> list[sa.Column]:
    return [
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("labels", ARRAY(sa.Text()), nullable=False),
        sa.Column("kinds", ARRAY(sa.Text()), nullable=False),
        sa.Column("figures", ARRAY(sa.Text()), nullable=False),
    ]


def same_length(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        "cardinality(labels) BETWEEN 1 AND 20 AND cardinality(kinds) = cardinality(labels)"
        " AND cardinality(figures) = cardinality(labels)",
        name=op.f(f"ck_{table}_fields"),
    )


def to_tenant(table: str, column: str = "tenant_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["province_id", column],
        ["tenant.province_id", "tenant.id"],
        name=op.f(f"fk_{table}_province_id_{column}_tenant"),
    )


def create_request() -> None:
    op.create_table(
        "adhoc_request",
        *keys(),
        *form(),
        sa.Column("addressed", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        to_tenant("adhoc_request"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_adhoc_request_created_by_account")
        ),
        same_length("adhoc_request"),
        sa.CheckConstraint("cardinality(addressed) > 0", name=op.f("ck_adhoc_request_addressed")),
        sa.CheckConstraint(
            "closed_at IS NULL OR sent_at IS NOT NULL", name=op.f("ck_adhoc_request_closed")
        ),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_adhoc_request")),
    )


def create_line() -> None:
    op.create_table(
        "adhoc_line",
        *keys(),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        *form(),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False),
        sa.Column("numbers", ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("texts", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("known", ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("reasons", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("answered_first_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.Text(), nullable=True),
        sa.Column("returned_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("returned_at", MOMENT, nullable=True),
        sa.Column("returned_by_name", sa.Text(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        to_tenant("adhoc_line"),
        to_tenant("adhoc_line", "asker_id"),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_adhoc_line_answered_by_account")
        ),
        same_length("adhoc_line"),
        sa.CheckConstraint("asker_id <> tenant_id", name=op.f("ck_adhoc_line_from_above")),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'returned')", name=op.f("ck_adhoc_line_state")
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)"
            " AND (answered_at IS NULL) = (answered_first_at IS NULL)"
            " AND (state = 'asked' OR cardinality(numbers) = cardinality(labels)"
            " AND cardinality(texts) = cardinality(labels)"
            " AND cardinality(known) = cardinality(labels)"
            " AND cardinality(reasons) = cardinality(labels))",
            name=op.f("ck_adhoc_line_answer"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR length(trim(returned_reason)) > 0",
            name=op.f("ck_adhoc_line_returned"),
        ),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_adhoc_line")),
        sa.UniqueConstraint(
            "province_id",
            "tenant_id",
            "request_id",
            name=op.f("uq_adhoc_line_province_id_tenant_id_request_id"),
        ),
    )
    op.create_index("ix_adhoc_line_asker", "adhoc_line", ["province_id", "asker_id", "request_id"])


def downgrade() -> None:
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
    op.drop_table("adhoc_line")
    op.drop_table("adhoc_request")
