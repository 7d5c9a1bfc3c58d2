"""What the head does with a list: decides, annuls, corrects; and what the office then publishes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from app.domain.audit import Act
from app.domain.decisions import (
    ProposalState,
    Ruling,
    Signature,
    require_all_ruled,
    require_date_come,
    require_ruling,
)
from app.domain.dossiers import Event
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import today, transaction_time
from app.persistence.models import Decision, Dossier, Proposal
from app.persistence.queries.decisions import (
    items_of_decision,
    load_decision_to_change,
)
from app.persistence.queries.dossiers import recognised_years_of
from app.persistence.queries.proposals import Line, dossiers_to_change, load_proposal_to_change
from app.services.dossiers import append_events
from app.services.proposals import require_before_head, strike
from app.services.record import record_act
from app.services.rulings import add_decision, add_item, facts_of, require_clean_hands
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
    order = Order(signature=signature, rulings=rulings, struck=struck or {})
    lines = require_decidable(proposal, order, by=by)
    dossiers = {one.id: one for one in dossiers_to_change([line.dossier.id for line in lines])}
    for key, reason in order.struck.items():
        strike([dossiers[key]], proposal, reason=reason, by=by)
    ruled = [line for line in lines if line.dossier.id in rulings]
    decision = add_decision(signature, about=proposal, seal=proposal.seal, by=by)
    _rule_on_lines(decision, ruled, rulings, by=by)
    proposal.state = ProposalState.DECIDED
    _record(Act.DECISION_MADE, decision, by=by, people=len(ruled), struck=len(order.struck))
    return decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants decided on a list; ``struck`` holds reasons."""

    signature: Signature
    rulings: Mapping[UUID, Ruling]
    struck: Mapping[UUID, str]


def require_decidable(proposal: Proposal, order: Order, *, by: Actor) -> Sequence[Line]:
    """Return the lines of a list that ``by`` may decide as ordered, or raise ``RefusedError``.

    Whether the number is free shows only when the decision is written.
    """
    require_before_head(proposal)
    lines = require_unchanged(proposal)
    names = {line.dossier.id: line.item.name for line in lines}
    require_all_ruled(names, order.rulings, order.struck)
    require_date_come(order.signature.signed_on, today=today())
    ruled = [line for line in lines if line.dossier.id in order.rulings]
    for line in ruled:
        require_ruling(line.item.name, line.item.verdict, order.rulings[line.dossier.id])
    require_clean_hands([line.dossier for line in ruled], by=by)
    return lines


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
    append_events(
        [line.dossier for line in lines],
        Event.DECIDE,
        by=by,
        facts=partial(facts_of, decision),
    )


def annul(decision_id: UUID, *, reason: str, by: Actor) -> Decision:
    """Take a decision back before it is published: its list waits again, its number is free."""
    by.require(Permission.DECISION_MAKE)
    decision = load_decision_to_change(decision_id)
    _require_unpublished(decision)
    dossiers = _dossiers_on(decision)
    for dossier in dossiers:
        dossier.outcome = None
        dossier.outcome_reason = None
        dossier.is_outstanding = False
    facts = {"decision": str(decision.id)}
    append_events(dossiers, Event.ANNUL, by=by, reason=reason, facts=lambda _: facts)
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
    facts = {"decision": str(decision.id)}
    append_events(_dossiers_on(decision), Event.PUBLISH, by=by, facts=lambda _: facts)
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
