"""Let a dossier go from one agency to another, by the hands of both."""

import sqlalchemy as sa
from alembic import op


revision = "0018"
down_revision = "0017"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
# What was withdrawn or has lapsed is no longer the receiver's to read; nor what it sent back.
OFFERED = (
    f"province_id = {PROVINCE} AND receiver_id = {TENANT} AND state IN ('proposed', 'accepted')"
)
MOMENT = sa.DateTime(timezone=True)

LEAVING = (
    "appraised",
    "confirmed",
    "in_appraisal",
    "listed",
    "registered",
    "returned",
    "submitted",
)
CLOSED_TO_OWN = ("transfer", "untransfer")

# What the agency in scope is offered, with all that goes along; of anything else, nothing. The
# terms of a consent are handed over as a whole, since later migrations keep more of them.
OFFERED_DOSSIER = """
    CREATE FUNCTION offered_dossier(offered uuid) RETURNS TABLE (
        sender_id uuid, version integer, state text, identity_id uuid, person_id uuid,
        name text, birth_year smallint, birth_on date, job text, cccd_sealed bytea,
        criteria_set text, group_number smallint, scale_min smallint, scale_max smallint,
        step smallint, pass_floor smallint, pass_total smallint, outstanding_years smallint,
        self_scores smallint[], evidence text[], national_site_on date, is_on_behalf boolean,
        submitted_at timestamptz, consent_channel text, consent_given_at timestamptz,
        consent_terms jsonb
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT dossier.tenant_id, dossier.version, dossier.state, dossier.identity_id, person.id,
            person.name, person.birth_year, person.birth_on, person.position, person.cccd_sealed,
            dossier.criteria_set, dossier.group_number, dossier.scale_min, dossier.scale_max,
            dossier.step, dossier.pass_floor, dossier.pass_total, dossier.outstanding_years,
            dossier.self_scores, dossier.evidence, dossier.national_site_on,
            dossier.is_on_behalf, dossier.submitted_at, agreed.channel, agreed.given_at,
            agreed.terms
        FROM transfer
        JOIN dossier ON dossier.province_id = transfer.province_id
            AND dossier.tenant_id = transfer.tenant_id AND dossier.id = transfer.dossier_id
        JOIN person ON person.province_id = dossier.province_id
            AND person.tenant_id = dossier.tenant_id AND person.id = dossier.person_id
        LEFT JOIN LATERAL (
            SELECT consent.channel, consent.given_at, to_jsonb(consent) AS terms FROM consent
            WHERE consent.province_id = dossier.province_id
            AND consent.tenant_id = dossier.tenant_id AND consent.person_id = dossier.person_id
            AND consent.withdrawn_at IS NULL AND consent.given_at = registered_at(dossier)
            LIMIT 1
        ) AS agreed ON true
        WHERE transfer.province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND transfer.receiver_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND transfer.id = offered AND transfer.state = 'proposed'
    $$
"""
# By whom and when it was registered and submitted, the last time.
OFFERED_EVENTS = """
    CREATE FUNCTION offered_events(offered uuid) RETURNS TABLE (
        event text, at timestamptz, actor_account_id uuid, actor_identity_id uuid, actor_name text
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT ON (past.event)
            past.event, past.at, past.actor_account_id, past.actor_identity_id, past.actor_name
        FROM transfer JOIN dossier_event AS past ON past.province_id = transfer.province_id
            AND past.tenant_id = transfer.tenant_id AND past.dossier_id = transfer.dossier_id
        WHERE transfer.province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND transfer.receiver_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND transfer.id = offered AND transfer.state = 'proposed'
        AND past.event IN ('register', 'submit')
        ORDER BY past.event, past.at DESC, past.id DESC
    $$
"""
REGISTERED_AT = """
    CREATE FUNCTION registered_at(standing dossier) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
        SELECT max(past.at) FROM dossier_event AS past
        WHERE past.province_id = standing.province_id AND past.tenant_id = standing.tenant_id
        AND past.dossier_id = standing.id AND past.event = 'register'
    $$
"""
# The transfer and the dossier of the agency that is left, both locked, the dossier first as by
# everybody else. Only for the receiver and in the state asked for, or BV021. One answer at a time
# in a province: each writes into the records of two agencies, and two agencies that answer each
# other would wait for each other's.
LOCK_TRANSFER = """
    CREATE FUNCTION lock_transfer(wanted uuid, standing text) RETURNS transfer
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
        found_one transfer;
    BEGIN
        PERFORM pg_advisory_xact_lock(9, current_setting('app.province_id')::integer);
        PERFORM FROM dossier JOIN transfer ON transfer.province_id = dossier.province_id
            AND transfer.tenant_id = dossier.tenant_id AND transfer.dossier_id = dossier.id
        WHERE transfer.province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND transfer.receiver_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND transfer.id = wanted
        FOR UPDATE OF dossier;
        SELECT * INTO found_one FROM transfer
        WHERE province_id = nullif(current_setting('app.province_id', true), '')::smallint
        AND receiver_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND id = wanted
        FOR UPDATE;
        IF found_one.id IS NULL OR found_one.state <> standing THEN
            RAISE EXCEPTION 'the transfer is not %', standing USING ERRCODE = 'BV021';
        END IF;
        RETURN found_one;
    END
    $$
"""
# What an answer leaves with the agency that proposed: a line in its record.
RECORD_ANSWER = """
    CREATE FUNCTION record_transfer_answer(one transfer, done text, account uuid, actor text,
        moment timestamptz, why text) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp AS $$
        INSERT INTO audit_event (
            province_id, tenant_id, id, at, act, actor_account_id, actor_name, object_kind,
            object_id, facts
        ) VALUES (
            one.province_id, one.tenant_id, gen_random_uuid(), moment, done, account, actor,
            'dossier', one.dossier_id,
            jsonb_build_object('transfer', one.id, 'sender', one.sender_name,
                'receiver', one.receiver_name, 'reason', why)
        )
    $$
"""
# Moves the dossier of the agency that is left, while its year is open there, or BV022.
LEAVE = """
    CREATE FUNCTION move_transferred(one transfer, fresh uuid, what text, target text, account uuid,
        human uuid, actor text, moment timestamptz, why text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM cycle WHERE province_id = one.province_id
            AND tenant_id = one.tenant_id AND year = one.year AND closed_at IS NULL
        ) THEN
            RAISE EXCEPTION 'the year is closed' USING ERRCODE = 'BV022';
        END IF;
        INSERT INTO dossier_event (
            province_id, tenant_id, id, dossier_id, event, from_state, to_state, round, at,
            actor_account_id, actor_identity_id, actor_name, reason, facts
        ) SELECT province_id, tenant_id, fresh, id, what, state, target, round, moment,
            account, human, actor, why,
            jsonb_build_object('transfer', one.id, 'receiver', one.receiver_name)
        FROM dossier
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id
        AND id = one.dossier_id;
        UPDATE dossier SET version = version + 1, changed_at = moment
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id
        AND id = one.dossier_id;
        INSERT INTO rollup_mark (province_id, tenant_id, year)
        VALUES (one.province_id, one.tenant_id, one.year);
    END
    $$
"""
# BV001: what the receiver was shown is no longer what stands there. BV008: the data of the person
# may be kept and not used, so that they go nowhere.
ACCEPT = """
    CREATE FUNCTION accept_transfer(offered uuid, fresh uuid, received uuid, seen integer, account uuid,
        human uuid, actor text, moment timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        one transfer := lock_transfer(offered, 'proposed');
        leaving dossier;
    BEGIN
        SELECT * INTO STRICT leaving FROM dossier
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id
        AND id = one.dossier_id;
        IF leaving.version <> seen THEN
            RAISE EXCEPTION 'the dossier has changed' USING ERRCODE = 'BV001';
        END IF;
        -- A column of a later migration: until then nobody's data are restricted.
        IF EXISTS (
            SELECT FROM person AS whose WHERE province_id = one.province_id
            AND tenant_id = one.tenant_id AND id = leaving.person_id
            AND to_jsonb(whose) ->> 'restricted_at' IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'the data of this person may not be processed' USING ERRCODE = 'BV008';
        END IF;
        IF NOT EXISTS (
            SELECT FROM dossier WHERE province_id = one.province_id
            AND tenant_id = one.receiver_id AND id = received AND year = one.year
            AND identity_id = leaving.identity_id
            AND state IN ('listed', 'registered', 'submitted')
        ) THEN
            RAISE EXCEPTION 'the dossier has not arrived' USING ERRCODE = 'BV021';
        END IF;
        UPDATE transfer SET state = 'accepted', received_id = received, settled_at = moment,
            settled_by = account, settled_by_name = actor
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id AND id = one.id;
        PERFORM move_transferred(
            one, fresh, 'transfer', 'transferred', account, human, actor, moment, one.reason);
        UPDATE consent SET withdrawn_at = moment
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id
        AND person_id = leaving.person_id AND withdrawn_at IS NULL
        AND given_at = registered_at(leaving);
        PERFORM record_transfer_answer(
            one, 'transfer-accepted', account, actor, moment, one.reason);
    END
    $$
"""
REFUSE = """
    CREATE FUNCTION refuse_transfer(offered uuid, why text, account uuid, actor text,
        moment timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        one transfer := lock_transfer(offered, 'proposed');
    BEGIN
        UPDATE transfer SET state = 'refused', settled_at = moment, settled_by = account,
            settled_by_name = actor, settled_reason = why
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id AND id = one.id;
        PERFORM record_transfer_answer(one, 'transfer-refused', account, actor, moment, why);
    END
    $$
"""
# Back to where the dossier stood when it left; the consent stands again as it stood then.
UNDO = """
    CREATE FUNCTION undo_transfer(accepted uuid, fresh uuid, why text, account uuid, human uuid, actor text,
        moment timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        one transfer := lock_transfer(accepted, 'accepted');
        left_behind dossier;
        stood text;
    BEGIN
        IF NOT EXISTS (
            SELECT FROM dossier WHERE province_id = one.province_id
            AND tenant_id = one.receiver_id AND id = one.received_id AND state = 'transferred'
        ) THEN
            RAISE EXCEPTION 'the dossier is still here' USING ERRCODE = 'BV021';
        END IF;
        SELECT * INTO STRICT left_behind FROM dossier
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id
        AND id = one.dossier_id;
        SELECT from_state INTO STRICT stood FROM dossier_event
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id
        AND dossier_id = one.dossier_id AND event = 'transfer'
        AND facts ->> 'transfer' = one.id::text;
        UPDATE transfer SET state = 'undone', undone_at = moment, undone_by = account,
            undone_by_name = actor, undone_reason = why
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id AND id = one.id;
        PERFORM move_transferred(
            one, fresh, 'untransfer', stood, account, human, actor, moment, why);
        UPDATE consent SET withdrawn_at = NULL
        WHERE province_id = one.province_id AND tenant_id = one.tenant_id
        AND person_id = left_behind.person_id AND withdrawn_at = one.settled_at
        AND given_at = registered_at(left_behind);
        PERFORM record_transfer_answer(one, 'transfer-undone', account, actor, moment, why);
    END
    $$
"""
# A proposal does not outlive what it proposes: once the dossier is on a list, or has left
# otherwise, nobody has to withdraw it.
LAPSE = """
    CREATE FUNCTION lapse_transfer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE transfer SET state = 'lapsed', settled_at = NEW.at
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
        AND dossier_id = NEW.dossier_id AND state = 'proposed';
        RETURN NULL;
    END
    $$
"""
INNER = (
    (REGISTERED_AT, "registered_at(dossier)"),
    (LOCK_TRANSFER, "lock_transfer(uuid, text)"),
    (
        RECORD_ANSWER,
        "record_transfer_answer(transfer, text, uuid, text, timestamptz, text)",
    ),
    (
        LEAVE,
        "move_transferred(transfer, uuid, text, text, uuid, uuid, text, timestamptz, text)",
    ),
    (LAPSE, "lapse_transfer()"),
)
"""Parts of the others, which nobody calls by themselves."""
DOORS = (
    (OFFERED_DOSSIER, "offered_dossier(uuid)"),
    (OFFERED_EVENTS, "offered_events(uuid)"),
    (ACCEPT, "accept_transfer(uuid, uuid, uuid, integer, uuid, uuid, text, timestamptz)"),
    (REFUSE, "refuse_transfer(uuid, text, uuid, text, timestamptz)"),
    (UNDO, "undo_transfer(uuid, uuid, text, uuid, uuid, text, timestamptz)"),
)


