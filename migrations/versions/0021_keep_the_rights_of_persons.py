"""Keep the rights of persons: a basis for their data, what they ask, and how often numbers go."""

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"

ROLE = "bangvang_app"
MOMENT = sa.DateTime(timezone=True)
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"

# BV008: the person's data may not be processed now. BV009: their word was taken back.
GUARD = """
    CREATE FUNCTION require_basis() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        whose uuid;
    BEGIN
        SELECT person_id INTO STRICT whose FROM dossier
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id;
        IF EXISTS (
            SELECT FROM person WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
            AND id = whose AND (restricted_at IS NOT NULL OR erased_at IS NOT NULL)
        ) THEN
            RAISE EXCEPTION 'the data of this person may not be processed' USING ERRCODE = 'BV008';
        END IF;
        IF NEW.event <> 'register' AND NOT coalesce((
            SELECT bool_or(withdrawn_at IS NULL) FROM consent
            WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
            AND person_id = whose
        ), true) THEN
            RAISE EXCEPTION 'this person has taken their word back' USING ERRCODE = 'BV009';
        END IF;
        RETURN NEW;
    END
    $$
"""
# What takes a dossier on its way; what takes it back or out of the year never needs a basis.
ONWARD = "'register', 'submit', 'confirm', 'score', 'return', 'agree', 'propose', 'decide'"

# Blanks what is left of somebody in rows that the application may only append, on the word of a
# recorded act. What other agencies know of them stays with those agencies.
ERASE = """
    CREATE FUNCTION erase_traces(by_act uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        who uuid;
        human uuid;
        dossiers uuid[];
        accounts uuid[];
    BEGIN
        SELECT object_id INTO STRICT who FROM audit_event
        WHERE province_id = province AND tenant_id = agency AND id = by_act
        AND act = 'person-erased' AND object_kind = 'person';
        SELECT identity_id INTO STRICT human FROM person
        WHERE province_id = province AND tenant_id = agency AND id = who AND erased_at IS NOT NULL;
        dossiers := ARRAY(SELECT id FROM dossier
            WHERE province_id = province AND tenant_id = agency AND person_id = who);
        UPDATE proposal_item SET name = ''
        WHERE province_id = province AND tenant_id = agency AND dossier_id = ANY (dossiers);
        UPDATE decision_item SET reason = CASE outcome WHEN 'recognised' THEN '' ELSE '–' END
        WHERE province_id = province AND tenant_id = agency AND dossier_id = ANY (dossiers);
        UPDATE transfer SET name = '', birth_year = 1900, position = NULL, reason = '–',
            settled_reason = NULL, undone_reason = NULL
        WHERE province_id = province AND tenant_id = agency AND dossier_id = ANY (dossiers);
        UPDATE identity SET cccd_index = NULL, cccd_index_other = NULL
        WHERE id = human AND NOT EXISTS (
            SELECT FROM person WHERE identity_id = human AND cccd_sealed IS NOT NULL);
        -- An account that serves other roles, or another agency, is not this agency's to end.
        accounts := ARRAY(SELECT id FROM account WHERE identity_id = human AND NOT EXISTS (
            SELECT FROM membership WHERE account_id = account.id AND (role <> 'citizen'
            OR (membership.province_id, membership.tenant_id) <> (province, agency))));
        UPDATE account SET name = '', login = id::text, password_hash = NULL, is_disabled = true
        WHERE id = ANY (accounts);
        UPDATE dossier_event SET actor_name = ''
        WHERE province_id = province AND tenant_id = agency
        AND actor_account_id = ANY (accounts) AND dossier_id = ANY (dossiers);
        WITH blanked AS (
            UPDATE audit_event SET actor_name = '', facts = '{}'
            WHERE province_id = province AND tenant_id = agency AND id <> by_act
            AND actor_account_id = ANY (accounts)
            RETURNING id
        )
        UPDATE audit_link SET salt = NULL, erased_by = by_act
        WHERE province_id = province AND tenant_id = agency
        AND row_id IN (SELECT id FROM blanked);
    END
    $$
"""


def upgrade() -> None:
    op.add_column(
        "consent", sa.Column("basis", sa.Text(), server_default="consent", nullable=False)
    )
    op.add_column(
        "consent", sa.Column("purpose", sa.Text(), server_default="assessment", nullable=False)
    )
    op.add_column("consent", sa.Column("wording", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint("basis", "consent", "basis IN ('consent', 'employment', 'law')")
    op.create_index("ix_consent_person_id", "consent", ["province_id", "tenant_id", "person_id"])
    op.add_column("person", sa.Column("restricted_at", MOMENT, nullable=True))
    op.add_column(
        "person", sa.Column("restricted_because", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("person", sa.Column("erased_at", MOMENT, nullable=True))
    create_number_use()
    create_data_request()
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER require_basis BEFORE INSERT ON dossier_event FOR EACH ROW"
        f" WHEN (NEW.event IN ({ONWARD})) EXECUTE FUNCTION require_basis()"
    )
    op.execute(ERASE)
    op.execute("REVOKE ALL ON FUNCTION erase_traces(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION erase_traces(uuid) TO {ROLE}")


def create_number_use() -> None:
    op.create_table(
        "number_use",
        *keys(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("times", sa.SmallInteger(), nullable=False),
        sa.Column("at", MOMENT, server_default=sa.text("now()"), nullable=False),
        to_tenant("number_use"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_number_use_account_id_account")
        ),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_number_use")),
    )
    op.create_index(
        "ix_number_use_at", "number_use", ["province_id", "tenant_id", "account_id", "kind", "at"]
    )
    guard("number_use", "SELECT, INSERT, DELETE")


def create_data_request() -> None:
    op.create_table(
        "data_request",
        *keys(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("done_due_on", sa.Date(), nullable=False),
        sa.Column("extended_because", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        to_tenant("data_request"),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id", "person_id"],
            ["person.province_id", "person.tenant_id", "person.id"],
            name=op.f("fk_data_request_province_id_tenant_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_data_request_asked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["account.id"], name=op.f("fk_data_request_settled_by_account")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'accepted', 'done', 'refused')",
            name=op.f("ck_data_request_state"),
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'refused')) = (settled_at IS NOT NULL)",
            name=op.f("ck_data_request_settled"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR length(trim(outcome)) > 0",
            name=op.f("ck_data_request_refusal_has_reason"),
        ),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_data_request")),
    )
    op.create_index(
        "ix_data_request_state",
        "data_request",
        ["province_id", "tenant_id", "state", "done_due_on"],
    )
    guard(
        "data_request",
        "SELECT, INSERT, UPDATE (state, done_due_on, extended_because, answered_at, settled_at,"
        " settled_by, outcome, words)",
    )


def keys() -> list[sa.Column]:
    return [
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def to_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["province_id", "tenant_id"],
        ["tenant.province_id", "tenant.id"],
        name=op.f(f"fk_{table}_province_id_tenant_id_tenant"),
    )


def guard(table: str, rights: str) -> None:
    op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON {table} TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    op.execute("DROP FUNCTION erase_traces(uuid)")
    op.execute("DROP TRIGGER require_basis ON dossier_event")
    op.execute("DROP FUNCTION require_basis()")
    op.drop_table("data_request")
    op.drop_table("number_use")
    for column in ("erased_at", "restricted_because", "restricted_at"):
        op.drop_column("person", column)
    op.drop_index("ix_consent_person_id", "consent")
    op.drop_constraint("ck_consent_basis", "consent")
    for column in ("wording", "purpose", "basis"):
        op.drop_column("consent", column)
