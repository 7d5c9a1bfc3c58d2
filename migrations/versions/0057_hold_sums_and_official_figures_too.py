"""Hold the sums of agencies and the official figures against what they are made of."""

from alembic import op


revision = "0057"
down_revision = "0056"

ROLE, ROLLUP = "bangvang_app", "bangvang_rollup"

# Who is counted in which figure, as app/domain/results.py says it.
IN_FORCE = "state IN ('decided', 'published', 'appealed')"
RECOGNISED = f"{IN_FORCE} AND outcome = 'recognised'"
FIGURES = {
    "eligible": ("people", "state NOT IN ('withdrawn', 'transferred')"),
    "registered": ("people", "state NOT IN ('listed', 'withdrawn', 'transferred')"),
    "self_assessed": (
        "people",
        "state NOT IN ('listed', 'registered', 'withdrawn', 'transferred')",
    ),
    "appraised": ("people", f"state IN ('appraised', 'proposed') OR {IN_FORCE}"),
    "decided": ("people", IN_FORCE),
    "recognised": ("people", RECOGNISED),
    "not_recognised": ("people", f"{IN_FORCE} AND outcome <> 'recognised'"),
    "outstanding": ("outstanding", RECOGNISED),
    "with_digital_skills": ("with_digital_skills", RECOGNISED),
    "digitally_fluent": ("digitally_fluent", RECOGNISED),
}
KEPT = ", ".join(f"one.{name}" for name in FIGURES)
SUMS = ",\n                    ".join(
    f"coalesce(sum(one.{counted}) FILTER (WHERE {who}), 0)" for counted, who in FIGURES.values()
)
SCOPE = """province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;"""
LINE = """place AS (
            SELECT province_id, descendant_id AS tenant_id FROM tenant_closure
            WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
            AND ancestor_id = nullif(current_setting('app.tenant_id', true), '')::uuid
            AND (depth = 0 OR NOT is_alone)
        )"""

