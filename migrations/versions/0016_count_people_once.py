"""Count once above them who belongs to two agencies: who is found twice, and how many they are."""

import sqlalchemy as sa
from alembic import op


revision = "0016"
down_revision = "0015"

ROLE, ROLLUP = "bangvang_app", "bangvang_rollup"

PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
# Whoever stands below the agency that both have in common learns nothing: not even that some of
# its own people are counted elsewhere.
COUNTED_BELOW = (
    f"province_id = {PROVINCE} AND counted_at = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)

# Runs as the owner, because it looks across agencies; it answers nothing and takes the agency from
# the scope. Who is found in several agencies is rewritten from the dossiers for everybody who is,
# or was, found in this agency too. Rows of another agency whose own changes are not yet in its
# figures stay as they are: no more may be taken off than its figures hold, and its own
# recomputation follows. One recomputation of a province and year at a time gets here, each after
# the lock of its own agency, so that none can wait for another in a circle.
RECOMPUTE = """
    CREATE FUNCTION recompute_overlaps(of_year smallint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        changed uuid[];
    BEGIN
        PERFORM pg_advisory_xact_lock(8, hashtext(province || ':' || of_year));
        WITH somebody AS (
            SELECT identity_id FROM dossier
            WHERE province_id = province AND tenant_id = agency AND year = of_year
            UNION
            SELECT identity_id FROM overlap
            WHERE province_id = province AND tenant_id = agency AND year = of_year
            UNION
            SELECT identity_id FROM overlap
            WHERE province_id = province AND kept_at = agency AND year = of_year
        ), standing AS (
            SELECT dossier.*, row_number() OVER (
                PARTITION BY dossier.identity_id
                ORDER BY dossier.state = 'listed', tenant.kind = 'commune', array_position(ARRAY[
                    'appealed', 'published', 'decided', 'proposed', 'appraised', 'in_appraisal',
                    'returned', 'confirmed', 'submitted', 'registered', 'listed'
                ], dossier.state), dossier.id
            ) AS place
            FROM somebody JOIN dossier USING (identity_id)
            JOIN tenant ON tenant.province_id = dossier.province_id
                AND tenant.id = dossier.tenant_id
            WHERE dossier.province_id = province AND dossier.year = of_year
            AND dossier.state NOT IN ('withdrawn', 'transferred')
        ), found AS (
            SELECT DISTINCT ON (other.tenant_id, other.identity_id) other.*,
                kept.tenant_id AS kept_at, line.ancestor_id AS counted_at
            FROM standing AS other
            JOIN standing AS kept
                ON kept.identity_id = other.identity_id AND kept.place < other.place
            JOIN tenant_closure AS line
                ON line.province_id = province AND line.descendant_id = other.tenant_id
            JOIN tenant_closure AS its_line
                ON its_line.province_id = province AND its_line.descendant_id = kept.tenant_id
                AND its_line.ancestor_id = line.ancestor_id
            ORDER BY other.tenant_id, other.identity_id, line.depth, kept.place
        ), left_alone AS (
            SELECT tenant_id FROM rollup_mark
            WHERE province_id = province AND year = of_year AND tenant_id <> agency
        ), gone AS (
            DELETE FROM overlap AS past
            WHERE past.province_id = province AND past.year = of_year
            AND past.identity_id IN (SELECT identity_id FROM somebody)
            AND past.tenant_id NOT IN (SELECT tenant_id FROM left_alone)
            AND NOT EXISTS (
                SELECT FROM found WHERE found.tenant_id = past.tenant_id
                AND found.identity_id = past.identity_id
            )
            RETURNING past.tenant_id
        ), put AS (
            INSERT INTO overlap AS past (
                province_id, tenant_id, year, identity_id, kept_at, counted_at, group_number,
                state, outcome, is_outstanding, has_digital_skills, is_digitally_fluent
            )
            SELECT province_id, tenant_id, year, identity_id, kept_at, counted_at, group_number,
                state, coalesce(outcome, ''), is_outstanding, has_digital_skills,
                is_digitally_fluent
            FROM found WHERE tenant_id NOT IN (SELECT tenant_id FROM left_alone)
            ON CONFLICT (province_id, tenant_id, year, identity_id) DO UPDATE SET
                kept_at = excluded.kept_at, counted_at = excluded.counted_at,
                group_number = excluded.group_number, state = excluded.state,
                outcome = excluded.outcome, is_outstanding = excluded.is_outstanding,
                has_digital_skills = excluded.has_digital_skills,
                is_digitally_fluent = excluded.is_digitally_fluent
            WHERE past.* IS DISTINCT FROM excluded.*
            RETURNING past.tenant_id
        )
        SELECT array_agg(tenant_id) INTO changed FROM (
            SELECT tenant_id FROM gone UNION SELECT tenant_id FROM put UNION SELECT agency
        ) AS one;
        DELETE FROM overlap_result
        WHERE province_id = province AND tenant_id = ANY (changed) AND year = of_year;
        INSERT INTO overlap_result (
            province_id, tenant_id, year, kept_at, counted_at, group_number, state, outcome,
            people, outstanding, with_digital_skills, digitally_fluent
        )
        SELECT province_id, tenant_id, year, kept_at, counted_at, group_number, state, outcome,
            count(*), count(*) FILTER (WHERE is_outstanding),
            count(*) FILTER (WHERE has_digital_skills),
            count(*) FILTER (WHERE is_digitally_fluent)
        FROM overlap
        WHERE province_id = province AND tenant_id = ANY (changed) AND year = of_year
        GROUP BY province_id, tenant_id, year, kept_at, counted_at, group_number, state, outcome;
    END
    $$
"""
# Somebody turns out to be somebody else when a personal number comes late: no act of a dossier
# says so, and yet the overlaps change.
MARK = """
    CREATE FUNCTION mark_new_identity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO rollup_mark (province_id, tenant_id, year)
        VALUES (NEW.province_id, NEW.tenant_id, NEW.year);
        RETURN NULL;
    END
    $$
"""


def upgrade() -> None:
    op.create_table(
        "overlap",
        *_place(),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        *_between(),
        *_standing(),
        sa.Column("is_outstanding", sa.Boolean(), nullable=False),
        sa.Column("has_digital_skills", sa.Boolean(), nullable=False),
        sa.Column("is_digitally_fluent", sa.Boolean(), nullable=False),
        *_agencies("overlap"),
        sa.PrimaryKeyConstraint(
            "province_id", "tenant_id", "year", "identity_id", name=op.f("pk_overlap")
        ),
    )
    op.create_index("ix_overlap_kept", "overlap", ["province_id", "kept_at", "year"])
    op.create_index("ix_overlap_identity", "overlap", ["identity_id", "year"])
    op.create_table(
        "overlap_result",
        *_place(),
        *_between(),
        *_standing(),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("outstanding", sa.Integer(), nullable=False),
        sa.Column("with_digital_skills", sa.Integer(), nullable=False),
        sa.Column("digitally_fluent", sa.Integer(), nullable=False),
        *_agencies("overlap_result"),
        sa.PrimaryKeyConstraint(
            "province_id",
            "tenant_id",
            "counted_at",
            "year",
            "kept_at",
            "group_number",
            "state",
            "outcome",
            name=op.f("pk_overlap_result"),
        ),
    )
    op.create_index(
        "ix_overlap_result_counted", "overlap_result", ["province_id", "counted_at", "year"]
    )
    for table in ("overlap", "overlap_result"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON overlap_result TO {ROLE}")
    op.execute(f"CREATE POLICY read ON overlap_result FOR SELECT TO {ROLE} USING ({COUNTED_BELOW})")
    op.execute(RECOMPUTE)
    op.execute(MARK)
    op.execute(
        "CREATE TRIGGER mark_new_identity AFTER UPDATE OF identity_id ON dossier FOR EACH ROW"
        " WHEN (OLD.identity_id <> NEW.identity_id) EXECUTE FUNCTION mark_new_identity()"
    )
    op.execute("REVOKE ALL ON FUNCTION recompute_overlaps(smallint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION recompute_overlaps(smallint) TO {ROLE}, {ROLLUP}")


def _place() -> list[sa.Column]:
    return [
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
    ]


def _between() -> list[sa.Column]:
    return [
        sa.Column("kept_at", sa.Uuid(), nullable=False),
        sa.Column("counted_at", sa.Uuid(), nullable=False),
    ]


def _standing() -> list[sa.Column]:
    return [
        sa.Column("group_number", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
    ]


def _agencies(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["province_id", column],
            ["tenant.province_id", "tenant.id"],
            name=op.f(f"fk_{table}_province_id_{column}_tenant"),
        )
        for column in ("tenant_id", "kept_at", "counted_at")
    ]


def downgrade() -> None:
    op.execute("DROP TRIGGER mark_new_identity ON dossier")
    op.execute("DROP FUNCTION mark_new_identity()")
    op.execute("DROP FUNCTION recompute_overlaps(smallint)")
    op.drop_table("overlap_result")
    op.drop_table("overlap")
