"""Chain the record of acts: one chain of hashes per agency, linked as each transaction ends.

How an act becomes text, and text a link, is said in app/domain/audit_chain.py, which computes the
same a second time.
"""

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"

ROLE, READER = "bangvang_app", "bangvang_audit"

PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
BELOW = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)

# Table -> what the application may do with it. Links are written by the database alone.
OWNED = {"audit_head": "SELECT", "audit_link": "SELECT", "audit_unlinked": ""}
SHARED_UPWARDS = {"audit_daily_head": "SELECT", "audit_check": "SELECT, INSERT, UPDATE"}
FUNCTIONS = (
    "audit_field(text)",
    "audit_micros(timestamptz)",
    "due_daily_heads(date, integer)",
    "erase_acts(uuid)",
    "give_daily_head(date)",
    "link_acts()",
    "note_acts()",
)
CALLED_BY_THE_APPLICATION = (
    "due_daily_heads(date, integer)",
    "erase_acts(uuid)",
    "give_daily_head(date)",
)

CREATED = (
    # A field in the text of an act: its length in bytes and itself, or a dash where there is none.
    """
    CREATE FUNCTION audit_field(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(octet_length(value)::text || ':' || value, '-')
    $$
    """,
    # A moment in the text of an act: microseconds since 1970, the same in every time zone.
    """
    CREATE FUNCTION audit_micros(moment timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT (extract(epoch FROM moment) * 1000000)::bigint::text
    $$
    """,
    # Notes what a statement has appended, one row for each agency.
    """
    CREATE FUNCTION note_acts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO audit_unlinked (province_id, tenant_id, id, source, row_ids)
        SELECT province_id, tenant_id, gen_random_uuid(), TG_TABLE_NAME, array_agg(id)
        FROM fresh GROUP BY province_id, tenant_id;
        RETURN NULL;
    END
    $$
    """,
    # Links, as the transaction ends, everything that it noted for one agency. The lock on the head
    # is the last that a transaction takes and is held until it has ended, so that nobody who holds
    # it waits for anybody. A transaction that writes for several agencies would take several heads,
    # in the order in which it first wrote for them.
    """
    CREATE FUNCTION link_acts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        head audit_head%ROWTYPE;
        act record;
        salt uuid;
        personal bytea;
        digest bytea;
        hash bytea;
    BEGIN
        -- An earlier call at the end of this transaction has linked it.
        IF NOT EXISTS (
            SELECT FROM audit_unlinked
            WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.id
        ) THEN
            RETURN NULL;
        END IF;
        INSERT INTO audit_head (province_id, tenant_id, seq, hash)
        VALUES (NEW.province_id, NEW.tenant_id, 0, sha256(''))
        ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT head FROM audit_head
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
        FOR UPDATE;
        -- OFFSET 0 makes each row be looked up by its key, whatever the planner knows of the tables.
        FOR act IN
            WITH taken AS (
                DELETE FROM audit_unlinked
                WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
                RETURNING source, row_ids
            ), noted AS (
                SELECT source, unnest(row_ids) AS row_id FROM taken
            )
            SELECT noted.source, one.id, one.at,
                audit_field(noted.source) || ',' || audit_field(one.id::text) || ','
                || audit_field(audit_micros(one.at)) || ','
                || audit_field(one.actor_account_id::text) || ','
                || audit_field(one.act) || ',' || audit_field(one.object_kind) || ','
                || audit_field(one.object_id::text) || ',-,-,-' AS plain,
                audit_field(one.actor_name) || ',-,' || audit_field(one.facts::text) AS words
            FROM noted CROSS JOIN LATERAL (
                SELECT * FROM audit_event
                WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
                AND id = noted.row_id OFFSET 0
            ) AS one
            WHERE noted.source = 'audit_event'
            UNION ALL
            SELECT noted.source, one.id, one.at,
                audit_field(noted.source) || ',' || audit_field(one.id::text) || ','
                || audit_field(audit_micros(one.at)) || ','
                || audit_field(one.actor_account_id::text) || ','
                || audit_field(one.event) || ',' || audit_field('dossier') || ','
                || audit_field(one.dossier_id::text) || ','
                || audit_field(one.from_state) || ',' || audit_field(one.to_state) || ','
                || audit_field(one.round::text),
                audit_field(one.actor_name) || ',' || audit_field(one.reason) || ','
                || audit_field(one.facts::text)
            FROM noted CROSS JOIN LATERAL (
                SELECT * FROM dossier_event
                WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
                AND id = noted.row_id OFFSET 0
            ) AS one
            WHERE noted.source = 'dossier_event'
            ORDER BY at, id
        LOOP
            salt := gen_random_uuid();
            digest := sha256(convert_to(act.plain, 'UTF8'));
            personal := sha256(convert_to(audit_field(salt::text) || ',' || act.words, 'UTF8'));
            hash := sha256(convert_to(
                audit_field(encode(head.hash, 'hex')) || ','
                || audit_field((head.seq + 1)::text) || ','
                || audit_field(act.source) || ',' || audit_field(act.id::text) || ','
                || audit_field(encode(digest, 'hex')) || ','
                || audit_field(encode(personal, 'hex')), 'UTF8'));
            INSERT INTO audit_link (province_id, tenant_id, seq, source, row_id, at, digest,
                personal, salt, prev, hash)
            VALUES (NEW.province_id, NEW.tenant_id, head.seq + 1, act.source, act.id, act.at,
                digest, personal, salt, head.hash, hash);
            head.seq := head.seq + 1;
            head.hash := hash;
        END LOOP;
        UPDATE audit_head SET seq = head.seq, hash = head.hash
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id;
        RETURN NULL;
    END
    $$
    """,
    # Which agencies have given no head for a day yet.
    """
    CREATE FUNCTION due_daily_heads(wanted date, most integer)
    RETURNS TABLE (province_id smallint, tenant_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT head.province_id, head.tenant_id FROM audit_head AS head
        WHERE NOT EXISTS (
            SELECT FROM audit_daily_head AS given
            WHERE given.province_id = head.province_id AND given.tenant_id = head.tenant_id
            AND given.day = wanted
        )
        LIMIT most
    $$
    """,
    # Gives the head of the agency in scope to those above it, once a day; nobody takes it back.
    """
    CREATE FUNCTION give_daily_head(wanted date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO audit_daily_head (province_id, tenant_id, day, seq, hash)
        SELECT province_id, tenant_id, wanted, seq, hash FROM audit_head
        WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        ON CONFLICT DO NOTHING;
        RETURN FOUND;
    END
    $$
    """,
    # Blanks names, reasons and facts in the acts about a person, on the word of the act that says
    # so. Their salts go too: what the digests were made of can then never be guessed.
    """
    CREATE FUNCTION erase_acts(by_act uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        person uuid;
        dossiers uuid[];
        erased uuid[];
    BEGIN
        SELECT object_id INTO STRICT person FROM audit_event
        WHERE province_id = province AND tenant_id = agency AND id = by_act
        AND act = 'person-erased' AND object_kind = 'person' AND object_id IS NOT NULL;
        dossiers := ARRAY(
            SELECT dossier.id FROM dossier WHERE dossier.province_id = province
            AND dossier.tenant_id = agency AND dossier.person_id = person);
        WITH blanked AS (
            UPDATE dossier_event SET actor_name = '', reason = '', facts = '{}'
            WHERE province_id = province AND tenant_id = agency AND dossier_id = ANY (dossiers)
            RETURNING id
        ), more AS (
            UPDATE audit_event SET actor_name = '', facts = '{}'
            WHERE province_id = province AND tenant_id = agency AND id <> by_act
            AND (object_kind = 'person' AND object_id = person
                OR object_kind = 'dossier' AND object_id = ANY (dossiers))
            RETURNING id
        )
        SELECT array_agg(id) INTO erased FROM (
            SELECT id FROM blanked UNION ALL SELECT id FROM more) AS every;
        UPDATE audit_link SET salt = NULL, erased_by = by_act
        WHERE province_id = province AND tenant_id = agency AND row_id = ANY (erased);
        RETURN coalesce(cardinality(erased), 0);
    END
    $$
    """,
    """
    CREATE TRIGGER note_acts AFTER INSERT ON audit_event
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_acts()
    """,
    """
    CREATE TRIGGER note_acts AFTER INSERT ON dossier_event
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_acts()
    """,
    """
    CREATE CONSTRAINT TRIGGER link_acts AFTER INSERT ON audit_unlinked
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_acts()
    """,
)
# What was recorded before there was a chain is linked as it stands.
LINK_THE_PAST = """
    INSERT INTO audit_unlinked (province_id, tenant_id, id, source, row_ids)
    SELECT province_id, tenant_id, gen_random_uuid(), 'audit_event', array_agg(id)
    FROM audit_event GROUP BY province_id, tenant_id
    UNION ALL
    SELECT province_id, tenant_id, gen_random_uuid(), 'dossier_event', array_agg(id)
    FROM dossier_event GROUP BY province_id, tenant_id
"""


