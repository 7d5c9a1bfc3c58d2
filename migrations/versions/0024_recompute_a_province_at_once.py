"""Recompute a whole province from its dossiers in one pass, and look twice only where two meet."""

import sqlalchemy as sa
from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0024"
down_revision = "0023"

ROLE, ROLLUP = "bangvang_app", "bangvang_rollup"
MOMENTS = ("decided_at", "published_at")

# Written by the database with the state, so that counting need not read every event again.
APPLY = """
    CREATE OR REPLACE FUNCTION apply_dossier_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        standing dossier%ROWTYPE;
        hand text;
    BEGIN
        SELECT * INTO STRICT standing FROM dossier
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id
        FOR UPDATE;
        IF standing.state <> NEW.from_state THEN
            RAISE EXCEPTION 'the dossier is %, not %', standing.state, NEW.from_state
                USING ERRCODE = 'BV001';
        END IF;
        hand := conflict_with(standing, NEW.actor_identity_id, NEW.event);
        IF hand IS NOT NULL THEN
            RAISE EXCEPTION 'the % of a dossier may not % it', hand, NEW.event
                USING ERRCODE = code_of_conflict(hand);
        END IF;
        IF NEW.event = 'decide' THEN
            PERFORM require_level(standing, NEW.actor_identity_id, NEW.at);
        END IF;
        UPDATE dossier SET state = NEW.to_state,
            decided_at = CASE NEW.event
                WHEN 'decide' THEN greatest(decided_at, NEW.at) ELSE decided_at END,
            published_at = CASE NEW.event
                WHEN 'publish' THEN greatest(published_at, NEW.at) ELSE published_at END
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id;
        RETURN NULL;
    END
    $$
"""
FILL = """
    UPDATE dossier SET decided_at = past.decided_at, published_at = past.published_at
    FROM (
        SELECT province_id, tenant_id, dossier_id,
            max(at) FILTER (WHERE event = 'decide') AS decided_at,
            max(at) FILTER (WHERE event = 'publish') AS published_at
        FROM dossier_event WHERE event IN ('decide', 'publish')
        GROUP BY province_id, tenant_id, dossier_id
    ) AS past
    WHERE past.province_id = dossier.province_id AND past.tenant_id = dossier.tenant_id
    AND past.dossier_id = dossier.id
"""

# Who comes first of those who are one human being, and where the agencies of two meet: as
# app/domain/overlaps.py says it. Nearly everybody found twice is found just twice.
STANDING = """
            SELECT one.tenant_id, one.year, one.identity_id, one.group_number, one.state,
                coalesce(one.outcome, '') AS outcome, one.is_outstanding, one.has_digital_skills,
                one.is_digitally_fluent, row_number() OVER ranked AS place,
                first_value(one.tenant_id) OVER ranked AS first_at
"""
RANKED = """
            WINDOW ranked AS (
                PARTITION BY one.identity_id, one.year
                ORDER BY CASE one.state WHEN 'listed' THEN 200 ELSE 0 END
                    + CASE tenant.kind WHEN 'commune' THEN 100 ELSE 0 END
                    + array_position(ARRAY[
                        'appealed', 'published', 'decided', 'proposed', 'appraised',
                        'in_appraisal', 'returned', 'confirmed', 'submitted', 'registered',
                        'listed'
                    ], one.state), one.id
            )
"""
FOUND = """
        pairs AS MATERIALIZED (
            SELECT standing.*, first_at AS kept_at, 1 AS kept_place FROM standing WHERE place = 2
            UNION ALL
            SELECT other.*, kept.tenant_id, kept.place FROM standing AS other
            JOIN standing AS kept ON kept.identity_id = other.identity_id
                AND kept.year = other.year AND kept.place < other.place
            WHERE other.place > 2
        ), meeting AS MATERIALIZED (
            SELECT DISTINCT ON (pair.tenant_id, pair.kept_at) pair.tenant_id, pair.kept_at,
                line.ancestor_id AS counted_at, line.depth
            FROM (SELECT DISTINCT tenant_id, kept_at FROM pairs) AS pair
            JOIN tenant_closure AS line
                ON line.province_id = province AND line.descendant_id = pair.tenant_id
            JOIN tenant_closure AS its_line
                ON its_line.province_id = province AND its_line.descendant_id = pair.kept_at
                AND its_line.ancestor_id = line.ancestor_id
            ORDER BY pair.tenant_id, pair.kept_at, line.depth
        ), found AS MATERIALIZED (
            SELECT pairs.*, counted_at FROM pairs JOIN meeting USING (tenant_id, kept_at)
            WHERE place = 2
            UNION ALL
            SELECT * FROM (
                SELECT DISTINCT ON (tenant_id, year, identity_id) pairs.*, counted_at
                FROM pairs JOIN meeting USING (tenant_id, kept_at) WHERE place > 2
                ORDER BY tenant_id, year, identity_id, depth, kept_place
            ) AS nearest
        )
"""
COLUMNS = """kept_at, counted_at, group_number, state, outcome, is_outstanding,
                has_digital_skills, is_digitally_fluent"""
