"""Let a version of a report say at which of two agencies it counts people, as it was chosen."""

from alembic import op


revision = "0045"
down_revision = "0044"

GUARD = """
    CREATE OR REPLACE FUNCTION guard_report_snapshot() RETURNS trigger
    LANGUAGE plpgsql {rights} SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM report
            WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
            AND year = NEW.year AND state = 'compiled' AND version = NEW.version - 1
        ) THEN
            RAISE EXCEPTION 'version % is not the next', NEW.version USING ERRCODE = 'BV012';
        END IF;{more}
        RETURN NEW;
    END
    $$
"""
# Versions that were signed before say nothing of it, and stay as they were signed.
NAMES_THE_ORDER = """
        IF NEW.content::jsonb ->> 'counted_first' IS DISTINCT FROM (
            SELECT CASE WHEN NEW.year::integer <@ years_home_comes_first(NEW.province_id)
                THEN 'home' ELSE 'workplace' END
        ) THEN
            RAISE EXCEPTION 'version % does not say how people are counted', NEW.version
                USING ERRCODE = 'BV012';
        END IF;"""


def upgrade() -> None:
    op.execute(GUARD.format(rights="SECURITY DEFINER", more=NAMES_THE_ORDER))


def downgrade() -> None:
    op.execute(GUARD.format(rights="SECURITY INVOKER", more=""))
