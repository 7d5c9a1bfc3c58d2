"""After publication: appeals, upheld by others, and the decisions that correct a decision."""

from collections.abc import Collection
from uuid import UUID

from app.domain.audit import Act
from app.domain.deadlines import vietnam_date
from app.domain.decisions import (
    Ruling,
    Signature,
    last_day_to_appeal,
    require_date_come,
    require_ruling,
)
from app.domain.dossiers import Event, Outcome
from app.domain.permissions import Actor, Permission
from app.domain.proposals import ProposalLine, seal
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.scoring import Scores, Verdict, assess, require_complete
from app.domain.separation import require_other_than_appraisers
from app.domain.settings import SettingName
from app.persistence.clock import today, transaction_time
from app.persistence.models import Decision, Dossier
from app.persistence.queries.decisions import decisions_in_force, hands_in
from app.persistence.queries.dossiers import (
    history_of,
    load_dossier_to_change,
    recognised_years_of,
)
from app.persistence.queries.rules import value_in_effect
from app.services.dossiers import append_event, require_fresh, require_own_or_on_behalf
from app.services.record import record_act
from app.services.rulings import add_decision, add_item, facts_of, require_clean_hands


def appeal(
    dossier_id: UUID, *, indicators: Collection[int], reason: str, version: int, by: Actor
) -> None:
    """Appeal against the scores of named indicators, once each, while there is time."""
    dossier = load_dossier_to_change(dossier_id)
    is_on_behalf = require_own_or_on_behalf(dossier, by=by)
    require_fresh(dossier, version)
    decision = decision_about(dossier)
    if decision.published_at is None:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.APPEAL, state=dossier.state)
    days = value_in_effect(SettingName.APPEAL_DAYS)
    last_day = last_day_to_appeal(vietnam_date(decision.published_at), days)
    if today() > last_day:
        raise RefusedError(Rule.DEADLINE_PASSED, last_day=last_day)
    again = sorted(set(indicators) & indicators_appealed(dossier_id))
    if again:
        raise RefusedError(Rule.ALREADY_APPEALED, indicators=again)
    append_event(
        dossier,
        Event.APPEAL,
        by=by,
        reason=reason,
        facts={"indicators": sorted(set(indicators)), "is_on_behalf": is_on_behalf},
    )


def indicators_appealed(dossier_id: UUID) -> frozenset[int]:
    """Return the indicators that have been appealed before."""
    return frozenset(
        number
        for event in history_of(dossier_id)
        if event.event is Event.APPEAL
        for number in event.facts.get("indicators", ())
    )


def decision_about(dossier: Dossier) -> Decision:
    """Return the decision in force about a dossier; raise ``MissingError`` if there is none."""
    found = decisions_in_force(dossier.id)
    if not found:
        raise MissingError(dossier.id)
    return found[0][0]


def uphold(dossier_id: UUID, *, reason: str, version: int, by: Actor) -> None:
    """Answer an appeal: the decision stands. Whoever appraised the dossier keeps out of it."""
    by.require(Permission.APPRAISAL_AGREE)
    dossier = load_dossier_to_change(dossier_id)
    require_fresh(dossier, version)
    require_other_than_appraisers(hands_in([dossier.id])[dossier.id], by=by)
    append_event(dossier, Event.UPHOLD, by=by, reason=reason)


def correct_decision(
    dossier_id: UUID,
    *,
    signature: Signature,
    ruling: Ruling,
    version: int,
    by: Actor,
) -> Decision:
    """Change a published decision about one person, by another decision with a number of its own.

    ``ruling.reason`` says why, whatever the outcome. The correcting decision is published as it
    is made.
    """
    by.require(Permission.DECISION_MAKE)
    dossier = load_dossier_to_change(dossier_id)
    require_fresh(dossier, version)
    require_date_come(signature.signed_on, today=today())
    require_clean_hands([dossier], by=by)
    corrected = decision_about(dossier)
    before = {"outcome": dossier.outcome, "agreed_scores": dossier.agreed_scores}
    line = _corrected_line(dossier, ruling.scores)
    require_ruling(line.name, line.verdict, ruling)
    sealed = seal(dossier.year, 0, [line])
    decision = add_decision(signature, about=corrected, seal=sealed, by=by)
    decision.published_at = transaction_time()
    dossier.agreed_scores = list(line.agreed)
    years = recognised_years_of([dossier.person_id])[dossier.person_id]
    add_item(decision, dossier, ruling, position=1, recognised_years=years)
    append_event(
        dossier,
        Event.CORRECT,
        by=by,
        reason=ruling.reason,
        facts={**facts_of(decision, dossier), "before": before, "scores": list(line.agreed)},
    )
    record_act(
        Act.DECISION_MADE,
        by=by,
        object_kind="decision",
        object_id=decision.id,
        number=decision.number,
        corrects=corrected.number,
    )
    return decision


def _corrected_line(dossier: Dossier, scores: Scores | None) -> ProposalLine:
    agreed = require_complete(dossier.rule, scores or tuple(dossier.agreed_scores or ()))
    earned = assess(dossier.rule, agreed).verdict is Verdict.RECOGNISED
    return ProposalLine(
        position=1,
        dossier_id=dossier.id,
        name=dossier.person.name,
        agreed=agreed,
        criteria=dossier.criteria_set,
        verdict=Outcome.RECOGNISED if earned else Outcome.NOT_RECOGNISED,
    )