def upgrade() -> None:
    create_tables()
    # Acts are read in the order of their links. Beside the key, it would lead a planner that knows
    # nothing of the tables yet to read all acts for each.
    op.drop_index("ix_audit_event_at", "audit_event")
    for statement in CREATED:
        op.execute(statement)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in CALLED_BY_THE_APPLICATION:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {ROLE}")
    for table, rights in (OWNED | SHARED_UPWARDS).items():
        if rights:
            op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for table in OWNED:
        op.execute(f"CREATE POLICY own ON {table} TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")
    for table in SHARED_UPWARDS:
        op.execute(f"CREATE POLICY read ON {table} FOR SELECT TO {ROLE} USING ({BELOW})")
        op.execute(f"CREATE POLICY add ON {table} FOR INSERT TO {ROLE} WITH CHECK ({OWN})")
        op.execute(
            f"CREATE POLICY change ON {table} FOR UPDATE TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})"
        )
    for table in ("audit_head", "audit_link", *SHARED_UPWARDS):
        op.execute(f"GRANT SELECT ON {table} TO {READER}")
        op.execute(f"CREATE POLICY audit ON {table} FOR SELECT TO {READER} USING ({OWN})")
    op.execute(LINK_THE_PAST)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute("SET CONSTRAINTS ALL DEFERRED")