COUNTS = """count(*)::integer AS people,
            (count(*) FILTER (WHERE is_outstanding))::integer AS outstanding,
            (count(*) FILTER (WHERE has_digital_skills))::integer AS with_digital_skills,
            (count(*) FILTER (WHERE is_digitally_fluent))::integer AS digitally_fluent"""
FIGURES = "people, outstanding, with_digital_skills, digitally_fluent"

# Runs as the owner, because it looks across agencies; it answers nothing and takes the agency from
# the scope. Only people of the agency who are on another's list too, or were counted elsewhere, are
# looked at. Rows of another agency whose own changes are not yet in its figures stay as they are:
# no more may be taken off than its figures hold, and its own recomputation follows. One
# recomputation of a province and year at a time gets here, each after the lock of its own agency,
# so that none can wait for another in a circle.
RECOMPUTE = f"""
    CREATE OR REPLACE FUNCTION recompute_overlaps(of_year smallint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        people uuid[];
        changed uuid[];
    BEGIN
        PERFORM pg_advisory_xact_lock(8, hashtext(province || ':' || of_year));
        people := ARRAY(
            SELECT own.identity_id FROM person AS own
            WHERE own.province_id = province AND own.tenant_id = agency AND EXISTS (
                SELECT FROM person AS other WHERE other.province_id = province
                AND other.identity_id = own.identity_id AND other.tenant_id <> agency
            )
            UNION
            SELECT identity_id FROM overlap
            WHERE province_id = province AND tenant_id = agency AND year = of_year
            UNION
            SELECT identity_id FROM overlap
            WHERE province_id = province AND kept_at = agency AND year = of_year
        );
        IF cardinality(people) = 0 THEN
            RETURN;
        END IF;
        WITH standing AS MATERIALIZED (
{STANDING}            FROM dossier AS one JOIN tenant ON tenant.province_id = one.province_id
                AND tenant.id = one.tenant_id
            WHERE one.identity_id = ANY (people) AND one.year = of_year
            AND one.province_id = province AND one.state NOT IN ('withdrawn', 'transferred')
{RANKED}        ), {FOUND.strip()}, left_alone AS MATERIALIZED (
            SELECT DISTINCT tenant_id FROM rollup_mark
            WHERE province_id = province AND year = of_year AND tenant_id <> agency
        ), gone AS (
            DELETE FROM overlap AS past
            WHERE past.province_id = province AND past.year = of_year
            AND past.identity_id = ANY (people)
            AND past.tenant_id NOT IN (SELECT tenant_id FROM left_alone)
            AND NOT EXISTS (
                SELECT FROM found WHERE found.tenant_id = past.tenant_id
                AND found.identity_id = past.identity_id
            )
            RETURNING past.tenant_id
        ), put AS (
            INSERT INTO overlap AS past (
                province_id, tenant_id, year, identity_id, {COLUMNS}
            )
            SELECT province, tenant_id, year, identity_id, {COLUMNS}
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
            {FIGURES}
        )
        SELECT province, tenant_id, year, kept_at, counted_at, group_number, state, outcome,
            {COUNTS}
        FROM overlap
        WHERE province_id = province AND tenant_id = ANY (changed) AND year = of_year
        GROUP BY tenant_id, year, kept_at, counted_at, group_number, state, outcome;
    END
    $$
"""


