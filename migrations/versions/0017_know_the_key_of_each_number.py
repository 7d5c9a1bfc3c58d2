"""Know which key each personal number was sealed with, and find it by two keys while they change."""

import sqlalchemy as sa
from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0017"
down_revision = "0016"

ROLE = "bangvang_app"
MOMENT = sa.DateTime(timezone=True)

# While two keys are in use, whoever brings a number of the province waits for the one before: no
# constraint can tell two indexes of one number, made with different keys, from those of two.
CLAIM = """
    CREATE FUNCTION claim_identity(fresh uuid, wanted bytea, other bytea DEFAULT NULL)
    RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        known uuid;
    BEGIN
        IF wanted IS NULL THEN
            INSERT INTO identity (id, province_id) VALUES (fresh, province);
            RETURN fresh;
        END IF;
        IF other IS NOT NULL THEN
            PERFORM pg_advisory_xact_lock(9, province);
        END IF;
        known := identity_with_number(wanted, other);
        IF known IS NOT NULL THEN
            RETURN known;
        END IF;
        INSERT INTO identity (id, province_id, cccd_index, cccd_index_other)
        VALUES (fresh, province, wanted, other)
        ON CONFLICT (province_id, cccd_index) DO NOTHING;
        RETURN identity_with_number(wanted, other);
    END
    $$
"""
FIND = """
    CREATE FUNCTION identity_with_number(wanted bytea, other bytea) RETURNS uuid
    LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
        SELECT id FROM identity
        WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND (cccd_index IN (wanted, other) OR cccd_index_other IN (wanted, other))
    $$
"""
# Which people of the agency in scope have one of these numbers; of others, nothing.
PEOPLE = """
    CREATE OR REPLACE FUNCTION people_with_numbers(indexes bytea[])
    RETURNS TABLE (cccd_index bytea, person_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT found.index, person.id
        FROM (
            SELECT identity.id, identity.cccd_index AS index FROM identity
            WHERE identity.province_id =
                nullif(current_setting('app.province_id', true), '')::smallint
            AND identity.cccd_index = ANY (indexes)
            UNION ALL
            SELECT identity.id, identity.cccd_index_other FROM identity
            WHERE identity.province_id =
                nullif(current_setting('app.province_id', true), '')::smallint
            AND identity.cccd_index_other = ANY (indexes)
        ) AS found JOIN person ON person.identity_id = found.id
        WHERE person.province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND person.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    $$
"""
# An account that works elsewhere keeps its human being, whether the number is known or new.
IDENTIFY = """
    CREATE FUNCTION identify_person(who uuid, fresh uuid, wanted bytea, other bytea DEFAULT NULL)
    RETURNS uuid
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
        IF other IS NOT NULL THEN
            PERFORM pg_advisory_xact_lock(9, province);
        END IF;
        rightful := identity_with_number(wanted, other);
        IF rightful = former THEN
            RETURN former;
        END IF;
        is_alone := NOT EXISTS (SELECT FROM person WHERE identity_id = former AND id <> who);
        IF is_alone AND EXISTS (
            SELECT FROM account JOIN membership ON membership.account_id = account.id
            WHERE account.identity_id = former
            AND (membership.province_id, membership.tenant_id) <> (province, agency)
        ) THEN
            RAISE EXCEPTION 'the account of this person has a role in another agency'
                USING ERRCODE = 'BV004';
        END IF;
        IF rightful IS NULL AND is_alone THEN
            UPDATE identity SET cccd_index = wanted, cccd_index_other = other WHERE id = former;
            RETURN former;
        END IF;
        rightful := coalesce(rightful, claim_identity(fresh, wanted, other));
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
"""
# Gives the numbers of people of the agency in scope the index of another key. Only who knows an
# index that is there, made with a key of the ring, may put the other beside or before it.
REKEY = """
    CREATE FUNCTION rekey_numbers(people uuid[], wanted bytea[], others bytea[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        changed integer;
    BEGIN
        UPDATE identity SET cccd_index = one.wanted, cccd_index_other = one.other
        FROM (
            SELECT DISTINCT person.identity_id, given.wanted, given.other
            FROM unnest(people, wanted, others) AS given(person_id, wanted, other)
            JOIN person ON person.id = given.person_id
            WHERE person.province_id =
                nullif(current_setting('app.province_id', true), '')::smallint
            AND person.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        ) AS one
        WHERE identity.id = one.identity_id
        AND (identity.cccd_index IN (one.wanted, one.other)
            OR identity.cccd_index_other IN (one.wanted, one.other))
        AND (identity.cccd_index, identity.cccd_index_other)
            IS DISTINCT FROM (one.wanted, one.other);
        GET DIAGNOSTICS changed = ROW_COUNT;
        RETURN changed;
    END
    $$
"""
# How many values were made with which key: counts, over all agencies.
COUNT = """
    CREATE FUNCTION values_by_key() RETURNS TABLE (kind text, key_id integer, number bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT 'number', get_byte(cccd_sealed, 0), count(*) FROM person
        WHERE cccd_sealed IS NOT NULL GROUP BY 2
        UNION ALL
        SELECT 'sheet', get_byte(sheet_sealed, 0), count(*) FROM roster_import
        WHERE sheet_sealed IS NOT NULL GROUP BY 2
        UNION ALL
        SELECT 'index', get_byte(cccd_index, 0), count(*) FROM identity
        WHERE cccd_index IS NOT NULL GROUP BY 2
        UNION ALL
        SELECT 'other', get_byte(cccd_index_other, 0), count(*) FROM identity
        WHERE cccd_index_other IS NOT NULL GROUP BY 2
    $$
"""
# An index whose number is on no roster any more cannot be made anew, and finds nobody.
FORGET = """
    CREATE FUNCTION forget_stale_indexes(active integer, other integer) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH forgotten AS (
            UPDATE identity SET cccd_index = NULL, cccd_index_other = NULL
            WHERE get_byte(cccd_index, 0) <> active AND NOT EXISTS (
                SELECT FROM person
                WHERE person.identity_id = identity.id AND person.cccd_sealed IS NOT NULL)
            RETURNING 1
        ), cleared AS (
            UPDATE identity SET cccd_index_other = NULL
            WHERE get_byte(cccd_index, 0) = active
            AND get_byte(cccd_index_other, 0) IS DISTINCT FROM other
            AND cccd_index_other IS NOT NULL
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM forgotten) + (SELECT count(*) FROM cleared)
    $$
"""
FUNCTIONS = {
    "claim_identity(uuid, bytea, bytea)": CLAIM,
    "identify_person(uuid, uuid, bytea, bytea)": IDENTIFY,
    "rekey_numbers(uuid[], bytea[], bytea[])": REKEY,
    "values_by_key()": COUNT,
    "forget_stale_indexes(integer, integer)": FORGET,
}
FORMER = {
    "claim_identity(uuid, bytea)": ("0003", 1),
    "identify_person(uuid, uuid, bytea)": ("0006", 1),
}


