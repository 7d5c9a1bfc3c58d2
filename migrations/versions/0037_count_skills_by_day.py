"""Count by day who has digital skills, and have every agency's days counted anew."""

from alembic import op


revision = "0037"
down_revision = "0036"

# Counts again what the days since a moment brought; {figure} is what a person is counted in on the
# day of their last event of the kind, and {more} what that takes.
RECOMPUTE = """
    CREATE OR REPLACE FUNCTION recompute_days(of_year smallint, since timestamptz, is_alone boolean)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        counted uuid[] := ARRAY(
            SELECT descendant_id FROM tenant_closure
            WHERE province_id = province AND ancestor_id = agency AND (depth = 0 OR NOT is_alone)
        );
        first_day date := (since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
        first_year integer := extract(year FROM first_day) - 1;
    BEGIN
        DELETE FROM daily_result
        WHERE province_id = province AND tenant_id = ANY (counted) AND counted_on >= first_day
        AND (of_year IS NULL OR year = of_year);
        INSERT INTO daily_result (province_id, tenant_id, year, figure, counted_on, people)
        SELECT province, tenant_id, year, figure, counted_on, count(*)
        FROM (
            SELECT dossier.tenant_id, dossier.year, {figure} AS figure,
                (max(at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS counted_on
            FROM dossier_event
            JOIN dossier ON dossier.province_id = dossier_event.province_id
                AND dossier.tenant_id = dossier_event.tenant_id
                AND dossier.id = dossier_event.dossier_id
            {more}
            WHERE dossier_event.province_id = province
            AND dossier_event.tenant_id = ANY (counted)
            AND event IN ('register', 'decide', 'correct') AND at >= since
            AND year >= first_year AND (of_year IS NULL OR year = of_year)
            AND CASE event
                WHEN 'register' THEN state NOT IN ('listed', 'withdrawn', 'transferred')
                ELSE state IN ('decided', 'published', 'appealed') AND outcome = 'recognised' END
            GROUP BY dossier.tenant_id, dossier.year, dossier_id, figure
        ) AS done
        GROUP BY tenant_id, year, figure, counted_on;
    END
    $$
"""
BEFORE = {
    "figure": "CASE event WHEN 'register' THEN 'registered' ELSE 'recognised' END",
    "more": "",
}
NOW = {
    "figure": "figure",
    "more": """CROSS JOIN LATERAL unnest(
                CASE event WHEN 'register' THEN ARRAY['registered'] ELSE ARRAY['recognised']
                    || CASE WHEN has_digital_skills THEN ARRAY['with_digital_skills'] END
                    || CASE WHEN is_digitally_fluent THEN ARRAY['digitally_fluent'] END
                END
            ) AS figure""",
}
FIGURES_BEFORE = "figure IN ('registered', 'recognised')"
FIGURES_NOW = (
    "figure IN ('registered', 'recognised', 'with_digital_skills', 'digitally_fluent')"
)


def upgrade() -> None:
    take(FIGURES_NOW)
    op.execute(RECOMPUTE.format(**NOW))
    mark_all()


def take(figures: str) -> None:
    op.drop_constraint(op.f("ck_daily_result_figure"), "daily_result")
    op.create_check_constraint(op.f("ck_daily_result_figure"), "daily_result", figures)


def mark_all() -> None:
    """Let the days of the years under way be counted when the workers next look."""
    op.execute(
        """
        INSERT INTO rollup_mark (province_id, tenant_id, year)
        SELECT province_id, tenant_id, year FROM cycle
        WHERE year >= extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh') - 1
        """
    )


def downgrade() -> None:
    op.execute("DELETE FROM daily_result WHERE figure NOT IN ('registered', 'recognised')")
    op.execute(RECOMPUTE.format(**BEFORE))
    take(FIGURES_BEFORE)
