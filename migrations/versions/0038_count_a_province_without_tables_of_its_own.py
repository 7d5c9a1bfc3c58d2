"""Count a province in fewer statements, with no table of its own for what stands right anyway."""

import re

import sqlalchemy as sa
from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0038"
down_revision = "0037"

FUNCTION = "recompute_province(smallint)"
# Who comes first of those who are one human being, as the function says it at this point.
RANKED = re.compile(r"WINDOW ranked AS \(.*?\], one\.state\), one\.id\s*\)", re.DOTALL)

COUNTS = """count(*)::integer AS people,
                (count(*) FILTER (WHERE is_outstanding))::integer AS outstanding,
                (count(*) FILTER (WHERE has_digital_skills))::integer AS with_digital_skills,
                (count(*) FILTER (WHERE is_digitally_fluent))::integer AS digitally_fluent"""
FIGURES = "people, outstanding, with_digital_skills, digitally_fluent"
UNIT_KEY = "tenant_id, year, unit_id, group_number, state, outcome"
OVERLAP_KEY = "tenant_id, year, identity_id"
OVERLAP = """kept_at, counted_at, group_number, state, outcome, is_outstanding,
                    has_digital_skills, is_digitally_fluent"""
SUM_KEY = "tenant_id, year, kept_at, counted_at, group_number, state, outcome"
# The columns of each table in the order in which it has them.
ROWS = {
    "unit_result": f"{UNIT_KEY}, {FIGURES}",
    "overlap": f"{OVERLAP_KEY}, {OVERLAP}",
    "overlap_result": f"{SUM_KEY}, {FIGURES}",
}


def named(columns: str) -> list[str]:
    return [one.strip() for one in columns.split(",")]


def astray(table: str, fresh: str, key: str, values: str, among: str = "true") -> str:
    """Find the rows that should stand otherwise: as they should; without values, not at all."""
    kept, stood = (
        ", ".join(f"{side}.{one}" for one in named(values)) for side in ("fresh", "stood")
    )
    row = ", ".join(one if one in named(key) else f"fresh.{one}" for one in named(ROWS[table]))
    return f"""SELECT array_agg(ROW(province, {row})::{table})
            FROM {fresh} AS fresh FULL JOIN (
                SELECT * FROM {table}
                WHERE province_id = province AND (of_year IS NULL OR year = of_year) AND {among}
            ) AS stood USING ({key})
            WHERE ({kept}) IS DISTINCT FROM ({stood})"""


def put_right(table: str, rows: str, key: str, value: str) -> str:
    same = " AND ".join(f"stood.{one} = one.{one}" for one in named(key))
    return f"""IF {rows} IS NOT NULL THEN
            DELETE FROM {table} AS stood USING unnest({rows}) AS one
            WHERE stood.province_id = province AND {same};
            INSERT INTO {table} SELECT one.* FROM unnest({rows}) AS one
            WHERE one.{value} IS NOT NULL;
        END IF;"""


# Of what the dossiers say.
COUNT = f"""
                SELECT tenant_id, year, unit_id, group_number, state,
                    coalesce(outcome, '') AS outcome, {COUNTS},
                    max(decided_at) AS decided_at, max(published_at) AS published_at
                FROM {{}} WHERE province_id = province AND (of_year IS NULL OR year = of_year)
                GROUP BY tenant_id, year, unit_id, group_number, state, coalesce(outcome, '')
            """
# An agency has completed its year when everybody who submitted has a published decision.
STANDS = """max(decided_at) AS decided_at,
                    CASE WHEN NOT bool_or(state NOT IN (
                            'listed', 'registered', 'published', 'appealed', 'withdrawn',
                            'transferred'
                        )) AND bool_or(state IN ('published', 'appealed'))
                    THEN max(published_at) END AS completed_at"""
