"""Find by sums alone that a province's figures stand right, who meets whom and days included."""

from collections.abc import Sequence
from typing import Any

from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0065"
down_revision = "0064"

ROLE, ROLLUP = "bangvang_app", "bangvang_rollup"
BEFORE = "recompute_province(smallint)"
SIGNATURE = "recompute_province(smallint, timestamptz)"
COMPARING = (
    "province_apart(smallint, smallint, uuid[], smallint[], date, integer)",
    "overlaps_apart(smallint, smallint, uuid[])",
)

# The days on which somebody is counted as registered and as recognised: none while they are not.
DAY_OF = "({} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
DAYS_OF_DOSSIERS = {
    "entered_on": "CASE WHEN state NOT IN ('listed', 'withdrawn', 'transferred')"
    f" THEN {DAY_OF.format('entered_at')} END",
    "recognised_on": "CASE WHEN state IN ('decided', 'published', 'appealed')"
    f" AND outcome = 'recognised' THEN {DAY_OF.format('ruled_at')} END",
}
FLAGS = ("is_outstanding", "has_digital_skills", "is_digitally_fluent")
FIGURES = ("people", "outstanding", "with_digital_skills", "digitally_fluent")
# Where a row of figures stands, as one number: whoever is counted in it has the same.
CELL = (
    "uuid_hash_extended(unit_id, hashtextextended(state,"
    " hashtextextended({}, group_number::bigint)))"
)
MEETING = (
    "uuid_hash_extended(tenant_id, uuid_hash_extended(kept_at, uuid_hash_extended(counted_at,"
    " hashtextextended(state, hashtextextended(outcome, (year * 8 + group_number)::bigint)))))"
)


def _share(cell: str, figure: int) -> str:
    """Write what one of the people of a row adds to its digest, for one of the four figures.

    Eight million of them in one row still make a whole number of 64 bits.
    """
    return f"(hashint8extended({cell}, {figure}) & 274877906943)"


def _of_one(cell: str) -> str:
    return " + ".join(
        [_share(cell, 0)]
        + [
            f"CASE WHEN {flag} THEN {_share(cell, figure)} ELSE 0 END"
            for figure, flag in enumerate(FLAGS, start=1)
        ]
    )


def _of_row(cell: str) -> str:
    """Write a row's digest: that of all its people. Of a row that counts nobody, what none has."""
    counted = " + ".join(
        f"{count} * {_share(cell, figure)}" for figure, count in enumerate(FIGURES)
    )
    return f"CASE WHEN people = 0 THEN -1 ELSE {counted} END"


# The same of those who are counted elsewhere, added up.
OF_EACH = "\n                    + ".join(
    f"coalesce(sum({_share('cell', figure)}){condition}, 0)"
    for figure, condition in enumerate(["", *(f" FILTER (WHERE {flag})" for flag in FLAGS)])
)
# The same for the sums that agencies keep, of ten figures each.
SUMS = (
    "eligible",
    "registered",
    "self_assessed",
    "appraised",
    "decided",
    "recognised",
    "not_recognised",
    "outstanding",
    "with_digital_skills",
    "digitally_fluent",
)
RECOGNISED = "state IN ('decided', 'published', 'appealed') AND outcome = 'recognised'"
# Who is counted in which figure of people, as app/domain/results.py says it: the first that holds.
COUNTED = (
    ("state IN ('withdrawn', 'transferred')", ()),
    ("state = 'listed'", SUMS[:1]),
    ("state = 'registered'", SUMS[:2]),
    ("state IN ('appraised', 'proposed')", SUMS[:4]),
    ("state NOT IN ('decided', 'published', 'appealed')", SUMS[:3]),
    ("outcome = 'recognised'", SUMS[:6]),
    ("true", (*SUMS[:5], "not_recognised")),
)
# Where a sum stands in its agency, as one number.
GROUP_OF_AGENCY = "group_number::bigint"
GROUP_OF_MEETING = (
    "uuid_hash_extended({}, uuid_hash_extended({}, (year * 8 + group_number)::bigint))"
)


