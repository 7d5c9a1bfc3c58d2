"""Let the agencies above look into one file: asked with a reason, granted below, for some hours."""

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
ASKED = f"province_id = {PROVINCE} AND asker_id = {TENANT}"
ANSWER = "state, dossier_id, answered_at, answered_by, answered_by_name, answer, expires_at"

FUNCTIONS = (
    # Puts a request before an agency below the one in scope, and onto its record. Answers whether
    # there is such an agency, and nothing about its decisions.
    """
    CREATE FUNCTION ask_inspection(
        fresh uuid, agency uuid, of_number text, of_day date, of_line smallint, why text,
        account uuid, asker text, act uuid
    ) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        above uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    BEGIN
        IF NOT EXISTS (
            SELECT FROM tenant_closure WHERE province_id = province AND ancestor_id = above
            AND descendant_id = agency AND depth > 0
        ) THEN
            RETURN false;
        END IF;
        INSERT INTO inspection (
            province_id, tenant_id, id, asker_id, number, signed_on, line, reason, asked_by,
            asked_by_name
        ) VALUES (
            province, agency, fresh, above, of_number, of_day, of_line, why, account, asker
        );
        INSERT INTO audit_event (
            province_id, tenant_id, id, act, actor_account_id, actor_name, object_kind, object_id,
            facts
        ) VALUES (
            province, agency, act, 'inspection-asked', account, asker, 'inspection', fresh,
            jsonb_build_object('number', of_number, 'line', of_line, 'reason', why)
        );
        RETURN true;
    END
    $$
    """,
    # The one way into a file from above: for whom it was opened, while it lies open, by the
    # database's own clock, and onto the record of the agency with the same call. No personal
    # number, no other person of the agency.
    """
    CREATE FUNCTION inspected_dossier(wanted uuid, act uuid, account uuid, reader text)
    RETURNS TABLE (
        agency text, name text, birth_year smallint, unit text, year smallint, state text,
        criteria_set text, group_number smallint, self_scores smallint[],
        agreed_scores smallint[], evidence text[], outcome text, outcome_reason text,
        is_outstanding boolean, number text, signed_on date, line smallint, expires_at timestamptz
    )
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        granted inspection%ROWTYPE;
        above tenant%ROWTYPE;
    BEGIN
        SELECT * INTO granted FROM inspection
        WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND asker_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND id = wanted AND state = 'granted' AND expires_at > now()
        AND EXISTS (
            SELECT FROM tenant_closure AS line
            WHERE line.province_id = inspection.province_id
            AND line.ancestor_id = inspection.asker_id
            AND line.descendant_id = inspection.tenant_id
        );
        IF NOT FOUND THEN
            RETURN;
        END IF;
        SELECT * INTO STRICT above FROM tenant
        WHERE province_id = granted.province_id AND id = granted.asker_id;
        INSERT INTO audit_event (
            province_id, tenant_id, id, act, actor_account_id, actor_name, object_kind, object_id,
            facts
        ) VALUES (
            granted.province_id, granted.tenant_id, act, 'inspection-made', account, reader,
            'dossier', granted.dossier_id,
            jsonb_build_object('inspection', granted.id, 'asker', above.name)
        );
        RETURN QUERY SELECT tenant.name, person.name, person.birth_year, unit.name, dossier.year,
            dossier.state, dossier.criteria_set, dossier.group_number, dossier.self_scores,
            dossier.agreed_scores, dossier.evidence, dossier.outcome, dossier.outcome_reason,
            dossier.is_outstanding, granted.number, granted.signed_on, granted.line,
            granted.expires_at
        FROM dossier
        JOIN person ON person.province_id = dossier.province_id
            AND person.tenant_id = dossier.tenant_id AND person.id = dossier.person_id
        JOIN unit ON unit.province_id = dossier.province_id
            AND unit.tenant_id = dossier.tenant_id AND unit.id = dossier.unit_id
        JOIN tenant ON tenant.province_id = dossier.province_id AND tenant.id = dossier.tenant_id
        WHERE dossier.province_id = granted.province_id
        AND dossier.tenant_id = granted.tenant_id AND dossier.id = granted.dossier_id;
    END
    $$
    """,
)
SIGNATURES = (
    "ask_inspection(uuid, uuid, text, date, smallint, text, uuid, text, uuid)",
    "inspected_dossier(uuid, uuid, uuid, text)",
)


def upgrade() -> None:
    op.create_table(
        "inspection",
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_inspection_province_id_tenant_id_tenant"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "asker_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_inspection_province_id_asker_id_tenant"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id", "dossier_id"],
            ["dossier.province_id", "dossier.tenant_id", "dossier.id"],
            name=op.f("fk_inspection_province_id_tenant_id_dossier_id_dossier"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_inspection_asked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_inspection_answered_by_account")
        ),
        sa.CheckConstraint("asker_id <> tenant_id", name=op.f("ck_inspection_from_above")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_inspection_reason")),
        sa.CheckConstraint(
            "state IN ('asked', 'granted', 'refused', 'revoked')", name=op.f("ck_inspection_state")
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)"
            " AND (state IN ('granted', 'revoked')) = (dossier_id IS NOT NULL)"
            " AND (dossier_id IS NULL) = (expires_at IS NULL)",
            name=op.f("ck_inspection_answer"),
        ),
        sa.CheckConstraint(
            "expires_at <= answered_at + interval '72 hours'", name=op.f("ck_inspection_hours")
        ),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_inspection")),
    )
    op.create_index("ix_inspection_asker", "inspection", ["province_id", "asker_id", "asked_at"])
    op.execute(f"GRANT SELECT, UPDATE ({ANSWER}) ON inspection TO {ROLE}")
    op.execute("ALTER TABLE inspection ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON inspection TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY asked ON inspection FOR SELECT TO {ROLE} USING ({ASKED})")
    for function in FUNCTIONS:
        op.execute(function)
    for signature in SIGNATURES:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")


def downgrade() -> None:
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
    op.drop_table("inspection")