# All counts of an agency and year in one number: two that differ have the same one time in 2^64.
DIGEST = """sum(uuid_hash_extended(unit_id, hashtextextended(state,
                    hashtextextended(outcome, hashint8extended(
                        people::bigint << 32 | outstanding, hashint8extended(
                            with_digital_skills::bigint << 32 | digitally_fluent, group_number
                    ))))))"""

# Recomputes every agency of the province in scope as each alone would be, and answers whose figures
# stood wrong, and in how many places. It takes the locks of all of them, in one order, before that
# of overlaps. All dossiers are counted; what the counts are and what stands is then held against
# each other agency by agency, by a digest, and in detail only where they differ: what stands right
# is not written again. Only for who stands above them all. With less memory, what is counted would
# go to the disk and back; and what few people need is looked up where it stands, as on any disk of
# today. Each plan is made for how many people it is about.
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
        people uuid[];
        wrong_agencies uuid[];
        wrong_years smallint[];
        wrong_results unit_result[];
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
        INSERT INTO result_status (province_id, tenant_id, year, computed_at, fence)
        SELECT province, tenant_id, year, clock_timestamp(), 0 FROM (
            SELECT tenant_id, year FROM cycle
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            EXCEPT SELECT tenant_id, year FROM result_status WHERE province_id = province
        ) AS unheard_of;

        IF EXISTS (SELECT FROM unit_result WHERE province_id = province) THEN
            WITH fresh AS (
                SELECT tenant_id, year, <STANDS>, <DIGEST> AS digest
                FROM (<COUNTED>) AS counted GROUP BY tenant_id, year
            ), stood AS (
                SELECT tenant_id, year, <DIGEST> AS digest FROM unit_result
                WHERE province_id = province AND (of_year IS NULL OR year = of_year)
                GROUP BY tenant_id, year
            ), held AS MATERIALIZED (
                SELECT tenant_id, year, decided_at, completed_at,
                    fresh.digest IS DISTINCT FROM stood.digest OR is_known IS NULL AS is_wrong
                FROM (
                    SELECT tenant_id, year, true AS is_known FROM result_status
                    WHERE province_id = province AND (of_year IS NULL OR year = of_year)
                ) AS known
                FULL JOIN fresh USING (tenant_id, year) FULL JOIN stood USING (tenant_id, year)
            ), right_now AS (
                UPDATE result_status AS status SET computed_at = clock_timestamp(),
                    last_decided_at = held.decided_at, completed_at = held.completed_at
                FROM held WHERE status.province_id = province AND NOT is_wrong
                AND status.tenant_id = held.tenant_id AND status.year = held.year
            )
            SELECT array_agg(tenant_id), array_agg(year) INTO wrong_agencies, wrong_years
            FROM held WHERE is_wrong;
        ELSE
            SELECT array_agg(tenant_id), array_agg(year) INTO wrong_agencies, wrong_years FROM (
                SELECT tenant_id, year FROM dossier WHERE province_id = province
                UNION SELECT tenant_id, year FROM result_status WHERE province_id = province
            ) AS one WHERE of_year IS NULL OR year = of_year;
        END IF;
        IF wrong_agencies IS NOT NULL THEN
            WITH astray AS MATERIALIZED (
                SELECT * FROM unnest(wrong_agencies, wrong_years) AS one (tenant_id, year)
            ), counted AS MATERIALIZED (<COUNTED_ASTRAY>), stands AS (
                INSERT INTO result_status AS status (
                    province_id, tenant_id, year, computed_at, fence, last_decided_at, completed_at
                )
                SELECT province, tenant_id, year, clock_timestamp(), 0, decided_at, completed_at
                FROM astray LEFT JOIN (
                    SELECT tenant_id, year, <STANDS> FROM counted GROUP BY tenant_id, year
                ) AS whole USING (tenant_id, year)
                ON CONFLICT (province_id, tenant_id, year) DO UPDATE SET
                    computed_at = excluded.computed_at, last_decided_at = excluded.last_decided_at,
                    completed_at = excluded.completed_at
            )
            <WRONG_RESULTS>
            INTO wrong_results;
        END IF;
        <PUT_RESULTS>

        people := ARRAY(
            SELECT identity_id FROM person WHERE province_id = province
            GROUP BY identity_id HAVING count(*) > 1
        );
        WITH waiting AS MATERIALIZED (
            SELECT DISTINCT tenant_id, year FROM rollup_mark WHERE province_id = province
        ), standing AS MATERIALIZED (
<STANDING>            FROM unnest(people) AS shared (identity_id)
            JOIN dossier AS one ON one.identity_id = shared.identity_id
            JOIN tenant ON tenant.province_id = one.province_id AND tenant.id = one.tenant_id
            WHERE one.province_id = province AND (of_year IS NULL OR one.year = of_year)
            AND one.state NOT IN ('withdrawn', 'transferred')
            <RANKED>
        ), <FOUND>, doubles AS MATERIALIZED (
            SELECT <OVERLAPS> FROM found
            WHERE (tenant_id, year) NOT IN (SELECT tenant_id, year FROM waiting)
            UNION ALL
            SELECT <OVERLAPS> FROM overlap
            WHERE province_id = province AND (of_year IS NULL OR year = of_year)
            AND (tenant_id, year) IN (SELECT tenant_id, year FROM waiting)
        ), counted_doubles AS (
            SELECT <SUM_KEY>, <COUNTS>
            FROM doubles GROUP BY <SUM_KEY>
        )
        SELECT (<WRONG_OVERLAPS>), (<WRONG_SUMS>)
        INTO wrong_overlaps, wrong_sums;
        <PUT_OVERLAPS>
        <PUT_SUMS>

        RETURN QUERY SELECT tenant_id, year, count(*) FROM (
            SELECT tenant_id, year FROM unnest(wrong_results)
            UNION ALL SELECT tenant_id, year FROM unnest(wrong_sums)
        ) AS one GROUP BY tenant_id, year;
    END
    $$
