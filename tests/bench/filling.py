"""Fills a province of 200 agencies with many dossiers, with SQL alone: nothing here is a story.

The rows are made where they are kept, which is faster than to make them here and copy them there.
Whoever is published stands on a decision, and this year's have the events that figures are counted
from. Constraints are on, and acts are chained; the triggers that hold each event and each line to
the history before it rest, since there is none. Nothing may be asked of the histories.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, create_engine, text

from app.domain.tenants import TenantKey


AGENCIES = 200
YEARS = 5

# The agencies that a province is short of are made after the pattern of one that it has.
_AGENCIES = (
    """
    CREATE TEMPORARY TABLE sprout ON COMMIT DROP AS
    SELECT n, gen_random_uuid() AS id, pattern.province_id, pattern.id AS pattern_id
    FROM tenant AS pattern, generate_series(1, CAST(:agencies AS int) - (
        SELECT count(*) FROM tenant WHERE slug LIKE :province || '/%'
    )) AS n
    WHERE pattern.slug = :pattern
    """,
    """
    INSERT INTO tenant (province_id, id, parent_id, slug, kind, name, name_sort_key, commune_code,
        is_suspended, is_demonstration)
    SELECT province_id, sprout.id, parent_id, slug || '-' || n, kind, name || ' ' || n,
        name_sort_key || ' ' || n, commune_code, is_suspended, is_demonstration
    FROM sprout JOIN tenant USING (province_id) WHERE tenant.id = pattern_id
    """,
    """
    INSERT INTO tenant_closure (province_id, ancestor_id, descendant_id, depth)
    SELECT province_id, CASE depth WHEN 0 THEN sprout.id ELSE ancestor_id END, sprout.id, depth
    FROM sprout JOIN tenant_closure USING (province_id) WHERE descendant_id = pattern_id
    """,
    """
    INSERT INTO unit (province_id, tenant_id, id, kind, name, name_sort_key, is_active)
    SELECT province_id, sprout.id, gen_random_uuid(), kind, name, name_sort_key, is_active
    FROM sprout JOIN unit USING (province_id) WHERE tenant_id = pattern_id
    """,
    """
    INSERT INTO setting (province_id, tenant_id, id, name, value, source, is_assumed)
    SELECT province_id, sprout.id, gen_random_uuid(), name, value, source, is_assumed
    FROM sprout JOIN setting USING (province_id) WHERE tenant_id = pattern_id
    """,
    """
    INSERT INTO deadline (province_id, tenant_id, id, kind, year, month, day, rule,
        rolls_off_non_working_days, wording, source, is_assumed)
    SELECT province_id, sprout.id, gen_random_uuid(), kind, year, month, day, rule,
        rolls_off_non_working_days, wording, source, is_assumed
    FROM sprout JOIN deadline USING (province_id) WHERE tenant_id = pattern_id
    """,
    """
    INSERT INTO cycle (province_id, tenant_id, id, year, registration_opens_on)
    SELECT province_id, id, gen_random_uuid(), year, make_date(year, 1, 1)
    FROM tenant CROSS JOIN generate_series(CAST(:first_year AS int), :last_year) AS year
    WHERE slug LIKE :province || '/%'
    ON CONFLICT (province_id, tenant_id, year) DO NOTHING
    """,
)
# One statement for each table, over every unit of the province. People are spread evenly, and
# their states and scores follow from a number, so that the same size gives the same rows. Years
# that are over are decided, but for who withdrew; in the one under way, everybody is somewhere.
_PEOPLE = (
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
        1 + n % 3 AS group_number, n / (SELECT count(*) FROM place) AS turn
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
        is_outstanding, is_on_behalf, entered_at, decided_at, ruled_at, published_at)
    SELECT province_id, tenant_id, gen_random_uuid(), year, person_id, identity_id, unit_id,
        rule.criteria_set, rule.group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years, stands.state, scores, scores, scores,
        array_fill(CAST(:evidence AS text), ARRAY[10]), '{}', '{}',
        n % 3 = 0 AND is_skilled, n % 6 = 0 AND is_skilled,
        CASE WHEN stands.state = 'published' THEN
            CASE WHEN turn % 4 = 0 THEN 'not_recognised' ELSE 'recognised' END END,
        false, false, decided_at, decided_at, decided_at, decided_at
    FROM somebody
    CROSS JOIN generate_series(CAST(:first_year AS int), CAST(:last_year AS int)) AS year
    JOIN criteria_rule AS rule
        ON rule.criteria_set = 'qd-324-2023@1' AND rule.group_number = somebody.group_number
    CROSS JOIN (SELECT array_fill(CAST(8 AS smallint), ARRAY[10]) AS scores) AS scored
    CROSS JOIN LATERAL (
        SELECT CASE WHEN year < :last_year THEN
            CASE WHEN turn % 20 = 7 THEN 'withdrawn' ELSE 'published' END
        ELSE CASE (5 * turn + turn / 2 + number) % 10 WHEN 0 THEN 'listed' WHEN 1 THEN 'registered'
            WHEN 2 THEN 'submitted' WHEN 3 THEN 'in_appraisal' ELSE 'published' END END AS state
    ) AS stands
    CROSS JOIN LATERAL (
        SELECT CASE stands.state WHEN 'published' THEN make_timestamptz(year, 11, 2, 9, 0, 0) END
            AS decided_at, stands.state IN ('in_appraisal', 'published') AS is_skilled
    ) AS found
    """,
)
# Fifty on a paper. Who signs is nobody's head: that is asked when a decision is taken.
_DECISIONS = (
    """
    CREATE TEMPORARY TABLE signer ON COMMIT DROP AS
    SELECT gen_random_uuid() AS identity_id, gen_random_uuid() AS account_id, id AS province_id
    FROM province WHERE id = (SELECT province_id FROM tenant WHERE slug = :province)
    """,
    "INSERT INTO identity (id, province_id) SELECT identity_id, province_id FROM signer",
    """
    INSERT INTO account (id, identity_id, login, name, is_disabled, is_demonstration)
    SELECT account_id, identity_id, 'signer.of.the.bench', 'Người ký', false, false FROM signer
    """,
    """
    CREATE TEMPORARY TABLE ruled ON COMMIT DROP AS
    SELECT province_id, tenant_id, id AS dossier_id, year, outcome, decided_at,
        row_number() OVER (PARTITION BY tenant_id, year ORDER BY id) - 1 AS place
    FROM dossier WHERE state = 'published'
    AND province_id = (SELECT province_id FROM tenant WHERE slug = :province)
    """,
    """
    CREATE TEMPORARY TABLE paper ON COMMIT DROP AS
    SELECT province_id, tenant_id, year, place / 50 AS number, gen_random_uuid() AS decision_id,
        max(decided_at) AS decided_at
    FROM ruled GROUP BY province_id, tenant_id, year, place / 50
    """,
    """
    INSERT INTO decision (province_id, tenant_id, id, year, number, signed_on, signed_year,
        signer_name, signer_title, signer_prefix, signer_identity_id, seal, decided_at,
        published_at)
    SELECT province_id, tenant_id, decision_id, year, number || '/QĐ-UBND',
        make_date(year, 11, 2), year, 'Người ký', 'CHỦ TỊCH', '', identity_id, repeat('0', 64),
        decided_at, decided_at
    FROM paper JOIN signer USING (province_id)
    """,
    """
    INSERT INTO decision_item (province_id, tenant_id, id, decision_id, dossier_id, position,
        outcome, reason, is_outstanding, streak)
    SELECT province_id, tenant_id, gen_random_uuid(), decision_id, dossier_id, place % 50 + 1,
        outcome, CASE outcome WHEN 'recognised' THEN '' ELSE 'Chưa đủ điểm.' END, false, 1
    FROM ruled JOIN paper USING (province_id, tenant_id, year) WHERE paper.number = place / 50
    """,
    """
    INSERT INTO dossier_event (province_id, tenant_id, id, dossier_id, event, from_state, to_state,
        round, at, actor_account_id, actor_identity_id, actor_name, facts)
    SELECT province_id, tenant_id, gen_random_uuid(), dossier_id, event, from_state, to_state, 1,
        decided_at + step * interval '1 millisecond', account_id, identity_id, 'Người ký',
        CASE event WHEN 'register' THEN '{}'
            ELSE jsonb_build_object('decision', decision_id, 'outcome', outcome) END
    FROM ruled JOIN paper USING (province_id, tenant_id, year, decided_at)
    JOIN signer USING (province_id)
    CROSS JOIN (VALUES (0, 'register', 'listed', 'registered'),
        (1, 'decide', 'proposed', 'decided'), (2, 'publish', 'decided', 'published')
    ) AS move (step, event, from_state, to_state)
    WHERE paper.number = place / 50 AND year = :last_year
    """,
)
_RESTING = {
    "dossier_event": ("apply_dossier_event", "lapse_transfer", "require_basis"),
    "decision_item": ("guard_decision_item",),
}
_EVIDENCE = "Kế hoạch học tập cá nhân trong năm, có xác nhận của thôn."


