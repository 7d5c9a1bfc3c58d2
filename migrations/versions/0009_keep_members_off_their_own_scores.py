"""Keep members off their own scores: the events are guarded already, this guards the sheet."""

from alembic import op


revision = "0009"
down_revision = "0008"

# Same SQLSTATE as for the events: BV002, an act on one's own dossier. A quorum counts these rows,
# so that none may stand for the dossier of the member himself, nor hold what is no score.
GUARD = """
    CREATE FUNCTION guard_team_score() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        scored dossier%ROWTYPE;
    BEGIN
        SELECT * INTO STRICT scored FROM dossier
        WHERE province_id = NEW.province_id AND tenant_id = NEW.tenant_id AND id = NEW.dossier_id;
        IF scored.identity_id = NEW.appraiser_identity_id THEN
            RAISE EXCEPTION 'nobody scores their own dossier' USING ERRCODE = 'BV002';
        END IF;
        IF array_position(NEW.scores, NULL) IS NOT NULL OR NOT scores_on_scale(
            NEW.scores, scored.scale_min, scored.scale_max, scored.step
        ) THEN
            RAISE EXCEPTION 'ten scores on the scale are needed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END
    $$
"""


def upgrade() -> None:
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER guard_team_score BEFORE INSERT OR UPDATE ON team_score"
        " FOR EACH ROW EXECUTE FUNCTION guard_team_score()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_team_score ON team_score")
    op.execute("DROP FUNCTION guard_team_score()")