def _share_of_sum(group: str, figure: str) -> str:
    """Write what one of the people of a sum adds to its digest: eight million are still whole."""
    return f"(hashint8extended({group}, {SUMS.index(figure)}) & 68719476735)"


def _of_sum(group: str) -> str:
    """Write the digest of the ten figures of a sum."""
    return " + ".join(f"{figure} * {_share_of_sum(group, figure)}" for figure in SUMS)


def _to_sum(group: str) -> str:
    """Write what a row of figures adds to the digest of the sum above it."""
    states = " ".join(
        f"WHEN {who} THEN {' + '.join(_share_of_sum(group, one) for one in figures) or 0}"
        for who, figures in COUNTED
    )
    skilled = " + ".join(f"{one} * {_share_of_sum(group, one)}" for one in FIGURES[1:])
    return f"people * CASE {states} END + CASE WHEN {RECOGNISED} THEN {skilled} ELSE 0 END"
# Who is counted elsewhere, as one number.
ONE_OF = """uuid_hash_extended(identity_id, cell # (is_outstanding::integer
                    + 2 * coalesce(has_digital_skills::integer, 2)
                    + 8 * coalesce(is_digitally_fluent::integer, 2)))"""
KEPT = """kept_at, counted_at, group_number, state, outcome,
                is_outstanding, has_digital_skills, is_digitally_fluent"""
# What somebody brought on a day, as one number: three of them still make a whole one.
ON_DAY = "(hashint4extended({} - DATE '2000-01-01', hashtext({})) & 2305843009213693951)"
BROUGHT = f"""coalesce(sum({ON_DAY.format("entered_on", "'registered'")})
                FILTER (WHERE entered_on >= first_day AND year >= first_year), 0)
            + coalesce(sum(
                {ON_DAY.format("recognised_on", "'recognised'")}
                + CASE WHEN has_digital_skills
                    THEN {ON_DAY.format("recognised_on", "'with_digital_skills'")} ELSE 0 END
                + CASE WHEN is_digitally_fluent
                    THEN {ON_DAY.format("recognised_on", "'digitally_fluent'")} ELSE 0 END
            ) FILTER (WHERE recognised_on >= first_day AND year >= first_year), 0)"""
# Who comes first of those who are one human being: the least, as app/domain/overlaps.py says it.
PLACE = """CASE WHEN (tenant.kind = 'commune') <> (one.year::integer <@ $4)
                        THEN 100 ELSE 0 END
                    + CASE one.state WHEN 'published' THEN 2 WHEN 'appealed' THEN 1
                        WHEN 'decided' THEN 3 WHEN 'proposed' THEN 4 WHEN 'appraised' THEN 5
                        WHEN 'in_appraisal' THEN 6 WHEN 'returned' THEN 7 WHEN 'confirmed' THEN 8
                        WHEN 'submitted' THEN 9 WHEN 'registered' THEN 10 ELSE 211 END"""
STANDING = f"""SELECT one.tenant_id, one.year, one.identity_id, one.id, one.group_number, one.state,
                coalesce(one.outcome, '') AS outcome, one.is_outstanding, one.has_digital_skills,
                one.is_digitally_fluent, {PLACE} AS place
            FROM unnest($3) AS somebody (identity_id)
            JOIN dossier AS one ON one.identity_id = somebody.identity_id
            JOIN tenant ON tenant.province_id = one.province_id AND tenant.id = one.tenant_id
            WHERE one.province_id = $1 AND ($2 IS NULL OR one.year = $2)
            AND one.state NOT IN ('withdrawn', 'transferred')"""
STANDING_HERE = STANDING
for _at, _name in enumerate(("province", "of_year", "shared", "home_years"), start=1):
    STANDING_HERE = STANDING_HERE.replace(f"${_at}", _name)

