"""Let the house end reviews of reports that nobody ended in time, in its own name."""

from collections.abc import Sequence

from alembic import op


revision = "0059"
down_revision = "0058"

ROLE = "bangvang_app"
LAPSE = "lapse_review(uuid, smallint, timestamptz, text, uuid, uuid, text, jsonb)"
# Ends a review that the agency in scope began and left lying, on the record of the agency whose
# report it is. Called by the work of the night.
FUNCTION = """
    CREATE FUNCTION lapse_review(
        agency uuid, of_year smallint, moment timestamptz, machine text, fresh uuid, act uuid,
        act_word text, facts jsonb
    ) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
    BEGIN
        INSERT INTO report_event (province_id, tenant_id, id, year, at, event, actor_name)
        VALUES (province, agency, fresh, of_year, moment, 'lapse', machine);
        INSERT INTO audit_event (
            province_id, tenant_id, id, act, actor_name, object_kind, facts
        ) VALUES (province, agency, act, act_word, machine, 'report', facts);
    END
    $$
"""
# What the function that moves reports says until here, and from here on. What has no account is
# done by the house, in the name of the agency above; three working days are no less than three.
WORDS = (
    (
        "SELECT CASE acting WHEN id THEN 'agency' WHEN parent_id THEN 'parent' END INTO by_side",
        "SELECT CASE acting WHEN id THEN 'agency' WHEN parent_id THEN"
        " CASE WHEN NEW.actor_account_id IS NULL THEN 'house' ELSE 'parent' END END INTO by_side",
    ),
    (
        "            ('accept', 'under_review', 'accepted', 'parent'),",
        "            ('lapse', 'under_review', 'submitted', 'house'),\n"
        "            ('accept', 'under_review', 'accepted', 'parent'),",
    ),
    (
        "        NEW.from_state := before.state;",
        """        IF NEW.event = 'lapse' AND NEW.at < before.changed_at + interval '3 days' THEN
            RAISE EXCEPTION 'this review has not been left lying' USING ERRCODE = 'BV026';
        END IF;
        NEW.from_state := before.state;""",
    ),
)
# Where nights have been kept already, this work begins tonight: nobody missed it before.
BEGINS = """
    INSERT INTO periodic_run (name, slot, outcome, finished_at)
    SELECT 'release-reviews', (
        date_trunc('day', now() AT TIME ZONE 'Asia/Ho_Chi_Minh' - interval '1 hour')
        + interval '1 hour') AT TIME ZONE 'Asia/Ho_Chi_Minh', 'first', now()
    WHERE EXISTS (SELECT FROM periodic_run)
"""


def rewrite(words: Sequence[tuple[str, str]]) -> None:
    bind = op.get_bind()
    says = bind.exec_driver_sql(
        "SELECT pg_get_functiondef('apply_report_event()'::regprocedure)"
    ).scalar_one()
    for before, after in words:
        if before not in says:
            raise LookupError(before)
        says = says.replace(before, after)
    bind.exec_driver_sql(says.replace("%", "%%"), ())


def upgrade() -> None:
    op.execute("ALTER TABLE report_event ALTER COLUMN actor_account_id DROP NOT NULL")
    op.execute(
        "ALTER TABLE report_event ADD CONSTRAINT ck_report_event_actor"
        " CHECK ((event = 'lapse') = (actor_account_id IS NULL)) NOT VALID"
    )
    op.execute("ALTER TABLE report_event VALIDATE CONSTRAINT ck_report_event_actor")
    rewrite(WORDS)
    op.execute(FUNCTION)
    op.execute(f"REVOKE ALL ON FUNCTION {LAPSE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {LAPSE} TO {ROLE}")
    op.execute(BEGINS)


def downgrade() -> None:
    op.execute("DELETE FROM periodic_run WHERE name = 'release-reviews'")
    op.execute(f"DROP FUNCTION {LAPSE}")
    rewrite([(after, before) for before, after in reversed(WORDS)])
    op.execute("ALTER TABLE report_event DROP CONSTRAINT ck_report_event_actor")
    # What the house did is put down to whoever had begun; nobody else can be named.
    op.execute("ALTER TABLE report_event DISABLE TRIGGER refuse_rewriting")
    op.execute(
        """
        UPDATE report_event AS lapsed SET event = 'release', actor_account_id = (
            SELECT began.actor_account_id FROM report_event AS began
            WHERE began.province_id = lapsed.province_id AND began.tenant_id = lapsed.tenant_id
            AND began.year = lapsed.year AND began.to_state = 'under_review'
            AND began.at <= lapsed.at ORDER BY began.at DESC LIMIT 1)
        WHERE event = 'lapse'
        """
    )
    op.execute("ALTER TABLE report_event ENABLE TRIGGER refuse_rewriting")
    op.execute("ALTER TABLE report_event ALTER COLUMN actor_account_id SET NOT NULL")
