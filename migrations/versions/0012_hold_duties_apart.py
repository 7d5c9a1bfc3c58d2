"""Hold duties apart: by human being, for every act of the table, and by level for the head's own."""

import sqlalchemy as sa
from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0012"
down_revision = "0011"

ROLE = "bangvang_app"
DUTIES = (
    *((event, "subject") for event in (
        "confirm", "score", "return", "unreturn", "agree", "reopen", "propose", "decide", "annul",
        "uphold", "correct",
    )),
    *((event, "appraiser") for event in ("decide", "uphold", "correct")),
    *((event, "proposer") for event in ("decide", "correct")),
)
HANDS_OFF = (
    "confirm", "score", "return", "unreturn", "agree", "reopen", "decide", "annul", "uphold",
    "correct",
)

# BV001 a stale screen, BV002 an act on one's own dossier, BV003 an appraiser and BV005 a proposer
# who would decide, BV006 a decision at the wrong level.
APPLY = """
    CREATE OR REPLACE FUNCTION apply_dossier_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        standing dossier%ROWTYPE;
        hand text;
    BEGIN
        SELECT * INTO STRICT standing FROM dossier
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id
        FOR UPDATE;
        IF standing.state <> NEW.from_state THEN
            RAISE EXCEPTION 'the dossier is %, not %', standing.state, NEW.from_state
                USING ERRCODE = 'BV001';
        END IF;
        hand := conflict_with(standing, NEW.actor_identity_id, NEW.event);
        IF hand IS NOT NULL THEN
            RAISE EXCEPTION 'the % of a dossier may not % it', hand, NEW.event
                USING ERRCODE = code_of_conflict(hand);
        END IF;
        IF NEW.event = 'decide' THEN
            PERFORM require_level(standing, NEW.actor_identity_id, NEW.at);
        END IF;
        UPDATE dossier SET state = NEW.to_state
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id;
        RETURN NULL;
    END
    $$
"""
# What a human being is to a dossier that keeps them from an event; NULL when nothing does.
CONFLICT = """
    CREATE FUNCTION conflict_with(standing dossier, human uuid, wanted text) RETURNS text
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
        SELECT duty.conflict FROM dossier_duty AS duty
        WHERE duty.event = wanted AND CASE duty.conflict
            WHEN 'subject' THEN standing.identity_id = human
            ELSE EXISTS (
                SELECT FROM dossier_event AS past
                WHERE past.province_id = standing.province_id
                AND past.tenant_id = standing.tenant_id AND past.dossier_id = standing.id
                AND past.actor_identity_id = human AND past.event = ANY (
                    CASE duty.conflict WHEN 'appraiser' THEN ARRAY['score', 'agree']
                        ELSE ARRAY['propose'] END)
            ) END
        ORDER BY array_position(ARRAY['subject', 'appraiser', 'proposer'], duty.conflict)
        LIMIT 1
    $$
"""
CODE = """
    CREATE FUNCTION code_of_conflict(conflict text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE conflict WHEN 'subject' THEN 'BV002' WHEN 'appraiser' THEN 'BV003'
            ELSE 'BV005' END
    $$
"""
# The head's own dossier is decided by who stands above, and no other is.
LEVEL = """
    CREATE FUNCTION require_level(standing dossier, human uuid, at timestamptz) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
    DECLARE
        day date := (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
        of_head boolean;
        by_superior boolean;
    BEGIN
        SELECT
            coalesce(bool_or(
                account.identity_id = standing.identity_id AND one.role = 'head'
                AND one.capacity = ''), false),
            coalesce(bool_or(account.identity_id = human AND one.role = 'superior'), false)
            AND NOT coalesce(bool_or(account.identity_id = human AND one.role = 'head'), false)
        INTO of_head, by_superior
        FROM membership AS one JOIN account ON account.id = one.account_id
        WHERE one.province_id = standing.province_id AND one.tenant_id = standing.tenant_id
        AND one.role IN ('head', 'superior')
        AND one.since <= day AND (one.until IS NULL OR one.until >= day);
        IF of_head <> by_superior THEN
            RAISE EXCEPTION 'the dossier of the head is decided one level up'
                USING ERRCODE = 'BV006';
        END IF;
    END
    $$
"""
# The paper is guarded like the events: its signer is held to what a decision is held to.
GUARD_ITEM = """
    CREATE OR REPLACE FUNCTION guard_decision_item() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        signer uuid;
        standing dossier%ROWTYPE;
        hand text;
    BEGIN
        SELECT signer_identity_id INTO STRICT signer FROM decision
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
        AND id = NEW.decision_id;
        SELECT * INTO STRICT standing FROM dossier
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
        AND id = NEW.dossier_id;
        hand := conflict_with(standing, signer, 'decide');
        IF hand IS NOT NULL THEN
            RAISE EXCEPTION 'the % of a dossier may not sign for it', hand
                USING ERRCODE = code_of_conflict(hand);
        END IF;
        RETURN NEW;
    END
    $$
"""
# BV007: somebody would give himself a role that judges, with this account or another of his.
GUARD_MEMBERSHIP = """
    CREATE FUNCTION guard_membership() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.role IN ('appraiser', 'chair', 'head', 'secretary', 'superior') AND EXISTS (
            SELECT FROM account AS given JOIN account AS giver
            ON giver.identity_id = given.identity_id
            WHERE given.id = NEW.account_id AND giver.id = NEW.granted_by
        ) THEN
            RAISE EXCEPTION 'nobody gives himself the role %', NEW.role USING ERRCODE = 'BV007';
        END IF;
        RETURN NEW;
    END
    $$
"""


