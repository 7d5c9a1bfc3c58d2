"""Keep uploaded lists between two steps, and let a personal number come late to the roster."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = "0006"
down_revision = "0005"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"

PERSON_OF_DOSSIER = "fk_dossier_province_id_tenant_id_person_id_identity_id_person"
PERSON_KEY = ["province_id", "tenant_id", "person_id", "identity_id"]
IDENTITY_KEY = ["province_id", "tenant_id", "id", "identity_id"]

FUNCTIONS = (
    # Which people of the agency in scope have one of these numbers; of others, nothing.
    """
    CREATE FUNCTION people_with_numbers(indexes bytea[])
    RETURNS TABLE (cccd_index bytea, person_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT identity.cccd_index, person.id
        FROM person JOIN identity ON identity.id = person.identity_id
        WHERE person.province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND person.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND identity.cccd_index = ANY (indexes)
    $$
    """,
    # Gives somebody on the roster another number, or none. If the number is new, their identity
    # takes it on. If the province knows it, they are that human being, and everything they were
    # and did under the old identity follows, so that nobody escapes a rule that compares humans.
    """
    CREATE FUNCTION identify_person(who uuid, fresh uuid, wanted bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        former uuid;
        rightful uuid;
        is_alone boolean;
    BEGIN
        SELECT identity_id INTO STRICT former FROM person
        WHERE province_id = province AND tenant_id = agency AND id = who
        FOR UPDATE;
        SELECT id INTO rightful FROM identity
        WHERE province_id = province AND cccd_index = wanted;
        IF rightful = former THEN
            RETURN former;
        END IF;
        is_alone := NOT EXISTS (SELECT FROM person WHERE identity_id = former AND id <> who);
        IF rightful IS NULL AND is_alone THEN
            UPDATE identity SET cccd_index = wanted WHERE id = former;
            RETURN former;
        END IF;
        rightful := coalesce(rightful, claim_identity(fresh, wanted));
        UPDATE person SET identity_id = rightful
        WHERE province_id = province AND tenant_id = agency AND id = who;
        IF is_alone THEN
            UPDATE account SET identity_id = rightful WHERE identity_id = former;
            UPDATE dossier_event SET actor_identity_id = rightful
            WHERE actor_identity_id = former;
            UPDATE team_score SET appraiser_identity_id = rightful
            WHERE appraiser_identity_id = former;
            UPDATE decision SET signer_identity_id = rightful WHERE signer_identity_id = former;
        END IF;
        RETURN rightful;
    END
    $$
    """,
)
SIGNATURES = ("people_with_numbers(bytea[])", "identify_person(uuid, uuid, bytea)")


def upgrade() -> None:
    op.create_table(
        "roster_import",
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sheet_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("headings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("group_number", sa.SmallInteger(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_roster_import_asked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id", "unit_id"],
            ["unit.province_id", "unit.tenant_id", "unit.id"],
            name=op.f("fk_roster_import_province_id_tenant_id_unit_id_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_roster_import_province_id_tenant_id_tenant"),
        ),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_roster_import")),
    )
    op.create_index(
        "ix_roster_import_created_at", "roster_import", ["province_id", "tenant_id", "created_at"]
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON roster_import TO {ROLE}")
    op.execute("ALTER TABLE roster_import ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON roster_import TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")
    op.add_column("person", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    tie_dossier_to_person(onupdate="CASCADE")
    for function in FUNCTIONS:
        op.execute(function)
    for signature in SIGNATURES:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")


def tie_dossier_to_person(onupdate: str | None) -> None:
    op.drop_constraint(PERSON_OF_DOSSIER, "dossier", type_="foreignkey")
    op.create_foreign_key(
        PERSON_OF_DOSSIER, "dossier", "person", PERSON_KEY, IDENTITY_KEY, onupdate=onupdate
    )


def downgrade() -> None:
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
    tie_dossier_to_person(onupdate=None)
    op.drop_column("person", "version")
    op.drop_table("roster_import")