# Where the figures of a province, and what its days brought, are not what its dossiers say. Called by
# the function below alone, which holds the lock. A query of its own that is returned, so that
# PostgreSQL plans it once and may share it among its processes: read INTO something, it would be
# read by one.
APART = f"""
    CREATE FUNCTION province_apart(
        province smallint, of_year smallint, marked_agencies uuid[], marked_years smallint[],
        first_day date, first_year integer
    ) RETURNS TABLE (
        tenant_id uuid, year smallint, is_wrong boolean, are_days_right boolean, are_sums_right boolean
    )
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY WITH fresh AS (
            SELECT tenant_id, year, sum(digest) AS digest,
                max(decided_at) AS decided_at, max(published_at) AS published_at,
                {BROUGHT} AS brought
            FROM dossier
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            GROUP BY tenant_id, year
        ), stood AS (
            -- Completed when everybody who submitted has a published decision.
            SELECT tenant_id, year, sum(digest) AS digest, sum(to_sum) AS added_up, 1 = max(
                CASE WHEN state IN ('published', 'appealed') THEN 1
                WHEN state IN ('listed', 'registered', 'withdrawn', 'transferred') THEN 0
                ELSE 2 END) AS is_completed
            FROM unit_result
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            GROUP BY tenant_id, year
        ), days AS (
            SELECT tenant_id, year,
                sum({ON_DAY.format("counted_on", "figure")}::numeric * people) AS brought
            FROM daily_result
            WHERE province_id = province AND (of_year IS NULL OR year = of_year) AND counted_on >= first_day
            GROUP BY tenant_id, year
        ), sums AS (
            SELECT tenant_id, year, sum(digest) AS kept
            FROM agency_result
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
        ), compared AS (
            SELECT tenant_id, year, is_settled IS NOT TRUE
                OR fresh.digest IS DISTINCT FROM stood.digest
                OR last_decided_at IS DISTINCT FROM decided_at
                OR completed_at IS DISTINCT FROM CASE WHEN is_completed THEN published_at END
                AS is_wrong,
                coalesce(fresh.brought, 0) = coalesce(days.brought, 0) AS are_days_right,
                coalesce(added_up, 0) = coalesce(kept, 0) AS are_sums_right
            FROM known FULL JOIN fresh USING (tenant_id, year)
            FULL JOIN stood USING (tenant_id, year) FULL JOIN opened USING (tenant_id, year)
            FULL JOIN days USING (tenant_id, year) FULL JOIN sums USING (tenant_id, year)
        )
        SELECT tenant_id, year, is_wrong, are_days_right, are_sums_right
        FROM compared WHERE is_wrong OR NOT are_days_right OR NOT are_sums_right;
    END
    $$
"""
# Whether those of a province who are found twice, and their sums, stand as their dossiers say; and
# whether agencies keep these sums. Called by the function below alone. Planned anew each time, for
# how many people it is about.
OVERLAPS_APART = f"""
    CREATE FUNCTION overlaps_apart(
        province smallint, of_year smallint, shared uuid[]
    ) RETURNS TABLE (are_rows_right boolean, are_kept boolean)
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
    SET plan_cache_mode = force_custom_plan AS $$
    #variable_conflict use_column
    DECLARE
        home_years int4multirange := years_home_comes_first(province);
    BEGIN
        RETURN QUERY WITH standing AS (
            {STANDING_HERE}
        ), lined_up AS (
            SELECT *, array_agg(tenant_id) OVER (
                PARTITION BY identity_id, year ORDER BY place, id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS ahead FROM standing
        ), behind AS MATERIALIZED (
            SELECT * FROM lined_up WHERE ahead IS NOT NULL
        ), meeting AS MATERIALIZED (
            SELECT DISTINCT ON (pair.tenant_id, pair.kept_at) pair.tenant_id, pair.kept_at,
                line.ancestor_id AS counted_at, line.depth
            FROM (
                SELECT tenant_id, unnest(ahead) AS kept_at
                FROM (SELECT DISTINCT tenant_id, ahead FROM behind) AS line_up
            ) AS pair
            JOIN tenant_closure AS line
                ON line.province_id = province AND line.descendant_id = pair.tenant_id
            JOIN tenant_closure AS its_line
                ON its_line.province_id = province AND its_line.descendant_id = pair.kept_at
                AND its_line.ancestor_id = line.ancestor_id
            ORDER BY pair.tenant_id, pair.kept_at, line.depth
        ), kept AS (
            -- Of several who come before, the nearest counts; of two as near, who comes first.
            SELECT behind.*, CASE cardinality(ahead) WHEN 1 THEN ahead[1] ELSE (
                SELECT kept_at FROM unnest(ahead) WITH ORDINALITY AS one (kept_at, turn)
                JOIN meeting USING (kept_at) WHERE meeting.tenant_id = behind.tenant_id
                ORDER BY depth, turn LIMIT 1
            ) END AS kept_at FROM behind OFFSET 0
        ), fresh AS (
            SELECT sum({ONE_OF}) AS everybody FROM (
                SELECT kept.*, {MEETING} AS cell
                FROM kept JOIN meeting USING (tenant_id, kept_at)
            ) AS somebody
        ), stood AS (
            SELECT sum({ONE_OF}) AS everybody,
                {OF_EACH} AS digest
            FROM overlap WHERE province_id = province AND (of_year IS NULL OR year = of_year)
        ), sums AS (
            SELECT coalesce(sum(digest), 0) AS digest, coalesce(sum(to_sum), 0) AS added_up
            FROM overlap_result WHERE province_id = province AND (of_year IS NULL OR year = of_year)
        ), above AS (
            SELECT coalesce(sum(digest), 0) AS kept
            FROM agency_overlap WHERE province_id = province AND (of_year IS NULL OR year = of_year)
        )
        SELECT fresh.everybody IS NOT DISTINCT FROM stood.everybody
            AND stood.digest = sums.digest, added_up = kept
        FROM fresh, stood, sums, above;
    END
    $$
"""
# Recomputes every agency of the province in scope as each alone would be, and what each of the days
# since a moment brought, if one is given, and what was signed; answers whose figures stood wrong, and in how many
# places. It keeps every agency's own count away with one lock, that each of them shares; a lock of
# each agency and year was a thousand, and as many as a server has room for. Only for who stands
# above them all.
#
# What stands is held against what it is made of by sums. Each row of figures has a number of its
# own, and each dossier its share of the row it is counted in: the shares of an agency add up to its
# rows. That they do though something differs happens one time in 2^38. Who is found twice is ranked
# anew each time; overlaps, what each day brought and the sums that agencies keep are held against
# what they are of in the same way. Only where something differs, or where marks waited, is each row
# looked at. Sums that were changed alone are only named: each agency adds its own up again.
#
# What stands right is not written, and nor is when it was computed: as where nothing has changed.
# What is EXECUTEd is planned for how many people it is about; each text is whole as it stands,
# nothing is put into it. With less memory, what is counted would go to the disk and
# back; and what few people need is looked up where it stands, as on any disk of today.
PROVINCE = f"""
    CREATE FUNCTION recompute_province(
        of_year smallint DEFAULT NULL, since timestamptz DEFAULT NULL
    ) RETURNS TABLE (tenant_id uuid, year smallint, places bigint, is_sum boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET work_mem = '64MB' SET random_page_cost = 1.1
    SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        first_day date := coalesce((since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, 'infinity');
        first_year integer := coalesce(extract(year FROM since AT TIME ZONE 'Asia/Ho_Chi_Minh'), 0)
            - 1;
        marked_agencies uuid[];
        marked_years smallint[];
        wrong_agencies uuid[];
        wrong_years smallint[];
        has_figures boolean;
        are_days_right boolean := false;
        are_sums_right boolean := false;
        wrong_results unit_result[];
        shared uuid[];
        are_overlaps_right boolean := false;
        wrong_overlaps overlap[];
        wrong_sums overlap_result[];
    BEGIN
        IF province IS NULL OR (
            SELECT count(*) FROM tenant WHERE tenant.province_id = province
        ) <> (
            SELECT count(*) FROM tenant_closure AS line
            WHERE line.province_id = province AND line.ancestor_id = agency
        ) THEN
            RAISE EXCEPTION 'only who stands above all agencies of a province counts them all'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock(13, province);

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

        has_figures := EXISTS (SELECT FROM unit_result WHERE province_id = province);
        IF has_figures THEN
            SELECT array_agg(tenant_id) FILTER (WHERE is_wrong),
                array_agg(year) FILTER (WHERE is_wrong), coalesce(bool_and(are_days_right), true),
                coalesce(bool_and(are_sums_right), true)
            INTO wrong_agencies, wrong_years, are_days_right, are_sums_right FROM province_apart(
                province, of_year, marked_agencies, marked_years, first_day, first_year);
        ELSE
            SELECT array_agg(tenant_id), array_agg(year) INTO wrong_agencies, wrong_years FROM (
                SELECT tenant_id, year FROM dossier WHERE province_id = province
                UNION SELECT tenant_id, year FROM result_status WHERE province_id = province
                UNION SELECT tenant_id, year FROM cycle WHERE province_id = province
            ) AS one WHERE of_year IS NULL OR year = of_year;
        END IF;
        IF wrong_agencies IS NOT NULL THEN
            EXECUTE $query$
            WITH astray AS MATERIALIZED (
                SELECT * FROM unnest($2, $3) AS one (tenant_id, year)
            ), counted AS MATERIALIZED (
                SELECT tenant_id, year, unit_id, group_number, state,
                    coalesce(outcome, '') AS outcome, <COUNTS>,
                    max(decided_at) AS decided_at, max(published_at) AS published_at
                FROM astray JOIN dossier USING (tenant_id, year)
                WHERE province_id = $1
                GROUP BY tenant_id, year, unit_id, group_number, state, coalesce(outcome, '')
            ), status AS (
                INSERT INTO result_status (
                    province_id, tenant_id, year, computed_at, fence, last_decided_at, completed_at
                )
                SELECT $1, tenant_id, year, clock_timestamp(), 0, decided_at,
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
                WHERE province_id = $1 AND (tenant_id, year) IN (
                    SELECT tenant_id, year FROM astray)
            )
            SELECT array_agg(ROW(
                $1, tenant_id, year, unit_id, group_number, state, outcome, counted.people,
                counted.outstanding, counted.with_digital_skills, counted.digitally_fluent, NULL,
                NULL
            )::unit_result)
            FROM counted
            FULL JOIN stood USING (tenant_id, year, unit_id, group_number, state, outcome)
            WHERE (counted.people, counted.outstanding, counted.with_digital_skills,
                counted.digitally_fluent) IS DISTINCT FROM (stood.people, stood.outstanding,
                stood.with_digital_skills, stood.digitally_fluent)
            $query$ INTO wrong_results USING province, wrong_agencies, wrong_years;
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
        IF since IS NOT NULL AND NOT are_days_right THEN
            PERFORM recompute_days(of_year, since, false);
        END IF;

        shared := ARRAY(
            SELECT identity_id FROM person WHERE province_id = province
            GROUP BY identity_id HAVING count(*) > 1
        );
        IF has_figures THEN
            SELECT are_rows_right, are_sums_right AND are_kept INTO are_overlaps_right, are_sums_right
            FROM overlaps_apart(province, of_year, shared);
        END IF;
        IF NOT are_overlaps_right THEN
            EXECUTE $query$
            WITH waiting AS MATERIALIZED (
                SELECT DISTINCT tenant_id, year FROM rollup_mark WHERE province_id = $1
            ), standing AS MATERIALIZED (
                {STANDING}
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
                    ON line.province_id = $1 AND line.descendant_id = pair.tenant_id
                JOIN tenant_closure AS its_line
                    ON its_line.province_id = $1 AND its_line.descendant_id = pair.kept_at
                    AND its_line.ancestor_id = line.ancestor_id
                ORDER BY pair.tenant_id, pair.kept_at, line.depth
            ), found AS MATERIALIZED (
                -- Of several who come before, the nearest counts; of two as near, who comes first.
                SELECT DISTINCT ON (tenant_id, year, identity_id) pairs.*, counted_at
                FROM pairs JOIN meeting USING (tenant_id, kept_at)
                ORDER BY tenant_id, year, identity_id, depth, kept_place, kept_id
            ), doubles AS MATERIALIZED (
                SELECT tenant_id, year, identity_id, kept_at, counted_at, group_number, state,
                    outcome, is_outstanding, has_digital_skills, is_digitally_fluent
                FROM found WHERE (tenant_id, year) NOT IN (SELECT tenant_id, year FROM waiting)
                UNION ALL
                SELECT tenant_id, year, identity_id, kept_at, counted_at, group_number, state,
                    outcome, is_outstanding, has_digital_skills, is_digitally_fluent
                FROM overlap
                WHERE province_id = $1 AND ($2 IS NULL OR year = $2)
                AND (tenant_id, year) IN (SELECT tenant_id, year FROM waiting)
            ), sums AS (
                SELECT tenant_id, year, kept_at, counted_at, group_number, state, outcome, <COUNTS>
                FROM doubles
                GROUP BY tenant_id, year, kept_at, counted_at, group_number, state, outcome
            )
            SELECT (
                SELECT array_agg(ROW(
                    $1, tenant_id, year, identity_id, fresh.kept_at, fresh.counted_at,
                    fresh.group_number, fresh.state, fresh.outcome, fresh.is_outstanding,
                    fresh.has_digital_skills, fresh.is_digitally_fluent, NULL
                )::overlap)
                FROM doubles AS fresh FULL JOIN (
                    SELECT * FROM overlap
                    WHERE province_id = $1 AND ($2 IS NULL OR year = $2)
                ) AS stood USING (tenant_id, year, identity_id)
                WHERE (fresh.kept_at, fresh.counted_at, fresh.group_number, fresh.state,
                    fresh.outcome, fresh.is_outstanding, fresh.has_digital_skills,
                    fresh.is_digitally_fluent)
                    IS DISTINCT FROM (stood.kept_at, stood.counted_at, stood.group_number,
                    stood.state, stood.outcome, stood.is_outstanding, stood.has_digital_skills,
                    stood.is_digitally_fluent)
            ), (
                SELECT array_agg(ROW(
                    $1, tenant_id, year, kept_at, counted_at, group_number, state, outcome,
                    sums.people, sums.outstanding, sums.with_digital_skills,
                    sums.digitally_fluent, NULL, NULL
                )::overlap_result)
                FROM sums FULL JOIN (
                    SELECT * FROM overlap_result
                    WHERE province_id = $1 AND ($2 IS NULL OR year = $2)
                ) AS stood
                    USING (tenant_id, year, kept_at, counted_at, group_number, state, outcome)
                WHERE (sums.people, sums.outstanding, sums.with_digital_skills,
                    sums.digitally_fluent)
                    IS DISTINCT FROM (stood.people, stood.outstanding, stood.with_digital_skills,
                    stood.digitally_fluent)
            )
            $query$ INTO wrong_overlaps, wrong_sums
            USING province, of_year, shared, years_home_comes_first(province);
        END IF;
        IF wrong_overlaps IS NOT NULL THEN
            DELETE FROM overlap AS stood USING unnest(wrong_overlaps) AS one
            WHERE stood.province_id = province AND stood.tenant_id = one.tenant_id
            AND stood.year = one.year AND stood.identity_id = one.identity_id;
            INSERT INTO overlap (province_id, tenant_id, year, identity_id, {KEPT})
            SELECT province_id, tenant_id, year, identity_id, {KEPT}
            FROM unnest(wrong_overlaps) WHERE kept_at IS NOT NULL;
        END IF;
        IF wrong_sums IS NOT NULL THEN
            DELETE FROM overlap_result AS stood USING unnest(wrong_sums) AS one
            WHERE stood.province_id = province AND stood.tenant_id = one.tenant_id
            AND stood.year = one.year AND stood.kept_at = one.kept_at
            AND stood.counted_at = one.counted_at AND stood.group_number = one.group_number
            AND stood.state = one.state AND stood.outcome = one.outcome;
            INSERT INTO overlap_result (
                province_id, tenant_id, year, kept_at, counted_at, group_number, state, outcome,
                <FIGURES>
            )
            SELECT province_id, tenant_id, year, kept_at, counted_at, group_number, state, outcome,
                <FIGURES>
            FROM unnest(wrong_sums) WHERE people IS NOT NULL;
        END IF;

        RETURN QUERY SELECT tenant_id, year, count(*), false FROM (
            SELECT tenant_id, year FROM unnest(wrong_results)
            UNION ALL SELECT tenant_id, year FROM unnest(wrong_sums)
        ) AS one GROUP BY tenant_id, year;
        PERFORM recount_officials(of_year);
        IF NOT are_sums_right THEN
            RETURN QUERY SELECT tenant_id, year, places, true FROM agencies_apart(of_year);
        END IF;
    END
    $$
"""

