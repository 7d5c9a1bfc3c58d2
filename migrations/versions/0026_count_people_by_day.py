"""Count how many people each day brought, and keep digital skills to those who were appraised."""

import sqlalchemy as sa
from alembic import op


revision = "0026"
down_revision = "0025"

APP, ROLLUP = "bangvang_app", "bangvang_rollup"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
BELOW = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)

# Counts again what the days since a moment brought, of the agency in scope or of all below it too;
# of one year or of all that are not long over. Whoever is counted now stands at the day of their
# last event of the kind, so that a decision that was annulled brought nobody. Whoever calls holds
# the lock of each agency's figures.
RECOMPUTE = """
    CREATE FUNCTION recompute_days(of_year smallint, since timestamptz, is_alone boolean)
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
            SELECT dossier.tenant_id, dossier.year,
                CASE event WHEN 'register' THEN 'registered' ELSE 'recognised' END AS figure,
                (max(at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS counted_on
            FROM dossier_event
            JOIN dossier ON dossier.province_id = dossier_event.province_id
                AND dossier.tenant_id = dossier_event.tenant_id
                AND dossier.id = dossier_event.dossier_id
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
SIGNATURE = "recompute_days(smallint, timestamptz, boolean)"

# Digital skills are what the team's meeting found: nobody has them whom no team has appraised.
GUARD = """
    CREATE FUNCTION guard_digital_skills() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.has_digital_skills AND NEW.state NOT IN (
            'in_appraisal', 'appraised', 'proposed', 'decided', 'published', 'appealed'
        ) THEN
            RAISE EXCEPTION 'digital skills of a dossier that is %', NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END
    $$
"""


def upgrade() -> None:
    op.create_table(
        "daily_result",
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_daily_result_province_id_tenant_id_tenant"),
        ),
        sa.CheckConstraint(
            "figure IN ('registered', 'recognised')", name=op.f("ck_daily_result_figure")
        ),
        sa.CheckConstraint("people > 0", name=op.f("ck_daily_result_people")),
        sa.PrimaryKeyConstraint(
            "province_id",
            "tenant_id",
            "year",
            "figure",
            "counted_on",
            name=op.f("pk_daily_result"),
        ),
    )
    op.execute("ALTER TABLE daily_result ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON daily_result TO {APP}")
    op.execute(f"CREATE POLICY read ON daily_result FOR SELECT TO {APP} USING ({BELOW})")
    op.execute(RECOMPUTE)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    for role in (APP, ROLLUP):
        op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {role}")
    op.execute(GUARD)
    op.execute(
        """
        CREATE TRIGGER guard_digital_skills BEFORE UPDATE OF has_digital_skills ON dossier
        FOR EACH ROW WHEN (NEW.has_digital_skills AND NOT OLD.has_digital_skills)
        EXECUTE FUNCTION guard_digital_skills()
        """
    )
    # What a recomputation reads of the last weeks, past all that happened before.
    op.create_index(
        "ix_dossier_event_counted",
        "dossier_event",
        ["province_id", "tenant_id", "at"],
        postgresql_where=sa.text("event IN ('register', 'decide', 'correct')"),
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_digital_skills ON dossier")
    op.execute("DROP FUNCTION guard_digital_skills()")
    op.drop_index("ix_dossier_event_counted", "dossier_event")
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.drop_table("daily_result")