FUNCTIONS = (
    # Where the sum that an agency shows is not that of its units, or what is taken off where two
    # agencies meet is not that of the people found there: of the agency in scope, or of all below
    # it too. Sums are kept by the statement that changes what they add up: nothing explains one
    # that is apart, no change that waits either. Asks as whoever asks.
    f"""
    CREATE FUNCTION sums_apart(of_year smallint, is_alone boolean) RETURNS TABLE (
        agency_id uuid, agency text, is_overlap boolean, shown bigint[], counted bigint[]
    )
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
        WITH {LINE}, added_up AS (
            SELECT false AS is_overlap, one.tenant_id, one.tenant_id AS of_agency,
                one.group_number, array[{SUMS}]::bigint[] AS people
            FROM place JOIN unit_result AS one ON one.province_id = place.province_id
                AND one.tenant_id = place.tenant_id
            WHERE one.year = of_year GROUP BY one.tenant_id, one.group_number
            UNION ALL
            SELECT true, one.counted_at, one.tenant_id, one.group_number,
                array[{SUMS}]::bigint[]
            FROM place JOIN overlap_result AS one ON one.province_id = place.province_id
                AND one.counted_at = place.tenant_id
            WHERE one.year = of_year GROUP BY one.counted_at, one.tenant_id, one.group_number
        ), kept AS (
            SELECT false AS is_overlap, one.tenant_id, one.tenant_id AS of_agency,
                one.group_number, array[{KEPT}]::bigint[] AS people
            FROM place JOIN agency_result AS one ON one.province_id = place.province_id
                AND one.tenant_id = place.tenant_id
            WHERE one.year = of_year
            UNION ALL
            SELECT true, one.tenant_id, one.agency_id, one.group_number, array[{KEPT}]::bigint[]
            FROM place JOIN agency_overlap AS one ON one.province_id = place.province_id
                AND one.tenant_id = place.tenant_id
            WHERE one.year = of_year
        )
        SELECT tenant.id, tenant.name, is_overlap,
            coalesce(kept.people, array_fill(0::bigint, ARRAY[{len(FIGURES)}])),
            coalesce(added_up.people, array_fill(0::bigint, ARRAY[{len(FIGURES)}]))
        FROM added_up FULL JOIN kept USING (is_overlap, tenant_id, of_agency, group_number)
        JOIN tenant ON tenant.id = tenant_id
        WHERE added_up.people IS DISTINCT FROM kept.people
        ORDER BY tenant.name_sort_key, is_overlap, group_number
    $$
    """,
    # Adds up again what the agency in scope keeps sums of, where a sum is not what it adds up: no
    # statement on the rows below would. Nobody writes them meanwhile: whoever counts holds the same
    # locks. Answers nothing.
    f"""
    CREATE FUNCTION add_up_again(of_year smallint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        {SCOPE}
    BEGIN
        IF NOT EXISTS (SELECT FROM sums_apart(of_year, true)) THEN
            RETURN;
        END IF;
        PERFORM pg_advisory_xact_lock(7, hashtext(agency || ':' || of_year));
        PERFORM pg_advisory_xact_lock(8, hashtext(province || ':' || of_year));
        DELETE FROM agency_result
        WHERE province_id = province AND tenant_id = agency AND year = of_year;
        INSERT INTO agency_result
            (province_id, tenant_id, year, group_number, {", ".join(FIGURES)})
        SELECT one.province_id, one.tenant_id, one.year, one.group_number, {SUMS}
        FROM unit_result AS one
        WHERE one.province_id = province AND one.tenant_id = agency AND one.year = of_year
        GROUP BY 1, 2, 3, 4;
        DELETE FROM agency_overlap
        WHERE province_id = province AND tenant_id = agency AND year = of_year;
        INSERT INTO agency_overlap
            (province_id, tenant_id, agency_id, year, group_number, {", ".join(FIGURES)})
        SELECT one.province_id, one.counted_at, one.tenant_id, one.year, one.group_number, {SUMS}
        FROM overlap_result AS one
        WHERE one.province_id = province AND one.counted_at = agency AND one.year = of_year
        GROUP BY 1, 2, 3, 4, 5;
    END
    $$
    """,
    # Where official figures are not what the versions that count and the agency's own decisions
    # say now: of the agency in scope, or of all below it too. Runs as the owner, because it looks
    # at people of other agencies: it answers counts. Where changes wait to be counted nothing is
    # said, nor looked for where nothing could be counted and nothing is.
    f"""
    CREATE FUNCTION officials_apart(of_year smallint, is_alone boolean) RETURNS TABLE (
        agency_id uuid, agency text, is_overlap boolean, state text, outcome text, shown bigint[],
        counted bigint[]
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH {LINE}, settled AS (
            SELECT place.* FROM place WHERE NOT EXISTS (
                SELECT FROM rollup_mark AS mark WHERE mark.province_id = place.province_id
                AND mark.tenant_id = place.tenant_id AND mark.year = of_year
            )
        ), above AS (
            SELECT settled.* FROM settled WHERE EXISTS (
                SELECT FROM tenant AS child WHERE child.province_id = settled.province_id
                AND child.parent_id = settled.tenant_id
            ) AND (EXISTS (
                SELECT FROM dossier WHERE dossier.province_id = settled.province_id
                AND dossier.tenant_id = settled.tenant_id AND dossier.year = of_year
            ) OR EXISTS (
                SELECT FROM tenant AS child JOIN report ON report.province_id = child.province_id
                    AND report.tenant_id = child.id AND report.year = of_year
                WHERE child.province_id = settled.province_id
                AND child.parent_id = settled.tenant_id AND report.accepted_version IS NOT NULL
            ) OR EXISTS (
                SELECT FROM official_result AS one WHERE one.province_id = settled.province_id
                AND one.tenant_id = settled.tenant_id AND one.year = of_year
            ))
        ), fresh AS (
            SELECT above.tenant_id, source AS of_agency,
                CASE WHEN side.is_overlap THEN kept_at ELSE source END AS kept_at,
                side.is_overlap, group_number, state, outcome,
                array[count(*), count(*) FILTER (WHERE is_outstanding),
                    count(*) FILTER (WHERE has_digital_skills),
                    count(*) FILTER (WHERE is_digitally_fluent)] AS people
            FROM above,
            LATERAL report_standings(above.province_id, above.tenant_id, of_year, true) AS standing,
            LATERAL (SELECT false UNION ALL SELECT true WHERE place > 1) AS side (is_overlap)
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        ), kept AS (
            SELECT one.tenant_id, one.agency_id AS of_agency, one.kept_at, one.is_overlap,
                one.group_number, one.state, one.outcome,
                array[one.people, one.outstanding, one.with_digital_skills,
                    one.digitally_fluent]::bigint[] AS people
            FROM settled JOIN official_result AS one ON one.province_id = settled.province_id
                AND one.tenant_id = settled.tenant_id
            WHERE one.year = of_year
        )
        SELECT tenant.id, tenant.name, is_overlap, state, outcome,
            coalesce(kept.people, '{{0,0,0,0}}'), coalesce(fresh.people, '{{0,0,0,0}}')
        FROM fresh FULL JOIN kept
            USING (tenant_id, of_agency, kept_at, is_overlap, group_number, state, outcome)
        JOIN tenant ON tenant.id = tenant_id
        WHERE fresh.people IS DISTINCT FROM kept.people
        ORDER BY tenant.name_sort_key, is_overlap, state, outcome
    $$
    """,
)
SIGNATURES = {
    "sums_apart(smallint, boolean)": (ROLE,),
    "add_up_again(smallint)": (ROLE, ROLLUP),
    "officials_apart(smallint, boolean)": (ROLE,),
}


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    for signature, roles in SIGNATURES.items():
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {', '.join(roles)}")


def downgrade() -> None:
    op.execute("DELETE FROM alarm WHERE kind = 'official-repaired'")
    for signature in reversed(SIGNATURES):
        op.execute(f"DROP FUNCTION {signature}")
