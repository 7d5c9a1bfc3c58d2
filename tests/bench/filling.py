"""Fills a province with many dossiers in seconds, with SQL alone: nothing here is a story."""

from sqlalchemy import Connection, create_engine, text


# One statement for each table, over every unit of the province. People are spread evenly, and
# their states and scores follow from a number, so that the same size gives the same rows.
_STATEMENTS = (
    """
    CREATE TEMPORARY TABLE place ON COMMIT DROP AS
    SELECT unit.province_id, unit.tenant_id, unit.id AS unit_id,
        row_number() OVER (ORDER BY unit.tenant_id, unit.id) - 1 AS number
    FROM unit JOIN tenant ON tenant.id = unit.tenant_id
    WHERE tenant.slug LIKE :province || '/%'
    """,
    """
    CREATE TEMPORARY TABLE somebody ON COMMIT DROP AS
    SELECT place.*, gen_random_uuid() AS identity_id, gen_random_uuid() AS person_id, n,
        1 + n % 3 AS group_number
    FROM generate_series(0, CAST(:people AS int) - 1) AS n
    JOIN place ON place.number = n % (SELECT count(*) FROM place)
    """,
    # Every twelfth belongs to another agency as well: half the units away.
    """
    UPDATE somebody SET identity_id = other.identity_id FROM somebody AS other
    WHERE somebody.n % 12 = 0 AND other.tenant_id <> somebody.tenant_id
    AND other.n = somebody.n - (SELECT count(*) / 2 FROM place)
    """,
    """
    INSERT INTO identity (id, province_id)
    SELECT DISTINCT identity_id, province_id FROM somebody
    """,
    """
    INSERT INTO person (province_id, tenant_id, id, identity_id, unit_id, group_number, name,
        name_sort_key, name_match_key, birth_year, origin, is_active)
    SELECT province_id, tenant_id, person_id, identity_id, unit_id, group_number,
        'Người ' || n, lpad(CAST(n AS text), 8, '0'), 'người ' || n, 1950 + n % 50, 'imported', true
    FROM somebody
    """,
    """
    INSERT INTO dossier (province_id, tenant_id, id, year, person_id, identity_id, unit_id,
        criteria_set, group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years, state, self_scores, unit_scores, agreed_scores, evidence,
        agreed_reasons, returned_reasons, has_digital_skills, is_digitally_fluent, outcome,
        is_outstanding, is_on_behalf)
    SELECT province_id, tenant_id, gen_random_uuid(), year, person_id, identity_id, unit_id,
        rule.criteria_set, rule.group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years,
        CASE n % 10 WHEN 0 THEN 'listed' WHEN 1 THEN 'registered' WHEN 2 THEN 'submitted'
            WHEN 3 THEN 'in_appraisal' ELSE 'published' END,
        scores, scores, scores, array_fill(CAST('' AS text), ARRAY[10]), '{}', '{}',
        n % 3 = 0, n % 6 = 0,
        CASE WHEN n % 10 < 4 THEN NULL WHEN n % 4 = 0 THEN 'not_recognised' ELSE 'recognised' END,
        false, false
    FROM somebody
    CROSS JOIN generate_series(CAST(:first_year AS int), CAST(:last_year AS int)) AS year
    JOIN criteria_rule AS rule
        ON rule.criteria_set = 'qd-324-2023@1' AND rule.group_number = somebody.group_number
    CROSS JOIN (SELECT array_fill(CAST(8 AS smallint), ARRAY[10]) AS scores) AS scored
    """,
)
_FIGURES = """
    INSERT INTO unit_result (province_id, tenant_id, year, unit_id, group_number, state, outcome,
        people, outstanding, with_digital_skills, digitally_fluent)
    SELECT province_id, tenant_id, year, unit_id, group_number, state, coalesce(outcome, ''),
        count(*), count(*) FILTER (WHERE is_outstanding),
        count(*) FILTER (WHERE has_digital_skills), count(*) FILTER (WHERE is_digitally_fluent)
    FROM dossier
    GROUP BY province_id, tenant_id, year, unit_id, group_number, state, coalesce(outcome, '')
"""
_STATUS = """
    INSERT INTO result_status (province_id, tenant_id, year, computed_at, fence)
    SELECT DISTINCT province_id, tenant_id, year, now(), 0 FROM unit_result
"""
# As each agency in turn, in one statement: its scope is what the function reads.
_OVERLAPS = """
    SELECT set_config('app.province_id', CAST(province_id AS text), true),
        set_config('app.tenant_id', CAST(tenant_id AS text), true),
        recompute_overlaps(year)
    FROM result_status
"""
YEARS = 5


def fill(owner_url: str, province: str, *, dossiers: int, last_year: int) -> None:
    """Write ``dossiers`` dossiers of ``YEARS`` years into the agencies below ``province``."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        _write(connection, province, people=dossiers // YEARS, last_year=last_year)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        connection.execute(text(_OVERLAPS))
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _write(connection: Connection, province: str, *, people: int, last_year: int) -> None:
    values = {
        "province": province,
        "people": people,
        "first_year": last_year - YEARS + 1,
        "last_year": last_year,
    }
    for statement in (*_STATEMENTS, _FIGURES, _STATUS):
        connection.execute(text(statement), values)