def upgrade() -> None:
    op.add_column("identity", sa.Column("cccd_index_other", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_identity_province_id_cccd_index_other"),
        "identity",
        ["province_id", "cccd_index_other"],
    )
    create_tables()
    for signature in FORMER:
        op.execute(f"DROP FUNCTION {signature}")
    op.execute(FIND)
    op.execute("REVOKE ALL ON FUNCTION identity_with_number(bytea, bytea) FROM PUBLIC")
    for signature, function in FUNCTIONS.items():
        op.execute(function)
        grant(signature)
    op.execute(PEOPLE)


def grant(signature: str) -> None:
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")


def create_tables() -> None:
    op.create_table(
        "cccd_key",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("first_used_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cccd_key")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE (retired_at) ON cccd_key TO {ROLE}")
    op.create_table(
        "key_rotation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.SmallInteger(), nullable=False),
        sa.Column("other_key_id", sa.SmallInteger(), nullable=True),
        sa.Column("after_province_id", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("after_tenant_id", sa.Uuid(), nullable=True),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("alive_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["key_id"], ["cccd_key.id"], name=op.f("fk_key_rotation_key_id_cccd_key")
        ),
        sa.ForeignKeyConstraint(
            ["other_key_id"], ["cccd_key.id"], name=op.f("fk_key_rotation_other_key_id_cccd_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_rotation")),
    )
    # Two rotations at once would each undo what the other did.
    op.create_index(
        "uq_key_rotation_unfinished",
        "key_rotation",
        [sa.text("(finished_at IS NULL)")],
        unique=True,
        postgresql_where="finished_at IS NULL",
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (after_province_id, after_tenant_id, done, total, alive_at,"
        f" finished_at) ON key_rotation TO {ROLE}"
    )


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("DROP FUNCTION identity_with_number(bytea, bytea)")
    revisions = ScriptDirectory.from_config(context.config)
    for signature, (number, place) in FORMER.items():
        op.execute(revisions.get_revision(number).module.FUNCTIONS[place])
        grant(signature)
    op.execute(revisions.get_revision("0011").module.GUARDED)
    people = revisions.get_revision("0006").module.FUNCTIONS[0]
    op.execute(people.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.drop_table("key_rotation")
    op.drop_table("cccd_key")
    op.drop_constraint(op.f("uq_identity_province_id_cccd_index_other"), "identity")
    op.drop_column("identity", "cccd_index_other")