# Counts again what the days since a moment brought, of the agency in scope or of all below it too;
# of one year or of all that are not long over. Whoever is counted now stands at the day on which
# they last entered or were ruled on, so that a decision that was annulled brought nobody. What
# stands right is not written again. Whoever calls holds the lock of each agency's figures. Few of a
# year's people are carried from one process to another here, and PostgreSQL thinks that dearer than
# it is.
DAYS = """
    CREATE OR REPLACE FUNCTION recompute_days(of_year smallint, since timestamptz, is_alone boolean)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET random_page_cost = 1.1 SET plan_cache_mode = force_custom_plan
    SET parallel_tuple_cost = 0.01 AS $$
    #variable_conflict use_column
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        agencies uuid[] := ARRAY(
            SELECT descendant_id FROM tenant_closure
            WHERE province_id = province AND ancestor_id = agency AND (depth = 0 OR NOT is_alone)
        );
        first_day date := (since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
        first_year integer := extract(year FROM first_day) - 1;
        wrong daily_result[];
    BEGIN
        EXECUTE $query$
        WITH brought AS (
            SELECT tenant_id, year, entered_on, recognised_on, count(*) AS people,
                count(*) FILTER (WHERE has_digital_skills) AS skilled,
                count(*) FILTER (WHERE is_digitally_fluent) AS fluent
            FROM dossier
            WHERE province_id = $1 AND (entered_on >= $4 OR recognised_on >= $4)
            AND year >= $5 AND ($2 IS NULL OR year = $2) AND tenant_id = ANY ($3)
            GROUP BY tenant_id, year, entered_on, recognised_on
        ), fresh AS (
            SELECT tenant_id, year, figure, counted_on, sum(counted)::integer AS people
            FROM brought CROSS JOIN LATERAL (VALUES
                ('registered', entered_on, people), ('recognised', recognised_on, people),
                ('with_digital_skills', recognised_on, skilled),
                ('digitally_fluent', recognised_on, fluent)
            ) AS one (figure, counted_on, counted)
            WHERE counted_on >= $4 AND counted > 0
            GROUP BY tenant_id, year, figure, counted_on
        ), stood AS (
            SELECT * FROM daily_result
            WHERE province_id = $1 AND tenant_id = ANY ($3) AND counted_on >= $4
            AND ($2 IS NULL OR year = $2)
        )
        SELECT array_agg(
            ROW($1, tenant_id, year, figure, counted_on, fresh.people)::daily_result
        )
        FROM fresh FULL JOIN stood USING (tenant_id, year, figure, counted_on)
        WHERE fresh.people IS DISTINCT FROM stood.people
        $query$ INTO wrong USING province, of_year, agencies, first_day, first_year;
        IF wrong IS NOT NULL THEN
            DELETE FROM daily_result AS stood USING unnest(wrong) AS one
            WHERE stood.province_id = province AND stood.tenant_id = one.tenant_id
            AND stood.year = one.year AND stood.figure = one.figure
            AND stood.counted_on = one.counted_on;
            INSERT INTO daily_result SELECT one.* FROM unnest(wrong) AS one
            WHERE one.people IS NOT NULL;
        END IF;
    END
    $$
"""


