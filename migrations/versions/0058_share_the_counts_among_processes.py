"""Let PostgreSQL share what reads every dossier of a province among its processes."""

from typing import Any

from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0058"
down_revision = "0057"

# PL/pgSQL asks for one row alone where a statement is read INTO something, and plans an assignment
# without other processes: both were read by one alone, however many dossiers there are. What is
# EXECUTEd is read to its end, and planned for the values that it is given. Each text is whole as it
# stands; nothing is put into it.
#
# What the dossiers say held against what stands, agency by agency: as before, but for that.
COMPARED = """\
            EXECUTE $query$
            WITH fresh AS (
                SELECT tenant_id, year, sum(cell) AS people,
                    sum(cell) FILTER (WHERE is_outstanding) AS outstanding,
                    sum(cell) FILTER (WHERE has_digital_skills) AS with_digital_skills,
                    sum(cell) FILTER (WHERE is_digitally_fluent) AS digitally_fluent,
                    max(decided_at) AS decided_at, max(published_at) AS published_at
                FROM dossier
                WHERE province_id = $1 AND ($2 IS NULL OR year = $2)
                GROUP BY tenant_id, year
            ), stood AS (
                -- In two halves, which no count makes too great for a whole number.
                SELECT tenant_id, year, <SUMS>,
                    bool_or(people = 0) AS has_hollow, <COMPLETED> AS is_completed
                FROM unit_result
                WHERE province_id = $1 AND ($2 IS NULL OR year = $2)
                GROUP BY tenant_id, year
            ), known AS (
                SELECT tenant_id, year, last_decided_at, completed_at,
                    (tenant_id, year) NOT IN (
                        SELECT * FROM unnest($3, $4)) AS is_settled
                FROM result_status
                WHERE province_id = $1 AND ($2 IS NULL OR year = $2)
            ), opened AS (
                SELECT tenant_id, year FROM cycle
                WHERE province_id = $1 AND ($2 IS NULL OR year = $2)
            )
            SELECT array_agg(tenant_id), array_agg(year)
            FROM known FULL JOIN fresh USING (tenant_id, year)
            FULL JOIN stood USING (tenant_id, year) FULL JOIN opened USING (tenant_id, year)
            WHERE is_settled IS NOT TRUE OR has_hollow
            OR fresh.people IS DISTINCT FROM stood.people
            OR fresh.outstanding IS DISTINCT FROM stood.outstanding
            OR fresh.with_digital_skills IS DISTINCT FROM stood.with_digital_skills
            OR fresh.digitally_fluent IS DISTINCT FROM stood.digitally_fluent
            OR last_decided_at IS DISTINCT FROM decided_at
            OR completed_at IS DISTINCT FROM CASE WHEN is_completed THEN published_at END
            $query$ INTO wrong_agencies, wrong_years
            USING province, of_year, marked_agencies, marked_years;
"""
# Where it begins and ends in what stood before.
BEGINS = "            WITH fresh AS (\n"
ENDS = "THEN published_at END;\n"
# As before, but for that. Few of a year's people are carried from one process to another here, and
# PostgreSQL thinks that dearer than it is.
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
            FROM (
                SELECT tenant_id, year, has_digital_skills, is_digitally_fluent,
                    CASE WHEN entered_at >= $4
                        AND state NOT IN ('listed', 'withdrawn', 'transferred')
                    THEN (entered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END AS entered_on,
                    CASE WHEN ruled_at >= $4
                        AND state IN ('decided', 'published', 'appealed') AND outcome = 'recognised'
                    THEN (ruled_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END AS recognised_on
                FROM dossier
                WHERE province_id = $1 AND (entered_at >= $4 OR ruled_at >= $4)
                AND year >= $6 AND ($2 IS NULL OR year = $2)
                AND tenant_id = ANY ($3)
            ) AS somebody
            GROUP BY tenant_id, year, entered_on, recognised_on
        ), fresh AS (
            SELECT tenant_id, year, figure, counted_on, sum(counted)::integer AS people
            FROM brought CROSS JOIN LATERAL (VALUES
                ('registered', entered_on, people), ('recognised', recognised_on, people),
                ('with_digital_skills', recognised_on, skilled),
                ('digitally_fluent', recognised_on, fluent)
            ) AS one (figure, counted_on, counted)
            WHERE counted_on IS NOT NULL AND counted > 0
            GROUP BY tenant_id, year, figure, counted_on
        ), stood AS (
            SELECT * FROM daily_result
            WHERE province_id = $1 AND tenant_id = ANY ($3) AND counted_on >= $5
            AND ($2 IS NULL OR year = $2)
        )
        SELECT array_agg(
            ROW($1, tenant_id, year, figure, counted_on, fresh.people)::daily_result
        )
        FROM fresh FULL JOIN stood USING (tenant_id, year, figure, counted_on)
        WHERE fresh.people IS DISTINCT FROM stood.people
        $query$ INTO wrong
        USING province, of_year, agencies, since, first_day, first_year;
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
    before, rest = _province().split(BEGINS)
    _, after = rest.split(ENDS)
    op.execute(before + _worded(COMPARED) + after)
    op.execute(DAYS)


def downgrade() -> None:
    op.execute(_province())
    op.execute(_revision("0051").DAYS)


def _province() -> str:
    return _worded(_revision("0052").PROVINCE)


def _worded(says: str) -> str:
    for name, words in _revision("0052").WORDS.items():
        says = says.replace(f"<{name}>", words)
    return says


def _revision(number: str) -> Any:
    return ScriptDirectory.from_config(context.config).get_revision(number).module