def fill(owner_url: str, province: TenantKey, slug: str, *, dossiers: int, last_year: int) -> None:
    """Write ``dossiers`` dossiers of ``YEARS`` years into the agencies below a province."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        _write(connection, slug, people=dossiers // YEARS, last_year=last_year)
        _switch(connection, "DISABLE")
        _run(connection, _DECISIONS, {"province": slug, "last_year": last_year})
        _switch(connection, "ENABLE")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    with engine.begin() as connection:
        roll_up(connection, province)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _write(connection: Connection, slug: str, *, people: int, last_year: int) -> None:
    values = {
        "province": slug,
        "pattern": f"{slug}/{_PATTERN}",
        "agencies": AGENCIES,
        "people": people,
        "first_year": last_year - YEARS + 1,
        "last_year": last_year,
        "evidence": _EVIDENCE,
    }
    _run(connection, (*_AGENCIES, *_PEOPLE), values)


def _run(connection: Connection, statements: Iterable[str], values: Mapping[str, object]) -> None:
    for statement in statements:
        connection.execute(text(statement), values)


def _switch(connection: Connection, how: str) -> None:
    for table, triggers in _RESTING.items():
        for trigger in triggers:
            connection.execute(text(f"ALTER TABLE {table} {how} TRIGGER {trigger}"))


def roll_up(connection: Connection, province: TenantKey) -> None:
    """Count every figure of a province, as whoever stands above all its agencies."""
    scope = text(
        "SELECT set_config('app.province_id', :province, true),"
        " set_config('app.tenant_id', :tenant, true)"
    )
    key = {"province": str(province.province_id), "tenant": str(province.tenant_id)}
    connection.execute(scope, key)
    connection.execute(text("SELECT recompute_province()"))


_PATTERN = "sin-ho"