def upgrade() -> None:
    op.execute(f"DROP FUNCTION {BEFORE}")
    for name, day in DAYS_OF_DOSSIERS.items():
        _add("dossier", name, "date", day)
    _add("dossier", "digest", "bigint", _of_one(CELL.format("coalesce(outcome, ''::text)")))
    _index(entered_at="entered_on", ruled_at="recognised_on", cell="digest")
    op.drop_column("dossier", "cell")
    op.drop_column("unit_result", "cell")
    _add("unit_result", "digest", "bigint", _of_row(CELL.format("outcome")))
    _add("unit_result", "to_sum", "bigint", _to_sum(GROUP_OF_AGENCY))
    _add("agency_result", "digest", "bigint", _of_sum(GROUP_OF_AGENCY))
    _add("overlap", "cell", "bigint", MEETING)
    _add("overlap_result", "digest", "bigint", _of_row(MEETING))
    _add("overlap_result", "to_sum", "bigint", _to_sum(GROUP_OF_MEETING.format("counted_at", "tenant_id")))
    _add("agency_overlap", "digest", "bigint", _of_sum(GROUP_OF_MEETING.format("tenant_id", "agency_id")))
    for function, signature in zip((APART, OVERLAPS_APART), COMPARING, strict=True):
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(_worded(PROVINCE))
    _let_call(SIGNATURE)
    op.execute(DAYS)
    for function in _sharing():
        op.execute(function)


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    for signature in COMPARING:
        op.execute(f"DROP FUNCTION {signature}")
    for table in ("agency_overlap", "overlap_result", "agency_result", "unit_result"):
        op.drop_column(table, "digest")
    for table in ("overlap_result", "unit_result"):
        op.drop_column(table, "to_sum")
    op.drop_column("overlap", "cell")
    for table, cell in _revision("0051").CELLS.items():
        _add(table, "cell", "bigint", cell)
    _index()
    for name in ("digest", *DAYS_OF_DOSSIERS):
        op.drop_column("dossier", name)
    _revision("0058").upgrade()
    _let_call(BEFORE)
    for function in _alone():
        op.execute(function)


