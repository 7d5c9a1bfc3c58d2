"""Keep signers off their own dossiers, and keep what a decision says it rests on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = "0005"
down_revision = "0004"

# The events of a dossier are guarded already; this guards the paper: whoever signs a decision
# stands on none of its lines, and appraised nobody on it. Same SQLSTATEs as for the events.
GUARD = """
    CREATE FUNCTION guard_decision_item() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        signer uuid;
        subject uuid;
    BEGIN
        SELECT signer_identity_id INTO STRICT signer FROM decision
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
        AND id = NEW.decision_id;
        SELECT identity_id INTO STRICT subject FROM dossier
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id
        AND id = NEW.dossier_id;
        IF signer = subject THEN
            RAISE EXCEPTION 'nobody signs a decision on himself' USING ERRCODE = 'BV002';
        END IF;
        IF EXISTS (
            SELECT FROM dossier_event AS past
            WHERE past.province_id = NEW.province_id AND past.tenant_id = NEW.tenant_id
            AND past.dossier_id = NEW.dossier_id AND past.event IN ('score', 'agree')
            AND past.actor_identity_id = signer
        ) THEN
            RAISE EXCEPTION 'who appraised a dossier does not sign for it'
                USING ERRCODE = 'BV003';
        END IF;
        RETURN NEW;
    END
    $$
"""

# Since appeals are answered here, whoever appraised a dossier does not answer them either.
APPLY = """
    CREATE OR REPLACE FUNCTION apply_dossier_event() RETURNS trigger
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
        IF NEW.event IN ({events}) AND EXISTS (
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
"""
DECIDING = "'decide', 'correct'"
DECIDING_AND_ANSWERING = "'decide', 'correct', 'uphold'"


def upgrade() -> None:
    op.add_column(
        "decision", sa.Column("authority", sa.Text(), server_default="", nullable=False)
    )
    op.add_column(
        "decision",
        sa.Column(
            "legal_bases", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False
        ),
    )
    op.execute(APPLY.format(events=DECIDING_AND_ANSWERING))
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER guard_decision_item BEFORE INSERT ON decision_item"
        " FOR EACH ROW EXECUTE FUNCTION guard_decision_item()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_decision_item ON decision_item")
    op.execute("DROP FUNCTION guard_decision_item()")
    op.execute(APPLY.format(events=DECIDING))
    op.drop_column("decision", "legal_bases")
    op.drop_column("decision", "authority")