def upgrade() -> None:
    duties = op.create_table(
        "dossier_duty",
        sa.Column("event", sa.Text, primary_key=True),
        sa.Column("conflict", sa.Text, primary_key=True),
    )
    op.bulk_insert(duties, [{"event": event, "conflict": hand} for event, hand in DUTIES])
    op.execute(f"GRANT SELECT ON dossier_duty TO {ROLE}")
    hold_acts_to_their_human()
    add_capacities()
    for function in (CODE, CONFLICT, LEVEL, APPLY, GUARD_ITEM, GUARD_MEMBERSHIP):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER guard_membership BEFORE INSERT OR UPDATE ON membership"
        " FOR EACH ROW EXECUTE FUNCTION guard_membership()"
    )
    op.drop_table("dossier_hands_off")


def hold_acts_to_their_human() -> None:
    op.create_unique_constraint("uq_account_id_identity_id", "account", ["id", "identity_id"])
    for table, hand in (("dossier_event", "actor"), ("team_score", "appraiser")):
        op.drop_constraint(f"fk_{table}_{hand}_account_id_account", table)
        op.drop_constraint(f"fk_{table}_{hand}_identity_id_identity", table)
        op.create_foreign_key(
            f"fk_{table}_human",
            table,
            "account",
            [f"{hand}_account_id", f"{hand}_identity_id"],
            ["id", "identity_id"],
            onupdate="CASCADE",
        )


def add_capacities() -> None:
    for column in ("capacity", "authorised_by"):
        op.add_column(
            "membership", sa.Column(column, sa.Text, server_default="", nullable=False)
        )
    op.create_check_constraint("capacity", "membership", "capacity = '' OR role = 'head'")
    op.create_check_constraint(
        "authorised",
        "membership",
        "capacity NOT IN ('TL.', 'TUQ.') OR length(trim(authorised_by)) > 0",
    )
    op.create_check_constraint("dated", "membership", "capacity <> 'TUQ.' OR until IS NOT NULL")
    op.execute(f"GRANT UPDATE (capacity, authorised_by) ON membership TO {ROLE}")


def downgrade() -> None:
    former = op.create_table("dossier_hands_off", sa.Column("event", sa.Text, primary_key=True))
    op.bulk_insert(former, [{"event": event} for event in HANDS_OFF])
    op.execute(f"GRANT SELECT ON dossier_hands_off TO {ROLE}")
    op.execute("DROP TRIGGER guard_membership ON membership")
    op.execute("DROP FUNCTION guard_membership()")
    restore_functions()
    op.execute("DROP FUNCTION require_level(dossier, uuid, timestamptz)")
    op.execute("DROP FUNCTION conflict_with(dossier, uuid, text)")
    op.execute("DROP FUNCTION code_of_conflict(text)")
    for name in ("capacity", "authorised", "dated"):
        op.drop_constraint(f"ck_membership_{name}", "membership")
    op.drop_column("membership", "capacity")
    op.drop_column("membership", "authorised_by")
    release_acts()
    op.drop_table("dossier_duty")


def restore_functions() -> None:
    fifth = ScriptDirectory.from_config(context.config).get_revision("0005").module
    op.execute(fifth.APPLY.format(events=fifth.DECIDING_AND_ANSWERING))
    op.execute(fifth.GUARD.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


def release_acts() -> None:
    for table, hand in (("dossier_event", "actor"), ("team_score", "appraiser")):
        op.drop_constraint(f"fk_{table}_human", table)
        for column, target in ((f"{hand}_account_id", "account"), (f"{hand}_identity_id", "identity")):
            op.create_foreign_key(f"fk_{table}_{column}_{target}", table, target, [column], ["id"])
    op.drop_constraint("uq_account_id_identity_id", "account")
