"""Lead a signed version of a report down to the decisions that were in force when it was signed."""

from alembic import op


revision = "0039"
down_revision = "0038"

ROLE = "bangvang_app"
SIGNATURE = "decisions_signed(uuid, smallint, smallint)"

FUNCTION = """
    -- How many of an agency's own people behind one of its signed versions each decision spoke of
    -- when it was signed: of the agency in scope or of one below it; of any other, nothing. Whoever
    -- is above learns number and date once they are public.
    CREATE FUNCTION decisions_signed(agency uuid, of_year smallint, of_version smallint)
    RETURNS TABLE (
        is_on_file boolean, decision_id uuid, number text, signed_on date, is_published boolean,
        state text, outcome text, people bigint, outstanding bigint, with_digital_skills bigint,
        digitally_fluent bigint
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH version AS (
            SELECT signed.province_id, signed.tenant_id, signed.signed_at,
                line.depth = 0 AS is_own
            FROM tenant_closure AS line
            JOIN report_snapshot AS signed ON signed.province_id = line.province_id
                AND signed.tenant_id = line.descendant_id
            WHERE line.province_id = nullif(current_setting('app.province_id', true), '')::smallint
            AND line.ancestor_id = nullif(current_setting('app.tenant_id', true), '')::uuid
            AND line.descendant_id = agency
            AND signed.year = of_year AND signed.version = of_version
        ), latest AS (
            SELECT DISTINCT ON (item.dossier_id) item.dossier_id, decision.id, decision.number,
                decision.signed_on, decision.published_at IS NOT NULL AS is_published,
                version.is_own OR decision.published_at IS NOT NULL AS is_told
            FROM version
            JOIN decision ON decision.province_id = version.province_id
                AND decision.tenant_id = version.tenant_id
            JOIN decision_item AS item ON item.province_id = decision.province_id
                AND item.tenant_id = decision.tenant_id AND item.decision_id = decision.id
            WHERE decision.year = of_year AND decision.decided_at <= version.signed_at
            AND (decision.annulled_at IS NULL OR decision.annulled_at > version.signed_at)
            ORDER BY item.dossier_id, decision.decided_at DESC, decision.id DESC
        )
        SELECT latest.id IS NOT NULL, CASE WHEN version.is_own THEN latest.id END,
            CASE WHEN latest.is_told THEN latest.number END,
            CASE WHEN latest.is_told THEN latest.signed_on END,
            coalesce(latest.is_published, false), member.state, member.outcome, count(*),
            count(*) FILTER (WHERE member.is_outstanding),
            count(*) FILTER (WHERE member.has_digital_skills),
            count(*) FILTER (WHERE member.is_digitally_fluent)
        FROM version
        JOIN report_member AS member ON member.province_id = version.province_id
            AND member.tenant_id = version.tenant_id AND member.year = of_year
            AND member.version = of_version
        JOIN dossier ON dossier.province_id = member.province_id
            AND dossier.tenant_id = member.tenant_id AND dossier.id = member.dossier_id
        LEFT JOIN latest ON latest.dossier_id = member.dossier_id
        WHERE member.state IN ('decided', 'published', 'appealed')
        GROUP BY 1, 2, 3, 4, 5, 6, 7
    $$
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {ROLE}")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
