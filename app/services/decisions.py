"""What the head does with a list: decides, annuls, corrects; and what the office then publishes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.domain.audit import Act
from app.domain.decisions import (
    ProposalState,
    Ruling,
    Signature,
    require_all_ruled,
    require_date_come,
    require_ruling,
)
from app.domain.dossiers import Event, Outcome
from app.domain.permissions import Actor, Permission, Role
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import require_may_decide
from app.domain.settings import SettingName
from app.domain.streaks import is_outstanding, streak_ending
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import Decision, DecisionItem, Dossier, Proposal
from app.persistence.queries.accounts import identities_with_role
from app.persistence.queries.decisions import (
    appraisers_of,
    items_of_decision,
    load_decision_to_change,
)
from app.persistence.queries.dossiers import recognised_years_of
from app.persistence.queries.proposals import Line, dossiers_to_change, load_proposal_to_change
from app.persistence.queries.rules import value_in_effect
from app.services.dossiers import append_event
from app.services.proposals import require_before_head, strike
from app.services.record import record_act
from app.services.seals import require_unchanged


def decide(
    proposal_id: UUID,
    *,
    signature: Signature,
    rulings: Mapping[UUID, Ruling],
    struck: Mapping[UUID, str] | None = None,
    by: Actor,
) -> Decision:
    """Decide on every line of a list: recognised, not recognised, or struck out with a reason.

    Two people (or two clicks) that decide the same list at once give one decision; the second is
    refused. Raises ``RefusedError`` for a line that ``by`` may not decide, a title that is not
    earned, a refusal without a reason, a number given twice, a date that has not come.
    """
    by.require(Permission.DECISION_MAKE)
    proposal = load_proposal_to_change(proposal_id)
    require_before_head(proposal)
    lines = require_unchanged(proposal)
    struck = struck or {}
    require_all_ruled({line.dossier.id: line.item.name for line in lines}, rulings, struck)
    require_date_come(signature.signed_on, today=today())
    dossiers = {one.id: one for one in dossiers_to_change([line.dossier.id for line in lines])}
    for key, reason in struck.items():
        strike(dossiers[key], proposal, reason=reason, by=by)
    ruled = [line for line in lines if line.dossier.id in rulings]
    for line in ruled:
        require_ruling(line.item.name, line.item.verdict, rulings[line.dossier.id])
    require_clean_hands([line.dossier for line in ruled], by=by)
    decision = add_decision(signature, about=proposal, seal=proposal.seal, by=by)
    _rule_on_lines(decision, ruled, rulings, by=by)
    proposal.state = ProposalState.DECIDED
    _record(Act.DECISION_MADE, decision, by=by, people=len(ruled), struck=len(struck))
    return decision


def require_clean_hands(dossiers: Sequence[Dossier], *, by: Actor) -> None:
    """Raise ``RefusedError`` when ``by`` may not decide one of the dossiers."""
    appraisers = appraisers_of([one.id for one in dossiers])
    heads = identities_with_role({Role.HEAD}, on=today())
    for dossier in dossiers:
        require_may_decide(
            dossier.identity_id, appraisers=appraisers[dossier.id], heads=heads, by=by
        )


def add_decision(
    signature: Signature, *, about: Proposal | Decision, seal: str, by: Actor
) -> Decision:
    """Write the head of a decision on a list, or of one that corrects another.

    Raises ``RefusedError`` when its number is taken.
    """
    number = " ".join(signature.number.split())
    decision = Decision(
        year=about.year,
        proposal_id=about.id if isinstance(about, Proposal) else None,
        corrects_id=about.id if isinstance(about, Decision) else None,
        number=number,
        signed_on=signature.signed_on,
        signed_year=signature.signed_on.year,
        signer_name=signature.signer_name.strip(),
        signer_title=signature.signer_title,
        signer_prefix=signature.prefix,
        signer_identity_id=by.identity_id,
        authority=signature.authority,
        legal_bases=[one["text"] for one in value_in_effect(SettingName.LEGAL_BASES, [])],
        seal=seal,
        decided_at=transaction_time(),
    )
    db.session.add(decision)
    try:
        db.session.flush()
    except IntegrityError as error:
        if "uq_decision_number" not in str(error.orig):
            raise
        raise RefusedError(
            Rule.DECISION_NUMBER_TAKEN, number=number, year=signature.signed_on.year
        ) from error
    return decision


def _rule_on_lines(
    decision: Decision,
    lines: Sequence[Line],
    rulings: Mapping[UUID, Ruling],
    *,
    by: Actor,
) -> None:
    years = recognised_years_of([line.dossier.person_id for line in lines])
    for position, line in enumerate(lines, start=1):
        dossier = line.dossier
        add_item(
            decision,
            dossier,
            rulings[dossier.id],
            position=position,
            recognised_years=years[dossier.person_id],
        )
        append_event(dossier, Event.DECIDE, by=by, facts=facts_of(decision, dossier))


def add_item(
    decision: Decision,
    dossier: Dossier,
    ruling: Ruling,
    *,
    position: int,
    recognised_years: frozenset[int],
) -> DecisionItem:
    """Write what a decision says of one person, on the paper and on the dossier.

    ``recognised_years`` are the person's years in any agency, without this decision.
    """
    is_recognised = ruling.outcome is Outcome.RECOGNISED
    years = (recognised_years - {dossier.year}) | ({dossier.year} if is_recognised else set())
    dossier.outcome = ruling.outcome
    dossier.outcome_reason = ruling.reason.strip() or None
    dossier.is_outstanding = is_outstanding(
        dossier.year, years, years_needed=dossier.outstanding_years
    )
    item = DecisionItem(
        decision_id=decision.id,
        dossier_id=dossier.id,
        position=position,
        outcome=ruling.outcome,
        reason=ruling.reason.strip(),
        is_outstanding=dossier.is_outstanding,
        streak=streak_ending(dossier.year, years),
    )
    db.session.add(item)
    return item


def facts_of(decision: Decision, dossier: Dossier) -> Mapping[str, object]:
    """Return what an event keeps of the decision behind it."""
    return {
        "decision": str(decision.id),
        "number": decision.number,
        "signed_on": decision.signed_on.isoformat(),
        "outcome": dossier.outcome,
        "is_outstanding": dossier.is_outstanding,
    }


def annul(decision_id: UUID, *, reason: str, by: Actor) -> Decision:
    """Take a decision back before it is published: its list waits again, its number is free."""
    by.require(Permission.DECISION_MAKE)
    decision = load_decision_to_change(decision_id)
    _require_unpublished(decision)
    for dossier in _dossiers_on(decision):
        dossier.outcome = None
        dossier.outcome_reason = None
        dossier.is_outstanding = False
        append_event(
            dossier, Event.ANNUL, by=by, reason=reason, facts={"decision": str(decision.id)}
        )
    decision.annulled_at = transaction_time()
    decision.annulled_reason = reason.strip()
    _list_of(decision).state = ProposalState.SUBMITTED
    _record(Act.DECISION_ANNULLED, decision, by=by, reason=reason.strip())
    return decision


def publish(decision_id: UUID, *, by: Actor) -> Decision:
    """Publish a decision: from now on only a correcting decision changes it."""
    by.require(Permission.DECISION_PUBLISH)
    decision = load_decision_to_change(decision_id)
    _require_unpublished(decision)
    for dossier in _dossiers_on(decision):
        append_event(dossier, Event.PUBLISH, by=by, facts={"decision": str(decision.id)})
    decision.published_at = transaction_time()
    _record(Act.DECISION_PUBLISHED, decision, by=by)
    return decision


def _require_unpublished(decision: Decision) -> None:
    if decision.published_at is not None:
        raise RefusedError(Rule.ALREADY_PUBLISHED)
    if decision.annulled_at is not None:
        raise RefusedError(Rule.STALE_SCREEN)


def _dossiers_on(decision: Decision) -> Sequence[Dossier]:
    return dossiers_to_change([dossier.id for _, dossier in items_of_decision(decision.id)])


def _list_of(decision: Decision) -> Proposal:
    # A decision without a list is a correcting one, and those are published as they are made.
    if decision.proposal_id is None:
        raise RefusedError(Rule.ALREADY_PUBLISHED)
    return load_proposal_to_change(decision.proposal_id)


def _record(act: Act, decision: Decision, *, by: Actor, **facts: object) -> None:
    record_act(
        act,
        by=by,
        object_kind="decision",
        object_id=decision.id,
        number=decision.number,
        signed_on=decision.signed_on.isoformat(),
        **facts,
    )