def upgrade() -> None:
    create_table()
    guard_table()
    for function, signature in (*INNER, *DOORS):
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    for _, signature in DOORS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")
    op.execute(
        "CREATE TRIGGER lapse_transfer AFTER INSERT ON dossier_event FOR EACH ROW"
        " WHEN (NEW.to_state IN ('proposed', 'withdrawn', 'transferred'))"
        " EXECUTE FUNCTION lapse_transfer()"
    )
    moves = sa.table("dossier_move", *(sa.column(n) for n in ("event", "from_state", "to_state")))
    op.bulk_insert(
        moves,
        [
            {"event": "untransfer", "from_state": "transferred", "to_state": state}
            for state in LEAVING
        ],
    )
    duties = sa.table("dossier_duty", sa.column("event"), sa.column("conflict"))
    op.bulk_insert(duties, [{"event": one, "conflict": "subject"} for one in CLOSED_TO_OWN])


def create_table() -> None:
    op.create_table(
        "transfer",
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("receiver_name", sa.Text(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("group_number", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.Text(), nullable=False),
        sa.Column("received_id", sa.Uuid(), nullable=True),
        *answer("settled"),
        *answer("undone"),
        sa.CheckConstraint("receiver_id <> tenant_id", name=op.f("ck_transfer_elsewhere")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_transfer_reason")),
        sa.CheckConstraint(
            "(state = 'proposed') = (settled_at IS NULL)", name=op.f("ck_transfer_settled")
        ),
        sa.CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_transfer_undone")
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'undone')) = (received_id IS NOT NULL)",
            name=op.f("ck_transfer_received"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'refused', 'withdrawn', 'lapsed', 'undone')",
            name=op.f("ck_transfer_state"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "receiver_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_transfer_province_id_receiver_id_tenant"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_transfer_province_id_tenant_id_tenant"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id", "dossier_id"],
            ["dossier.province_id", "dossier.tenant_id", "dossier.id"],
            name=op.f("fk_transfer_province_id_tenant_id_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{done}_by"], ["account.id"], name=op.f(f"fk_transfer_{done}_by_account")
            )
            for done in ("proposed", "settled", "undone")
        ),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_transfer")),
    )
    op.create_index(
        "uq_transfer_open",
        "transfer",
        ["province_id", "tenant_id", "dossier_id"],
        unique=True,
        postgresql_where="state = 'proposed'",
    )
    op.create_index("ix_transfer_dossier", "transfer", ["province_id", "tenant_id", "dossier_id"])
    op.create_index("ix_transfer_receiver", "transfer", ["province_id", "receiver_id", "state"])


