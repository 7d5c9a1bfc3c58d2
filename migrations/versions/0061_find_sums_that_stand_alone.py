"""Find at once, in a whole province, which agencies' sums are not what they add up to."""

from alembic import op


revision = "0061"
down_revision = "0060"

ROLE, ROLLUP = "bangvang_app", "bangvang_rollup"
SIGNATURE = "agencies_apart(smallint)"

# A prime of its own for each figure, so that ten sums are held against each other as one: where one
# or two differ, so does that, and where more do, nearly always. The night looks at each of the ten.
# None is so great that a sum of as many people as a column holds would not be a whole number.
WEIGHTS = {
    "eligible": 127826219,
    "registered": 88247363,
    "self_assessed": 71894099,
    "appraised": 134187281,
    "decided": 78515863,
    "recognised": 71102099,
    "not_recognised": 95256659,
    "outstanding": 93749759,
    "with_digital_skills": 111747751,
    "digitally_fluent": 90956419,
}
# Who is counted in which figure of people, as app/domain/results.py says it: the first that holds.
COUNTED = (
    ("state IN ('withdrawn', 'transferred')", ()),
    ("state = 'listed'", ("eligible",)),
    ("state = 'registered'", ("eligible", "registered")),
    (
        "state IN ('appraised', 'proposed')",
        ("eligible", "registered", "self_assessed", "appraised"),
    ),
    (
        "state NOT IN ('decided', 'published', 'appealed')",
        ("eligible", "registered", "self_assessed"),
    ),
    (
        "outcome = 'recognised'",
        ("eligible", "registered", "self_assessed", "appraised", "decided", "recognised"),
    ),
    (
        "true",
        ("eligible", "registered", "self_assessed", "appraised", "decided", "not_recognised"),
    ),
)
PEOPLE = " ".join(
    f"WHEN {who} THEN {sum(WEIGHTS[one] for one in figures)}::bigint" for who, figures in COUNTED
)
SKILLED = " + ".join(
    f"{one} * {WEIGHTS[one]}::bigint"
    for one in ("outstanding", "with_digital_skills", "digitally_fluent")
)
ADDED_UP = f"""sum(people * CASE {PEOPLE} END + CASE
                    WHEN state IN ('decided', 'published', 'appealed') AND outcome = 'recognised'
                    THEN {SKILLED} ELSE 0 END)"""
KEPT = " + ".join(f"{one} * {weight}::bigint" for one, weight in WEIGHTS.items())



def held(sums: str, keeper: str, agency: str, rows: str, meets: str) -> str:
    """Return a statement that holds ``sums`` against the ``rows`` that they are of."""
    where = "WHERE province_id = province AND (of_year IS NULL OR year = of_year)"
    return f"""
            SELECT kept_by, year FROM (
                SELECT {meets} AS kept_by, tenant_id AS of_agency, year, group_number,
                    {ADDED_UP} AS people
                FROM {rows} {where}
                GROUP BY 1, 2, 3, 4
            ) AS added_up FULL JOIN (
                SELECT {keeper} AS kept_by, {agency} AS of_agency, year, group_number,
                    {KEPT} AS people
                FROM {sums} {where}
            ) AS kept USING (kept_by, of_agency, year, group_number)
            WHERE added_up.people IS DISTINCT FROM kept.people"""


# In how many places, by the agency that keeps the sum: the one in scope, or any below it. Runs as
# the owner, since asking of each row who may see it takes longer than counting: it tells no figure.
FUNCTION = f"""
    CREATE FUNCTION agencies_apart(of_year smallint DEFAULT NULL)
    RETURNS TABLE (tenant_id uuid, year smallint, places bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    BEGIN
        RETURN QUERY SELECT kept_by, year, count(*) FROM ({
    held("agency_result", "tenant_id", "tenant_id", "unit_result", "tenant_id")
}
            UNION ALL{held("agency_overlap", "tenant_id", "agency_id", "overlap_result", "counted_at")}
        ) AS one
        WHERE kept_by IN (
            SELECT descendant_id FROM tenant_closure
            WHERE province_id = province AND ancestor_id = agency
        )
        GROUP BY kept_by, year;
    END
    $$
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {ROLE}, {ROLLUP}")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
