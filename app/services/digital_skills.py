"""States somebody's digital skills once the team has agreed, or states them otherwise."""

from app.domain.appraisals import require_settled
from app.domain.audit import Act
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Event
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import require_hands_off
from app.domain.vietnamese import clean
from app.persistence.clock import transaction_time
from app.persistence.models import Dossier
from app.persistence.queries.cycles import require_open_cycle
from app.services.dossiers import require_fresh
from app.services.record import record_act
from app.services.results import mark_out_of_date


def require_may_state(dossier: Dossier, *, by: Actor) -> None:
    """Raise ``RefusedError`` unless ``by`` may state the digital skills of a dossier now."""
    by.require(Permission.APPRAISAL_AGREE)
    require_open_cycle(dossier.year)
    require_hands_off(Event.AGREE, dossier.identity_id, by=by)
    require_settled(dossier.state)


def state_digital_skills(
    dossier: Dossier, found: DigitalSkill, reason: str, *, version: int, by: Actor
) -> None:
    """State what was left open, or was stated wrongly, for a reason.

    It changes nothing about the title, and nothing that was signed: figures are counted again.
    """
    require_may_state(dossier, by=by)
    require_fresh(dossier, version)
    stated, before = clean(reason), dossier.digital_skill
    if not stated:
        raise RefusedError(Rule.REASON_NEEDED)
    dossier.has_digital_skills = found.has_skills
    dossier.is_digitally_fluent = found.is_fluent
    dossier.version += 1
    dossier.changed_at = transaction_time()
    mark_out_of_date(dossier.year)
    record_act(
        Act.DIGITAL_SKILLS_STATED,
        by=by,
        object_kind="dossier",
        object_id=dossier.id,
        digital={"before": before.value, "after": found.value},
        reason=stated,
    )