def put_right(table: str, fresh: str, key: str, values: str) -> str:
    """Write what differs between the temporary table ``fresh`` and what stands, and keep it."""
    first = values.split(", ", maxsplit=1)[0]
    kept, stood = (
        ", ".join(f"{side}.{one.strip()}" for one in values.split(","))
        for side in ("fresh", "stood")
    )
    same = " AND ".join(f"stood.{one.strip()} = astray.{one.strip()}" for one in key.split(","))
    return f"""
        CREATE TEMPORARY TABLE astray_{table} ON COMMIT DROP AS
        SELECT {key}, {kept} FROM {fresh} AS fresh FULL JOIN (
            SELECT * FROM {table}
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
        ) AS stood USING ({key})
        WHERE ({kept}) IS DISTINCT FROM ({stood});
        DELETE FROM {table} AS stood USING astray_{table} AS astray
        WHERE stood.province_id = province AND {same};
        INSERT INTO {table} (province_id, {key}, {values})
        SELECT province, {key}, {values} FROM astray_{table} WHERE {first} IS NOT NULL;
    """


# Recomputes every agency of the province in scope as each alone would be, and answers whose figures
# stood wrong, and in how many places. It takes the locks of all of them, in one order, before that
# of overlaps. The dossiers are read once; what stands right already is not written again. Only for
# who stands above them all. With less memory, what is counted would go to the disk and back; and
# what few people need is looked up where it stands, as on any disk of today.
PROVINCE = f"""
    CREATE FUNCTION recompute_province(of_year smallint DEFAULT NULL)
    RETURNS TABLE (tenant_id uuid, year smallint, places bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET work_mem = '64MB' SET random_page_cost = 1.1 AS $$
    #variable_conflict use_column
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    BEGIN
        IF province IS NULL OR EXISTS (
            SELECT FROM tenant WHERE tenant.province_id = province AND NOT EXISTS (
                SELECT FROM tenant_closure AS line WHERE line.province_id = province
                AND line.ancestor_id = agency AND line.descendant_id = tenant.id)
        ) THEN
            RAISE EXCEPTION 'only who stands above all agencies of a province counts them all'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock(one.family, one.key) FROM (
            WITH known AS (
                SELECT tenant_id, year FROM cycle WHERE province_id = province
                UNION SELECT tenant_id, year FROM result_status WHERE province_id = province
                UNION SELECT tenant_id, year FROM rollup_mark WHERE province_id = province
            )
            SELECT 7 AS family, hashtext(tenant_id || ':' || year) AS key FROM known
            WHERE of_year IS NULL OR year = of_year
            UNION
            SELECT 8, hashtext(province || ':' || year) FROM known
            WHERE of_year IS NULL OR year = of_year
            ORDER BY family, key OFFSET 0
        ) AS one;

        INSERT INTO result_status (province_id, tenant_id, year, computed_at, fence)
        SELECT province_id, tenant_id, year, clock_timestamp(), max(id) FROM rollup_mark
        WHERE province_id = province AND (of_year IS NULL OR year = of_year)
        GROUP BY province_id, tenant_id, year
        ON CONFLICT (province_id, tenant_id, year) DO UPDATE
            SET fence = greatest(result_status.fence, excluded.fence);
        DELETE FROM rollup_mark AS mark USING result_status AS status
        WHERE mark.province_id = province AND status.province_id = province
        AND mark.tenant_id = status.tenant_id AND mark.year = status.year
        AND mark.id <= status.fence AND (of_year IS NULL OR mark.year = of_year);

        CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
        SELECT tenant_id, year, unit_id, group_number, state, coalesce(outcome, '') AS outcome,
            {COUNTS}, max(decided_at) AS decided_at, max(published_at) AS published_at
        FROM dossier
        WHERE province_id = province AND (of_year IS NULL OR year = of_year)
        GROUP BY tenant_id, year, unit_id, group_number, state, coalesce(outcome, '');
{put_right(
    "unit_result", "counted", "tenant_id, year, unit_id, group_number, state, outcome", FIGURES
)}
        INSERT INTO result_status AS stood (
            province_id, tenant_id, year, computed_at, fence, last_decided_at, completed_at
        )
        SELECT province, tenant_id, year, clock_timestamp(), 0, max(decided_at),
            CASE WHEN sum(people) FILTER (WHERE state NOT IN (
                    'listed', 'registered', 'published', 'appealed', 'withdrawn', 'transferred'
                )) IS NULL
                AND sum(people) FILTER (WHERE state IN ('published', 'appealed')) > 0
            THEN max(published_at) END
        FROM (
            SELECT tenant_id, year, state, people, decided_at, published_at FROM counted
            UNION ALL
            SELECT tenant_id, year, NULL, 0, NULL, NULL FROM result_status
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            UNION ALL
            SELECT tenant_id, year, NULL, 0, NULL, NULL FROM cycle
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
        ) AS one
        GROUP BY tenant_id, year
        ON CONFLICT (province_id, tenant_id, year) DO UPDATE SET
            computed_at = excluded.computed_at, last_decided_at = excluded.last_decided_at,
            completed_at = excluded.completed_at;

        CREATE TEMPORARY TABLE shared ON COMMIT DROP AS
        SELECT identity_id FROM person WHERE province_id = province
        GROUP BY province_id, identity_id HAVING count(*) > 1;
        ANALYZE shared;
        CREATE TEMPORARY TABLE doubles ON COMMIT DROP AS
        WITH standing AS MATERIALIZED (
{STANDING}            FROM shared JOIN dossier AS one ON one.identity_id = shared.identity_id
            JOIN tenant ON tenant.province_id = one.province_id AND tenant.id = one.tenant_id
            WHERE one.province_id = province AND (of_year IS NULL OR one.year = of_year)
            AND one.state NOT IN ('withdrawn', 'transferred')
{RANKED}        ), {FOUND.strip()}
        SELECT tenant_id, year, identity_id, {COLUMNS} FROM found;
        IF EXISTS (SELECT FROM rollup_mark WHERE province_id = province) THEN
            DELETE FROM doubles WHERE (tenant_id, year) IN (
                SELECT tenant_id, year FROM rollup_mark WHERE province_id = province);
            INSERT INTO doubles SELECT tenant_id, year, identity_id, {COLUMNS} FROM overlap
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            AND (tenant_id, year) IN (
                SELECT tenant_id, year FROM rollup_mark WHERE province_id = province);
        END IF;
{put_right("overlap", "doubles", "tenant_id, year, identity_id", COLUMNS)}
        CREATE TEMPORARY TABLE counted_doubles ON COMMIT DROP AS
        SELECT tenant_id, year, kept_at, counted_at, group_number, state, outcome, {COUNTS}
        FROM doubles
        GROUP BY tenant_id, year, kept_at, counted_at, group_number, state, outcome;
{put_right(
    "overlap_result",
    "counted_doubles",
    "tenant_id, year, kept_at, counted_at, group_number, state, outcome",
    FIGURES,
)}
        RETURN QUERY SELECT tenant_id, year, count(*) FROM (
            SELECT tenant_id, year FROM astray_unit_result
            UNION ALL SELECT tenant_id, year FROM astray_overlap_result
        ) AS one GROUP BY tenant_id, year;
        DROP TABLE pg_temp.counted, pg_temp.shared, pg_temp.doubles, pg_temp.counted_doubles,
            pg_temp.astray_unit_result, pg_temp.astray_overlap, pg_temp.astray_overlap_result;
    END
    $$
"""
IDENTITY = {
    "columns": ["identity_id", "year"],
    # What is asked of somebody who is found twice, so that the dossiers themselves need not be read.
    "postgresql_include": [
        "province_id", "tenant_id", "id", "group_number", "state", "outcome", "is_outstanding",
        "has_digital_skills", "is_digitally_fluent",
    ],
}


