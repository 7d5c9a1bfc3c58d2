"""Guard the moves of dossiers: only legal ones, in order, by clean hands, and never rewritten."""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"

MOVES = (
    ("register", "listed", "registered"),
    ("unregister", "registered", "listed"),
    ("submit", "registered", "submitted"),
    ("submit", "returned", "submitted"),
    ("recall", "submitted", "registered"),
    ("confirm", "submitted", "confirmed"),
    ("unconfirm", "confirmed", "submitted"),
    ("score", "confirmed", "in_appraisal"),
    ("score", "in_appraisal", "in_appraisal"),
    ("score", "submitted", "in_appraisal"),
    ("return", "in_appraisal", "returned"),
    ("unreturn", "returned", "in_appraisal"),
    ("agree", "in_appraisal", "appraised"),
    ("reopen", "appraised", "in_appraisal"),
    ("propose", "appraised", "proposed"),
    ("unpropose", "proposed", "appraised"),
    ("decide", "proposed", "decided"),
    ("annul", "decided", "proposed"),
    ("publish", "decided", "published"),
    ("appeal", "published", "appealed"),
    ("uphold", "appealed", "published"),
    ("correct", "appealed", "published"),
    ("correct", "published", "published"),
    ("withdraw", "appraised", "withdrawn"),
    ("withdraw", "confirmed", "withdrawn"),
    ("withdraw", "in_appraisal", "withdrawn"),
    ("withdraw", "listed", "withdrawn"),
    ("withdraw", "registered", "withdrawn"),
    ("withdraw", "returned", "withdrawn"),
    ("withdraw", "submitted", "withdrawn"),
    ("transfer", "appraised", "transferred"),
    ("transfer", "confirmed", "transferred"),
    ("transfer", "in_appraisal", "transferred"),
    ("transfer", "listed", "transferred"),
    ("transfer", "registered", "transferred"),
    ("transfer", "returned", "transferred"),
    ("transfer", "submitted", "transferred"),
    ("recall", "submitted", "returned"),
)

HANDS_OFF = ("confirm", "score", "return", "unreturn", "agree", "reopen", "decide", "annul", "uphold", "correct")

FUNCTIONS = (
    # Runs as the owner, because the application may append events but not write a state.
    # SQLSTATE BV001 means a stale screen, BV002 an act on one's own dossier, BV003 an appraiser
    # who would decide.
    """
    CREATE FUNCTION apply_dossier_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        standing dossier%ROWTYPE;
    BEGIN
        SELECT * INTO STRICT standing FROM dossier
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id
        FOR UPDATE;
        IF standing.state <> NEW.from_state THEN
            RAISE EXCEPTION 'the dossier is %, not %', standing.state, NEW.from_state
                USING ERRCODE = 'BV001';
        END IF;
        IF standing.identity_id = NEW.actor_identity_id AND EXISTS (
            SELECT FROM dossier_hands_off WHERE event = NEW.event
        ) THEN
            RAISE EXCEPTION 'nobody may % their own dossier', NEW.event USING ERRCODE = 'BV002';
        END IF;
        IF NEW.event IN ('decide', 'correct') AND EXISTS (
            SELECT FROM dossier_event AS past
            WHERE past.province_id = NEW.province_id AND past.tenant_id = NEW.tenant_id
            AND past.dossier_id = NEW.dossier_id AND past.event IN ('score', 'agree')
            AND past.actor_identity_id = NEW.actor_identity_id
        ) THEN
            RAISE EXCEPTION 'who appraised a dossier does not decide it' USING ERRCODE = 'BV003';
        END IF;
        UPDATE dossier SET state = NEW.to_state
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id;
        RETURN NULL;
    END
    $$
    """,
    # The identity behind a keyed index of a personal number, made when it is new. The caller
    # learns an opaque id and nothing about who else knows it.
    """
    CREATE FUNCTION claim_identity(fresh uuid, wanted bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        known uuid;
    BEGIN
        INSERT INTO identity (id, province_id, cccd_index) VALUES (fresh, province, wanted)
        ON CONFLICT (province_id, cccd_index) DO NOTHING;
        SELECT id INTO known FROM identity
        WHERE CASE WHEN wanted IS NULL THEN id = fresh
            ELSE province_id = province AND cccd_index = wanted END;
        RETURN known;
    END
    $$
    """,
    # In which years people of the agency in scope were recognised, whoever recognised them:
    # years and nothing else, and of its own people only.
    """
    CREATE FUNCTION recognised_years(people uuid[])
    RETURNS TABLE (person_id uuid, years smallint[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT person.id, array_agg(DISTINCT dossier.year)
        FROM person JOIN dossier ON dossier.identity_id = person.identity_id
        WHERE person.province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND person.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND person.id = ANY (people)
        AND dossier.outcome = 'recognised'
        AND dossier.state IN ('decided', 'published', 'appealed')
        GROUP BY person.id
    $$
    """,
    # Where somebody who has signed in may go. The page passes the account of its own session.
    """
    CREATE FUNCTION agencies_of(account uuid)
    RETURNS TABLE (slug text, name text, role text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT tenant.slug, tenant.name, membership.role
        FROM membership JOIN tenant
        ON tenant.province_id = membership.province_id AND tenant.id = membership.tenant_id
        WHERE membership.account_id = account
        AND membership.since <= current_date
        AND (membership.until IS NULL OR membership.until >= current_date)
        AND NOT tenant.is_suspended
    $$
    """,
    # What the sweeper re-wakes: which agencies' figures have been out of date for how long.
    """
    CREATE FUNCTION overdue_rollups(patience interval)
    RETURNS TABLE (province_id smallint, tenant_id uuid, year smallint, oldest timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT mark.province_id, mark.tenant_id, mark.year, min(mark.marked_at)
        FROM rollup_mark AS mark
        GROUP BY mark.province_id, mark.tenant_id, mark.year
        HAVING min(mark.marked_at) <= now() - patience
        ORDER BY min(mark.marked_at)
    $$
    """,
)


def upgrade() -> None:
    moves = sa.table("dossier_move", *(sa.column(name) for name in ("event", "from_state", "to_state")))
    op.bulk_insert(
        moves,
        [{"event": event, "from_state": old, "to_state": new} for event, old, new in MOVES],
    )
    hands_off = op.create_table("dossier_hands_off", sa.Column("event", sa.Text, primary_key=True))
    op.bulk_insert(hands_off, [{"event": event} for event in HANDS_OFF])
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(
        "CREATE TRIGGER apply_dossier_event AFTER INSERT ON dossier_event"
        " FOR EACH ROW EXECUTE FUNCTION apply_dossier_event()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER apply_dossier_event ON dossier_event")
    op.execute("DROP FUNCTION overdue_rollups(interval)")
    op.execute("DROP FUNCTION agencies_of(uuid)")
    op.execute("DROP FUNCTION recognised_years(uuid[])")
    op.execute("DROP FUNCTION claim_identity(uuid, bytea)")
    op.execute("DROP FUNCTION apply_dossier_event()")
    op.drop_table("dossier_hands_off")
    op.execute("DELETE FROM dossier_move")