"""


def upgrade() -> None:
    before = ScriptDirectory.from_config(context.config).get_revision("0024").module
    words = {
        "COUNTS": COUNTS,
        "COUNTED": COUNT.format("dossier"),
        "COUNTED_ASTRAY": COUNT.format("astray JOIN dossier USING (tenant_id, year)"),
        "STANDS": STANDS,
        "DIGEST": DIGEST,
        "STANDING": before.STANDING,
        "RANKED": ranked(),
        "FOUND": before.FOUND.strip(),
        "OVERLAPS": ROWS["overlap"],
        "SUM_KEY": SUM_KEY,
        "WRONG_RESULTS": astray(
            "unit_result",
            "counted",
            UNIT_KEY,
            FIGURES,
            "(tenant_id, year) IN (SELECT tenant_id, year FROM astray)",
        ),
        "WRONG_OVERLAPS": astray("overlap", "doubles", OVERLAP_KEY, OVERLAP),
        "WRONG_SUMS": astray("overlap_result", "counted_doubles", SUM_KEY, FIGURES),
        "PUT_RESULTS": put_right("unit_result", "wrong_results", UNIT_KEY, "people"),
        "PUT_OVERLAPS": put_right("overlap", "wrong_overlaps", OVERLAP_KEY, "kept_at"),
        "PUT_SUMS": put_right("overlap_result", "wrong_sums", SUM_KEY, "people"),
    }
    op.execute(re.sub("<([A-Z_]+)>", lambda one: words[one[1]], PROVINCE))


def downgrade() -> None:
    before = ScriptDirectory.from_config(context.config).get_revision("0024").module
    says = before.PROVINCE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    op.execute(RANKED.sub(lambda _: ranked(), says))


def ranked() -> str:
    stands = sa.text("SELECT pg_get_functiondef(CAST(:function AS regprocedure))")
    says = op.get_bind().execute(stands, {"function": FUNCTION}).scalar_one()
    return RANKED.search(says)[0]