def upgrade() -> None:
    for column in MOMENTS:
        op.add_column("dossier", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.execute(APPLY)
    op.execute(FILL)
    op.execute(f"GRANT SELECT ({', '.join(MOMENTS)}) ON dossier TO {ROLLUP}")
    op.create_index("ix_person_identity", "person", ["province_id", "identity_id", "tenant_id"])
    op.drop_index("ix_dossier_identity", "dossier")
    op.create_index("ix_dossier_identity", "dossier", **IDENTITY)
    op.execute(RECOMPUTE)
    op.execute(PROVINCE)
    op.execute("REVOKE ALL ON FUNCTION recompute_province(smallint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION recompute_province(smallint) TO {ROLE}, {ROLLUP}")


def downgrade() -> None:
    revisions = ScriptDirectory.from_config(context.config)
    op.execute("DROP FUNCTION recompute_province(smallint)")
    overlaps = revisions.get_revision("0016").module.RECOMPUTE
    op.execute(overlaps.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute(revisions.get_revision("0012").module.APPLY)
    op.drop_index("ix_person_identity", "person")
    op.drop_index("ix_dossier_identity", "dossier")
    op.create_index("ix_dossier_identity", "dossier", IDENTITY["columns"])
    for column in MOMENTS:
        op.drop_column("dossier", column)
