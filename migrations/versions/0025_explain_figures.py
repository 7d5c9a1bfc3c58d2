"""Lead a figure down to the decisions behind it, and hold it against the dossiers on request."""

from alembic import op


revision = "0025"
down_revision = "0024"

ROLE = "bangvang_app"

FUNCTIONS = (
    # How many people of one agency, the one in scope or below it, each decision in force speaks of;
    # of any other agency, nothing. Whoever is above learns number and date once they are public.
    """
    CREATE FUNCTION decisions_counted(agency uuid, of_year smallint) RETURNS TABLE (
        is_on_file boolean, decision_id uuid, number text, signed_on date, is_published boolean,
        unit_id uuid, group_number smallint, state text, outcome text, people bigint,
        outstanding bigint, with_digital_skills bigint, digitally_fluent bigint
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH place AS (
            SELECT province_id, descendant_id AS tenant_id, depth = 0 AS is_own
            FROM tenant_closure
            WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
            AND ancestor_id = nullif(current_setting('app.tenant_id', true), '')::uuid
            AND descendant_id = agency
        ), latest AS (
            SELECT DISTINCT ON (item.dossier_id) item.dossier_id, decision.id, decision.number,
                decision.signed_on, decision.published_at IS NOT NULL AS is_published,
                place.is_own OR decision.published_at IS NOT NULL AS is_told
            FROM place
            JOIN decision ON decision.province_id = place.province_id
                AND decision.tenant_id = place.tenant_id
            JOIN decision_item AS item ON item.province_id = decision.province_id
                AND item.tenant_id = decision.tenant_id AND item.decision_id = decision.id
            WHERE decision.year = of_year AND decision.annulled_at IS NULL
            ORDER BY item.dossier_id, decision.decided_at DESC, decision.id DESC
        )
        SELECT latest.id IS NOT NULL, CASE WHEN place.is_own THEN latest.id END,
            CASE WHEN latest.is_told THEN latest.number END,
            CASE WHEN latest.is_told THEN latest.signed_on END,
            coalesce(latest.is_published, false), dossier.unit_id, dossier.group_number,
            dossier.state, coalesce(dossier.outcome, ''), count(*),
            count(*) FILTER (WHERE dossier.is_outstanding),
            count(*) FILTER (WHERE dossier.has_digital_skills),
            count(*) FILTER (WHERE dossier.is_digitally_fluent)
        FROM place
        JOIN dossier ON dossier.province_id = place.province_id
            AND dossier.tenant_id = place.tenant_id
        LEFT JOIN latest ON latest.dossier_id = dossier.id
        WHERE dossier.year = of_year AND dossier.state IN ('decided', 'published', 'appealed')
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    $$
    """,
    # Holds the figures of the agency in scope and of all below it against their dossiers, in one
    # statement, so that both sides are of the same moment. Agencies whose changes wait for a
    # worker are left out, since their figures are known to be old; and while there are any, so is
    # who is counted twice. A row without an agency speaks of those: whoever is found below in
    # several agencies counts once. Counts of people, outstanding, with digital skills, fluent.
    """
    CREATE FUNCTION compare_figures(of_year smallint) RETURNS TABLE (
        agency_id uuid, agency text, unit text, state text, outcome text, shown bigint[],
        counted bigint[]
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH line AS (
            SELECT province_id, descendant_id AS tenant_id FROM tenant_closure
            WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
            AND ancestor_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        ), waiting AS (
            SELECT DISTINCT mark.tenant_id FROM rollup_mark AS mark JOIN line
                ON line.province_id = mark.province_id AND line.tenant_id = mark.tenant_id
            WHERE mark.year = of_year
        ), counted AS (
            SELECT one.province_id, one.tenant_id, one.unit_id, one.group_number, one.state,
                coalesce(one.outcome, '') AS outcome,
                array[count(*), count(*) FILTER (WHERE one.is_outstanding),
                    count(*) FILTER (WHERE one.has_digital_skills),
                    count(*) FILTER (WHERE one.is_digitally_fluent)] AS people
            FROM dossier AS one JOIN line
                ON line.province_id = one.province_id AND line.tenant_id = one.tenant_id
            WHERE one.year = of_year
            GROUP BY 1, 2, 3, 4, 5, 6
        ), stored AS (
            SELECT one.province_id, one.tenant_id, one.unit_id, one.group_number, one.state,
                one.outcome, array[one.people, one.outstanding, one.with_digital_skills,
                    one.digitally_fluent]::bigint[] AS people
            FROM unit_result AS one JOIN line
                ON line.province_id = one.province_id AND line.tenant_id = one.tenant_id
            WHERE one.year = of_year
        ), standing AS (
            SELECT one.state, coalesce(one.outcome, '') AS outcome, one.is_outstanding,
                one.has_digital_skills, one.is_digitally_fluent, row_number() OVER (
                    PARTITION BY one.identity_id
                    ORDER BY one.state = 'listed', tenant.kind = 'commune', array_position(ARRAY[
                        'appealed', 'published', 'decided', 'proposed', 'appraised',
                        'in_appraisal', 'returned', 'confirmed', 'submitted', 'registered',
                        'listed'
                    ], one.state), one.id
                ) AS place
            FROM dossier AS one
            JOIN line ON line.province_id = one.province_id AND line.tenant_id = one.tenant_id
            JOIN tenant ON tenant.province_id = one.province_id AND tenant.id = one.tenant_id
            WHERE one.year = of_year AND one.state NOT IN ('withdrawn', 'transferred')
            AND NOT EXISTS (SELECT FROM waiting)
        ), twice AS (
            SELECT standing.state, standing.outcome,
                array[count(*), count(*) FILTER (WHERE is_outstanding),
                    count(*) FILTER (WHERE has_digital_skills),
                    count(*) FILTER (WHERE is_digitally_fluent)] AS people
            FROM standing WHERE place > 1
            GROUP BY 1, 2
        ), taken_off AS (
            SELECT one.state, one.outcome,
                array[sum(one.people), sum(one.outstanding), sum(one.with_digital_skills),
                    sum(one.digitally_fluent)]::bigint[] AS people
            FROM overlap_result AS one JOIN line
                ON line.province_id = one.province_id AND line.tenant_id = one.counted_at
            WHERE one.year = of_year AND NOT EXISTS (SELECT FROM waiting)
            GROUP BY 1, 2
        )
        SELECT tenant.id, tenant.name, unit.name, other.state, other.outcome, other.shown,
            other.counted
        FROM (
            SELECT province_id, tenant_id, unit_id, state, outcome,
                coalesce(stored.people, '{0,0,0,0}') AS shown,
                coalesce(counted.people, '{0,0,0,0}') AS counted
            FROM counted FULL JOIN stored
                USING (province_id, tenant_id, unit_id, group_number, state, outcome)
            WHERE counted.people IS DISTINCT FROM stored.people
            AND tenant_id NOT IN (SELECT waiting.tenant_id FROM waiting)
        ) AS other
        JOIN tenant ON tenant.province_id = other.province_id AND tenant.id = other.tenant_id
        LEFT JOIN unit ON unit.province_id = other.province_id
            AND unit.tenant_id = other.tenant_id AND unit.id = other.unit_id
        UNION ALL
        SELECT NULL, NULL, NULL, state, outcome,
            coalesce(taken_off.people, '{0,0,0,0}'), coalesce(twice.people, '{0,0,0,0}')
        FROM twice FULL JOIN taken_off USING (state, outcome)
        WHERE twice.people IS DISTINCT FROM taken_off.people
    $$
    """,
    # Asks for figures below the agency in scope to be computed again. No more than that: how often
    # somebody marks them changes nothing.
    """
    CREATE FUNCTION mark_below(of_year smallint, agencies uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO rollup_mark (province_id, tenant_id, year)
        SELECT province_id, descendant_id, of_year FROM tenant_closure
        WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND ancestor_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND descendant_id = ANY (agencies)
    $$
    """,
)
SIGNATURES = (
    "decisions_counted(uuid, smallint)",
    "compare_figures(smallint)",
    "mark_below(smallint, uuid[])",
)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    for signature in SIGNATURES:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")


def downgrade() -> None:
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
