"""Let a province choose where somebody who belongs to two agencies is counted."""

from alembic import op


revision = "0043"
down_revision = "0042"

YEARS = "years_home_comes_first(smallint)"
SCOPE = "nullif(current_setting('app.province_id', true), '')::smallint"

FUNCTIONS = (
    # The years in which a province counts people at home rather than at the workplace: as the
    # agency at its top has chosen, each choice from a year until the next. Called by functions of
    # the owner alone, and once in each of their statements.
    """
    CREATE FUNCTION years_home_comes_first(province smallint) RETURNS int4multirange
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
        SELECT coalesce(range_agg(int4range(from_year, until_year)), '{}')
        FROM (
            SELECT (choice ->> 'from_year')::integer AS from_year, choice ->> 'first' AS first,
                lead((choice ->> 'from_year')::integer) OVER chosen AS until_year
            FROM tenant JOIN setting ON setting.province_id = tenant.province_id
                AND setting.tenant_id = tenant.id AND setting.name = 'counted_first'
            CROSS JOIN jsonb_array_elements(setting.value) AS choice
            WHERE tenant.province_id = province AND tenant.parent_id IS NULL
            WINDOW chosen AS (ORDER BY (choice ->> 'from_year')::integer)
        ) AS span WHERE first = 'home'
    $$
    """,
    """
    CREATE FUNCTION guard_setting() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM tenant WHERE province_id = NEW.province_id AND id = NEW.tenant_id
            AND parent_id IS NOT NULL
        ) THEN
            RAISE EXCEPTION '% is set for the whole province', NEW.name USING ERRCODE = 'BV023';
        END IF;
        RETURN NEW;
    END
    $$
    """,
)
# What functions say of workplace and home, before and since. Only these words are replaced, in
# every function that says them at this point.
ORDERS = (
    (
        "CASE tenant.kind WHEN 'commune' THEN 100 ELSE 0 END",
        "CASE WHEN (tenant.kind = 'commune') <> (one.year::integer"
        " <@ (SELECT years_home_comes_first(province))) THEN 100 ELSE 0 END",
    ),
    (
        "tenant.kind = 'commune', array_position",
        "(tenant.kind = 'commune') <> (SELECT of_year::integer"
        f" <@ years_home_comes_first({SCOPE})), array_position",
    ),
    (
        "is_residence, array_position",
        "is_residence <> (SELECT of_year::integer <@ years_home_comes_first(province)),"
        " array_position",
    ),
)
SAYING = """
    SELECT pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND strpos(prosrc, %s) > 0
"""


def rewrite(before: str, after: str) -> None:
    functions = op.get_bind().exec_driver_sql(SAYING, (before,)).scalars().all()
    if not functions:
        raise LookupError(f"no function says: {before}")
    for one in functions:
        op.get_bind().exec_driver_sql(one.replace(before, after).replace("%", "%%"), ())


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(f"REVOKE ALL ON FUNCTION {YEARS} FROM PUBLIC")
    op.execute("REVOKE ALL ON FUNCTION guard_setting() FROM PUBLIC")
    for before, after in ORDERS:
        rewrite(before, after)
    op.execute(
        "CREATE TRIGGER guard_setting BEFORE INSERT OR UPDATE ON setting FOR EACH ROW"
        " WHEN (NEW.name = 'counted_first') EXECUTE FUNCTION guard_setting()"
    )


def downgrade() -> None:
    for before, after in ORDERS:
        rewrite(after, before)
    op.execute("DROP TRIGGER guard_setting ON setting")
    op.execute("DROP FUNCTION guard_setting()")
    op.execute(f"DROP FUNCTION {YEARS}")
    op.execute("DELETE FROM setting WHERE name = 'counted_first'")