def answer(done: str) -> list[sa.Column]:
    return [
        sa.Column(f"{done}_at", MOMENT, nullable=True),
        sa.Column(f"{done}_by", sa.Uuid(), nullable=True),
        sa.Column(f"{done}_by_name", sa.Text(), nullable=True),
        sa.Column(f"{done}_reason", sa.Text(), nullable=True),
    ]


def guard_table() -> None:
    # The application writes two steps: the sender proposes, and withdraws what nobody answered.
    # The receiver's answers move dossiers of two agencies, and have functions of their own.
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE (state, settled_at, settled_by, settled_by_name,"
        f" settled_reason) ON transfer TO {ROLE}"
    )
    op.execute("ALTER TABLE transfer ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY read ON transfer FOR SELECT TO {ROLE} USING ({OWN})")
    op.execute(f"CREATE POLICY offered ON transfer FOR SELECT TO {ROLE} USING ({OFFERED})")
    op.execute(
        f"CREATE POLICY add ON transfer FOR INSERT TO {ROLE}"
        f" WITH CHECK ({OWN} AND state = 'proposed')"
    )
    op.execute(
        f"CREATE POLICY change ON transfer FOR UPDATE TO {ROLE}"
        f" USING ({OWN} AND state = 'proposed') WITH CHECK ({OWN} AND state = 'withdrawn')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM dossier_duty WHERE event IN ('transfer', 'untransfer')")
    op.execute("DELETE FROM dossier_move WHERE event = 'untransfer'")
    op.execute("DROP TRIGGER lapse_transfer ON dossier_event")
    for _, signature in reversed((*INNER, *DOORS)):
        op.execute(f"DROP FUNCTION {signature}")
    op.drop_table("transfer")