def create_tables() -> None:
    op.create_table(
        "audit_link",
        *keys(),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("personal", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.Uuid(), nullable=True),
        sa.Column("erased_by", sa.Uuid(), nullable=True),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        to_tenant("audit_link"),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "seq", name=op.f("pk_audit_link")),
        sa.UniqueConstraint(
            "province_id",
            "tenant_id",
            "row_id",
            name=op.f("uq_audit_link_province_id_tenant_id_row_id"),
        ),
    )
    op.create_table(
        "audit_head",
        *keys(),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        to_tenant("audit_head"),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_unlinked",
        *keys(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("row_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        to_tenant("audit_unlinked"),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_audit_unlinked")),
    )
    op.create_table(
        "audit_daily_head",
        *keys(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        to_tenant("audit_daily_head"),
        sa.PrimaryKeyConstraint(
            "province_id", "tenant_id", "day", name=op.f("pk_audit_daily_head")
        ),
    )
    op.create_table(
        "audit_check",
        *keys(),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("first_missing_on", sa.Date(), nullable=True),
        to_tenant("audit_check"),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", name=op.f("pk_audit_check")),
    )


def keys() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
    )


def to_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["province_id", "tenant_id"],
        ["tenant.province_id", "tenant.id"],
        name=op.f(f"fk_{table}_province_id_tenant_id_tenant"),
    )


def downgrade() -> None:
    op.create_index("ix_audit_event_at", "audit_event", ["province_id", "tenant_id", "at"])
    op.execute("DROP TRIGGER note_acts ON dossier_event")
    op.execute("DROP TRIGGER note_acts ON audit_event")
    for table in (*SHARED_UPWARDS, *OWNED):
        op.drop_table(table)
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
