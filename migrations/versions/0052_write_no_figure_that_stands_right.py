"""Hold a whole province against its dossiers in a few reads, and write only what stands wrong."""

from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0052"
down_revision = "0051"

# Recomputes every agency of the province in scope as each alone would be, and answers whose figures
# stood wrong, and in how many places. It takes the locks of all of them, in one order, before that
# of overlaps. Only for who stands above them all.
#
# What the dossiers say and what stands is held against each other agency by agency. Each row of
# figures has a number of its own, ``cell``, and each dossier that of the row it is counted in: the
# sum over the dossiers is the same as that over the rows, each as often as it counts people. Two
# that differ have the same sums one time in 2^64. Only where they differ, or where marks waited, is
# each row looked at. Whoever is found twice is ranked anew each time, and compared one by one.
#
# What stands right is not written, and nor is when it was computed: as where nothing has changed.
# The two statements that read whole tables only read, so that PostgreSQL may share them among its
# processes. With less memory, what is counted would go to the disk and back; and what few people
# need is looked up where it stands, as on any disk of today. Each plan is made for how many people
# it is about.
PROVINCE = """
    CREATE OR REPLACE FUNCTION recompute_province(of_year smallint DEFAULT NULL)
    RETURNS TABLE (tenant_id uuid, year smallint, places bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET work_mem = '64MB' SET random_page_cost = 1.1
    SET plan_cache_mode = force_custom_plan AS $$
    #variable_conflict use_column
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        marked_agencies uuid[];
        marked_years smallint[];
        wrong_agencies uuid[];
        wrong_years smallint[];
        wrong_results unit_result[];
        shared uuid[];
        home_years int4multirange;
        wrong_overlaps overlap[];
        wrong_sums overlap_result[];
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

        -- The marks are taken before anything is read: a change that comes later keeps its own.
        WITH taken AS (
            DELETE FROM rollup_mark
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            RETURNING tenant_id, year, id
        ), noted AS (
            INSERT INTO result_status (province_id, tenant_id, year, computed_at, fence)
            SELECT province, tenant_id, year, clock_timestamp(), max(id)
            FROM taken GROUP BY tenant_id, year
            ON CONFLICT (province_id, tenant_id, year) DO UPDATE
                SET fence = greatest(result_status.fence, excluded.fence)
            RETURNING tenant_id, year
        )
        SELECT array_agg(tenant_id), array_agg(year) INTO marked_agencies, marked_years FROM noted;

        IF EXISTS (SELECT FROM unit_result WHERE province_id = province) THEN
            WITH fresh AS (
                SELECT tenant_id, year, sum(cell) AS people,
                    sum(cell) FILTER (WHERE is_outstanding) AS outstanding,
                    sum(cell) FILTER (WHERE has_digital_skills) AS with_digital_skills,
                    sum(cell) FILTER (WHERE is_digitally_fluent) AS digitally_fluent,
                    max(decided_at) AS decided_at, max(published_at) AS published_at
                FROM dossier
                WHERE province_id = province AND (of_year IS NULL OR year = of_year)
                GROUP BY tenant_id, year
            ), stood AS (
                -- In two halves, which no count makes too great for a whole number.
                SELECT tenant_id, year, <SUMS>,
                    bool_or(people = 0) AS has_hollow, <COMPLETED> AS is_completed
                FROM unit_result
                WHERE province_id = province AND (of_year IS NULL OR year = of_year)
                GROUP BY tenant_id, year
            ), known AS (
                SELECT tenant_id, year, last_decided_at, completed_at,
                    (tenant_id, year) NOT IN (
                        SELECT * FROM unnest(marked_agencies, marked_years)) AS is_settled
                FROM result_status
                WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            ), opened AS (
                SELECT tenant_id, year FROM cycle
                WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            )
            SELECT array_agg(tenant_id), array_agg(year) INTO wrong_agencies, wrong_years
            FROM known FULL JOIN fresh USING (tenant_id, year)
            FULL JOIN stood USING (tenant_id, year) FULL JOIN opened USING (tenant_id, year)
            WHERE is_settled IS NOT TRUE OR has_hollow
            OR fresh.people IS DISTINCT FROM stood.people
            OR fresh.outstanding IS DISTINCT FROM stood.outstanding
            OR fresh.with_digital_skills IS DISTINCT FROM stood.with_digital_skills
            OR fresh.digitally_fluent IS DISTINCT FROM stood.digitally_fluent
            OR last_decided_at IS DISTINCT FROM decided_at
            OR completed_at IS DISTINCT FROM CASE WHEN is_completed THEN published_at END;
        ELSE
            SELECT array_agg(tenant_id), array_agg(year) INTO wrong_agencies, wrong_years FROM (
                SELECT tenant_id, year FROM dossier WHERE province_id = province
                UNION SELECT tenant_id, year FROM result_status WHERE province_id = province
                UNION SELECT tenant_id, year FROM cycle WHERE province_id = province
            ) AS one WHERE of_year IS NULL OR year = of_year;
        END IF;
        IF wrong_agencies IS NOT NULL THEN
            WITH astray AS MATERIALIZED (
                SELECT * FROM unnest(wrong_agencies, wrong_years) AS one (tenant_id, year)
            ), counted AS MATERIALIZED (
                SELECT tenant_id, year, unit_id, group_number, state,
                    coalesce(outcome, '') AS outcome, <COUNTS>,
                    max(decided_at) AS decided_at, max(published_at) AS published_at
                FROM astray JOIN dossier USING (tenant_id, year)
                WHERE province_id = province
                GROUP BY tenant_id, year, unit_id, group_number, state, coalesce(outcome, '')
            ), status AS (
                INSERT INTO result_status (
                    province_id, tenant_id, year, computed_at, fence, last_decided_at, completed_at
                )
                SELECT province, tenant_id, year, clock_timestamp(), 0, decided_at,
                    CASE WHEN is_completed THEN published_at END
                FROM astray LEFT JOIN (
                    SELECT tenant_id, year, max(decided_at) AS decided_at,
                        max(published_at) AS published_at,
                        <COMPLETED> AS is_completed
                    FROM counted GROUP BY tenant_id, year
                ) AS whole USING (tenant_id, year)
                ON CONFLICT (province_id, tenant_id, year) DO UPDATE SET
                    computed_at = excluded.computed_at, last_decided_at = excluded.last_decided_at,
                    completed_at = excluded.completed_at
            ), stood AS (
                SELECT * FROM unit_result
                WHERE province_id = province AND (tenant_id, year) IN (
                    SELECT tenant_id, year FROM astray)
            )
            SELECT array_agg(ROW(
                province, tenant_id, year, unit_id, group_number, state, outcome, counted.people,
                counted.outstanding, counted.with_digital_skills, counted.digitally_fluent, NULL
            )::unit_result) INTO wrong_results
            FROM counted
            FULL JOIN stood USING (tenant_id, year, unit_id, group_number, state, outcome)
            WHERE (counted.people, counted.outstanding, counted.with_digital_skills,
                counted.digitally_fluent) IS DISTINCT FROM (stood.people, stood.outstanding,
                stood.with_digital_skills, stood.digitally_fluent);
        END IF;
        IF wrong_results IS NOT NULL THEN
            DELETE FROM unit_result AS stood USING unnest(wrong_results) AS one
            WHERE stood.province_id = province AND stood.tenant_id = one.tenant_id
            AND stood.year = one.year AND stood.unit_id = one.unit_id
            AND stood.group_number = one.group_number AND stood.state = one.state
            AND stood.outcome = one.outcome;
            INSERT INTO unit_result (
                province_id, tenant_id, year, unit_id, group_number, state, outcome, <FIGURES>
            )
            SELECT province_id, tenant_id, year, unit_id, group_number, state, outcome, <FIGURES>
            FROM unnest(wrong_results) WHERE people IS NOT NULL;
        END IF;

        shared := ARRAY(
            SELECT identity_id FROM person WHERE province_id = province
            GROUP BY identity_id HAVING count(*) > 1
        );
        home_years := years_home_comes_first(province);
        WITH waiting AS MATERIALIZED (
            SELECT DISTINCT tenant_id, year FROM rollup_mark WHERE province_id = province
        ), standing AS MATERIALIZED (
            -- Who comes first of those who are one human being: the least, as
            -- app/domain/overlaps.py says it.
            SELECT one.tenant_id, one.year, one.identity_id, one.id, one.group_number, one.state,
                coalesce(one.outcome, '') AS outcome, one.is_outstanding, one.has_digital_skills,
                one.is_digitally_fluent, CASE one.state WHEN 'listed' THEN 200 ELSE 0 END
                    + CASE WHEN (tenant.kind = 'commune') <> (one.year::integer <@ home_years)
                        THEN 100 ELSE 0 END
                    + array_position(ARRAY[
                        'appealed', 'published', 'decided', 'proposed', 'appraised',
                        'in_appraisal', 'returned', 'confirmed', 'submitted', 'registered',
                        'listed'
                    ], one.state) AS place
            FROM unnest(shared) AS somebody (identity_id)
            JOIN dossier AS one ON one.identity_id = somebody.identity_id
            JOIN tenant ON tenant.province_id = one.province_id AND tenant.id = one.tenant_id
            WHERE one.province_id = province AND (of_year IS NULL OR one.year = of_year)
            AND one.state NOT IN ('withdrawn', 'transferred')
        ), pairs AS MATERIALIZED (
            SELECT behind.*, ahead.tenant_id AS kept_at, ahead.place AS kept_place,
                ahead.id AS kept_id
            FROM standing AS behind JOIN standing AS ahead
                ON ahead.identity_id = behind.identity_id AND ahead.year = behind.year
                AND (ahead.place, ahead.id) < (behind.place, behind.id)
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
            -- Of several who come before, the nearest counts; of two as near, who comes first.
            SELECT DISTINCT ON (tenant_id, year, identity_id) pairs.*, counted_at
            FROM pairs JOIN meeting USING (tenant_id, kept_at)
            ORDER BY tenant_id, year, identity_id, depth, kept_place, kept_id
        ), doubles AS MATERIALIZED (
            SELECT tenant_id, year, identity_id, kept_at, counted_at, group_number, state, outcome,
                is_outstanding, has_digital_skills, is_digitally_fluent
            FROM found WHERE (tenant_id, year) NOT IN (SELECT tenant_id, year FROM waiting)
            UNION ALL
            SELECT tenant_id, year, identity_id, kept_at, counted_at, group_number, state, outcome,
                is_outstanding, has_digital_skills, is_digitally_fluent
            FROM overlap
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            AND (tenant_id, year) IN (SELECT tenant_id, year FROM waiting)
        ), sums AS (
            SELECT tenant_id, year, kept_at, counted_at, group_number, state, outcome, <COUNTS>
            FROM doubles
            GROUP BY tenant_id, year, kept_at, counted_at, group_number, state, outcome
        )
        SELECT (
            SELECT array_agg(ROW(
                province, tenant_id, year, identity_id, fresh.kept_at, fresh.counted_at,
                fresh.group_number, fresh.state, fresh.outcome, fresh.is_outstanding,
                fresh.has_digital_skills, fresh.is_digitally_fluent
            )::overlap)
            FROM doubles AS fresh FULL JOIN (
                SELECT * FROM overlap
                WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            ) AS stood USING (tenant_id, year, identity_id)
            WHERE (fresh.kept_at, fresh.counted_at, fresh.group_number, fresh.state, fresh.outcome,
                fresh.is_outstanding, fresh.has_digital_skills, fresh.is_digitally_fluent)
                IS DISTINCT FROM (stood.kept_at, stood.counted_at, stood.group_number, stood.state,
                stood.outcome, stood.is_outstanding, stood.has_digital_skills,
                stood.is_digitally_fluent)
        ), (
            SELECT array_agg(ROW(
                province, tenant_id, year, kept_at, counted_at, group_number, state, outcome,
                sums.people, sums.outstanding, sums.with_digital_skills, sums.digitally_fluent
            )::overlap_result)
            FROM sums FULL JOIN (
                SELECT * FROM overlap_result
                WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            ) AS stood
                USING (tenant_id, year, kept_at, counted_at, group_number, state, outcome)
            WHERE (sums.people, sums.outstanding, sums.with_digital_skills, sums.digitally_fluent)
                IS DISTINCT FROM (stood.people, stood.outstanding, stood.with_digital_skills,
                stood.digitally_fluent)
        ) INTO wrong_overlaps, wrong_sums;
        IF wrong_overlaps IS NOT NULL THEN
            DELETE FROM overlap AS stood USING unnest(wrong_overlaps) AS one
            WHERE stood.province_id = province AND stood.tenant_id = one.tenant_id
            AND stood.year = one.year AND stood.identity_id = one.identity_id;
            INSERT INTO overlap SELECT one.* FROM unnest(wrong_overlaps) AS one
            WHERE one.kept_at IS NOT NULL;
        END IF;
        IF wrong_sums IS NOT NULL THEN
            DELETE FROM overlap_result AS stood USING unnest(wrong_sums) AS one
            WHERE stood.province_id = province AND stood.tenant_id = one.tenant_id
            AND stood.year = one.year AND stood.kept_at = one.kept_at
            AND stood.counted_at = one.counted_at AND stood.group_number = one.group_number
            AND stood.state = one.state AND stood.outcome = one.outcome;
            INSERT INTO overlap_result SELECT one.* FROM unnest(wrong_sums) AS one
            WHERE one.people IS NOT NULL;
        END IF;

        RETURN QUERY SELECT tenant_id, year, count(*) FROM (
            SELECT tenant_id, year FROM unnest(wrong_results)
            UNION ALL SELECT tenant_id, year FROM unnest(wrong_sums)
        ) AS one GROUP BY tenant_id, year;
    END
    $$
"""
FIGURES = ("people", "outstanding", "with_digital_skills", "digitally_fluent")
WORDS = {
    "FIGURES": ", ".join(FIGURES),
    "SUMS": ",\n                    ".join(
        f"sum((cell >> 32) * {one}) FILTER (WHERE {one} <> 0) * 4294967296"
        f"\n                        + sum((cell & 4294967295) * {one}) FILTER (WHERE {one} <> 0)"
        f" AS {one}"
        for one in FIGURES
    ),
    "COUNTS": """count(*)::integer AS people,
                    (count(*) FILTER (WHERE is_outstanding))::integer AS outstanding,
                    (count(*) FILTER (WHERE has_digital_skills))::integer AS with_digital_skills,
                    (count(*) FILTER (WHERE is_digitally_fluent))::integer AS digitally_fluent""",
    # An agency has completed its year when everybody who submitted has a published decision.
    "COMPLETED": """bool_or(state IN ('published', 'appealed')) AND NOT bool_or(state NOT IN (
                            'published', 'appealed', 'listed', 'registered', 'withdrawn',
                            'transferred'
                        ))""",
}
# The official figures of the agency in scope and of every one below it that has agencies below, in
# one order, so that two who count them do not wait for each other in a circle; but not where there
# is nothing that they could count, nor anything counted before. Answers nothing.
OFFICIALS = """
    CREATE OR REPLACE FUNCTION recount_officials(of_year smallint DEFAULT NULL) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT recount_official_of(one.province_id, one.tenant_id, one.year) FROM (
            SELECT status.province_id, status.tenant_id, status.year FROM result_status AS status
            WHERE status.province_id
                = nullif(current_setting('app.province_id', true), '')::smallint
            AND (of_year IS NULL OR status.year = of_year)
            AND status.tenant_id IN (
                SELECT line.descendant_id FROM tenant_closure AS line JOIN tenant AS child
                    ON child.province_id = line.province_id AND child.parent_id = line.descendant_id
                WHERE line.ancestor_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
            AND (EXISTS (
                SELECT FROM dossier WHERE dossier.province_id = status.province_id
                AND dossier.tenant_id = status.tenant_id AND dossier.year = status.year
            ) OR EXISTS (
                SELECT FROM tenant AS child JOIN report ON report.province_id = child.province_id
                    AND report.tenant_id = child.id AND report.year = status.year
                WHERE child.province_id = status.province_id AND child.parent_id = status.tenant_id
                AND report.accepted_version IS NOT NULL
            ) OR EXISTS (
                SELECT FROM official_result AS counted
                WHERE counted.province_id = status.province_id
                AND counted.tenant_id = status.tenant_id AND counted.year = status.year
            ))
            ORDER BY hashtext(status.tenant_id || ':' || status.year) OFFSET 0
        ) AS one
    $$
"""


def upgrade() -> None:
    says = PROVINCE
    for name, words in WORDS.items():
        says = says.replace(f"<{name}>", words)
    op.execute(says)
    op.execute(OFFICIALS)


def downgrade() -> None:
    """Go back by the same steps: the later ones patched what the earlier ones wrote."""
    first, second, third, officials = (
        ScriptDirectory.from_config(context.config).get_revision(one).module
        for one in ("0024", "0038", "0043", "0031")
    )
    says = first.PROVINCE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    op.execute(says.replace(*third.ORDERS[0]))
    second.upgrade()
    (says,) = (one for one in officials.FUNCTIONS if "FUNCTION recount_officials(" in one)
    op.execute(says.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
