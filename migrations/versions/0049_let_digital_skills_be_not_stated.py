"""Let digital skills be not stated, and count of how many of the recognised they are not."""

import sqlalchemy as sa
from alembic import op


revision = "0049"
down_revision = "0048"

SKILLS = ("has_digital_skills", "is_digitally_fluent")
COUNT = "count_unstated(uuid, smallint, boolean)"
ROLE = "bangvang_app"

# Stated are both or neither, but for somebody skilled: whether fluent may stay open.
STATED = "has_digital_skills IS TRUE OR is_digitally_fluent IS NOT DISTINCT FROM has_digital_skills"
STATED_BEFORE = "NOT is_digitally_fluent OR has_digital_skills"

# Digital skills are what the team's meeting found: of nobody else are they stated, yes or no.
GUARD = """
    CREATE OR REPLACE FUNCTION guard_digital_skills() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.has_digital_skills IS NOT NULL AND NEW.state NOT IN (
            'in_appraisal', 'appraised', 'proposed', 'decided', 'published', 'appealed'
        ) THEN
            RAISE EXCEPTION 'digital skills of a dossier that is %', NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END
    $$
"""
GUARD_BEFORE = GUARD.replace("NEW.has_digital_skills IS NOT NULL", "NEW.has_digital_skills")
TRIGGER = """
    CREATE TRIGGER guard_digital_skills BEFORE UPDATE OF has_digital_skills ON dossier
    FOR EACH ROW WHEN ({})
    EXECUTE FUNCTION guard_digital_skills()
"""
CHANGES = """
    NEW.has_digital_skills IS NOT NULL
    AND NEW.has_digital_skills IS DISTINCT FROM OLD.has_digital_skills
"""
CHANGES_BEFORE = "NEW.has_digital_skills AND NOT OLD.has_digital_skills"

# Of how many recognised people of an agency, and of those below it, nobody stated whether they
# have digital skills, and of how many that have them, whether they are fluent; by kind of agency,
# everybody once. Of the agency in scope and those below alone. What everybody stated is not read.
UNSTATED = """
    CREATE FUNCTION count_unstated(of_agency uuid, of_year smallint, is_alone boolean)
    RETURNS TABLE (kind text, skills bigint, fluency bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH place AS (
            SELECT nullif(current_setting('app.province_id', true), '')::smallint AS province,
                nullif(current_setting('app.tenant_id', true), '')::uuid AS agency
        ), below AS MATERIALIZED (
            SELECT tenant.id, tenant.kind FROM place
            JOIN tenant_closure AS reach ON reach.province_id = province
                AND reach.ancestor_id = agency AND reach.descendant_id = of_agency
            JOIN tenant_closure AS line ON line.province_id = province
                AND line.ancestor_id = of_agency AND (line.depth = 0 OR NOT is_alone)
            JOIN tenant ON tenant.province_id = province AND tenant.id = line.descendant_id
        ), unstated AS (
            SELECT below.kind, has_digital_skills, 1 AS people
            FROM place JOIN dossier ON dossier.province_id = province
            JOIN below ON below.id = dossier.tenant_id
            WHERE year = of_year AND outcome = 'recognised' AND is_digitally_fluent IS NULL
            AND state IN ('decided', 'published', 'appealed')
            UNION ALL
            SELECT below.kind, has_digital_skills, -1
            FROM place JOIN overlap ON overlap.province_id = province
            JOIN below ON below.id = overlap.tenant_id
            JOIN below AS above ON above.id = overlap.counted_at
            WHERE NOT is_alone AND year = of_year AND outcome = 'recognised'
            AND is_digitally_fluent IS NULL AND state IN ('decided', 'published', 'appealed')
        )
        SELECT kind, coalesce(sum(people) FILTER (WHERE has_digital_skills IS NULL), 0),
            coalesce(sum(people) FILTER (WHERE has_digital_skills), 0)
        FROM unstated GROUP BY kind
    $$
"""


def upgrade() -> None:
    op.execute("DROP TRIGGER guard_digital_skills ON dossier")
    op.drop_constraint(op.f("ck_dossier_digital"), "dossier")
    for table in ("dossier", "overlap"):
        # What was left unticked was written as no: nobody had stated it.
        rewrite(table, "DROP NOT NULL", "nullif({}, false)")
    for column in SKILLS:
        # What was signed stays as it was signed.
        op.alter_column("report_member", column, nullable=True)
    op.create_check_constraint(op.f("ck_dossier_digital"), "dossier", STATED)
    op.execute(GUARD)
    op.execute(TRIGGER.format(CHANGES))
    op.create_index(
        "ix_dossier_unstated",
        "dossier",
        ["province_id", "year", "tenant_id"],
        postgresql_include=["state", "has_digital_skills"],
        postgresql_where=sa.text("outcome = 'recognised' AND is_digitally_fluent IS NULL"),
    )
    op.execute(UNSTATED)
    op.execute(f"REVOKE ALL ON FUNCTION {COUNT} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {COUNT} TO {ROLE}")


def rewrite(table: str, null: str, value: str) -> None:
    """Write two columns of a table anew, past its triggers: nobody acts."""
    actions = ", ".join(
        f"ALTER COLUMN {one} {null}, ALTER COLUMN {one} TYPE boolean USING {value.format(one)}"
        for one in SKILLS
    )
    op.execute(f"ALTER TABLE {table} {actions}")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {COUNT}")
    op.drop_index("ix_dossier_unstated", "dossier")
    op.execute("DROP TRIGGER guard_digital_skills ON dossier")
    op.drop_constraint(op.f("ck_dossier_digital"), "dossier")
    for table in ("dossier", "overlap", "report_member"):
        rewrite(table, "SET NOT NULL", "coalesce({}, false)")
    op.create_check_constraint(op.f("ck_dossier_digital"), "dossier", STATED_BEFORE)
    op.execute(GUARD_BEFORE)
    op.execute(TRIGGER.format(CHANGES_BEFORE))