def _add(table: str, column: str, kind: str, value: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} GENERATED ALWAYS AS ({value}) STORED")


def _index(**instead: str) -> None:
    """Let what is asked of all dossiers be read from one index."""
    op.drop_index("ix_dossier_identity", "dossier")
    included = _revision("0051").IDENTITY["postgresql_include"]
    op.create_index(
        "ix_dossier_identity",
        "dossier",
        ["identity_id", "year"],
        postgresql_include=[instead.get(name, name) for name in included],
    )


def _alone() -> Sequence[str]:
    """Write the two other functions that keep counts away, as they were."""
    texts = [*_revision("0031").FUNCTIONS, *_revision("0057").FUNCTIONS]
    names = ("keep_report_members(", "add_up_again(")
    return [
        one.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        for one in texts
        if any(f"CREATE FUNCTION {name}" in one for name in names)
    ]


def _sharing() -> Sequence[str]:
    """Write them as such that share the lock of the province first."""
    own = "        PERFORM pg_advisory_xact_lock(7, "
    shared = (
        "        PERFORM pg_advisory_xact_lock_shared("
        "13, nullif(current_setting('app.province_id', true), '')::integer);\n"
    )
    return [one.replace(own, shared + own) for one in _alone()]


def _let_call(signature: str) -> None:
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}, {ROLLUP}")


def _worded(says: str) -> str:
    for name, words in _revision("0052").WORDS.items():
        says = says.replace(f"<{name}>", words)
    return says


def _revision(number: str) -> Any:
    return ScriptDirectory.from_config(context.config).get_revision(number).module
