"""Lists put before the head: sealed, submitted, taken back; never rewritten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.audit import Act
from app.domain.decisions import Addressee, ProposalState
from app.domain.dossiers import Event, Outcome, State
from app.domain.permissions import Actor, Permission
from app.domain.proposals import Obstacle, ProposalLine, obstacle_to_proposing, seal
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.scoring import Assessment, Verdict, assess, require_complete
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import Dossier, Proposal, ProposalItem
from app.persistence.queries.accounts import heads_on
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.proposals import (
    candidates_of,
    dossiers_to_change,
    lines_of,
    load_proposal_to_change,
    next_number,
)
from app.services.dossiers import append_events
from app.services.record import record_act
from app.services.seals import require_unchanged


_NAMED: dict[Obstacle, Rule] = {
    Obstacle.ALREADY_ON_LIST: Rule.ALREADY_ON_LIST,
    Obstacle.NOT_THE_HEAD: Rule.HEAD_DECIDED_ONE_LEVEL_UP,
    Obstacle.ONE_LEVEL_UP: Rule.HEAD_DECIDED_ONE_LEVEL_UP,
    Obstacle.OWN_DOSSIER: Rule.PROPOSES_OWN_DOSSIER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may stand on a list, or the reason why not."""

    dossier: Dossier
    assessment: Assessment
    obstacle: Obstacle | None

    @property
    def is_clear(self) -> bool:
        """Tell whether the agreed scores earn the title and nothing stands in the way."""
        return self.obstacle is None and self.assessment.verdict is Verdict.RECOGNISED


def preview_list(year: int, *, addressee: Addressee, by: Actor) -> Sequence[Candidate]:
    """Return everybody of the year, each with the reason why they cannot be on ``by``'s list."""
    heads = heads_on(today())
    return [
        Candidate(
            dossier=dossier,
            assessment=assess(dossier.rule, tuple(dossier.agreed_scores or dossier.self_scores)),
            obstacle=obstacle_to_proposing(
                dossier.state,
                dossier.identity_id,
                addressee=addressee,
                heads=heads,
                proposer=by.identity_id,
            ),
        )
        for dossier in candidates_of(year)
    ]


def seal_list(dossier_ids: Collection[UUID], *, addressee: Addressee, by: Actor) -> Proposal:
    """Put appraised dossiers of one year on a new list and seal it.

    Raises ``RefusedError`` when one of them cannot be on it: the list is what its preview said it
    would be, or there is none.
    """
    by.require(Permission.PROPOSAL_SEAL)
    dossiers = dossiers_to_change(dossier_ids)
    year = _year_of(dossiers)
    require_open_cycle(year)
    _require_no_obstacle(dossiers, addressee=addressee, by=by)
    in_order = sorted(dossiers, key=lambda one: (one.person.name_sort_key, str(one.id)))
    lines = [_line(place, dossier) for place, dossier in enumerate(in_order, start=1)]
    proposal = _add_proposal(year, lines, addressee=addressee, by=by)
    append_events(in_order, Event.PROPOSE, by=by, facts=lambda _: _facts_of(proposal))
    _record(Act.PROPOSAL_SEALED, proposal, by=by, people=len(lines))
    return proposal


def _year_of(dossiers: Sequence[Dossier]) -> int:
    if not dossiers:
        raise RefusedError(Rule.LIST_EMPTY)
    years = {dossier.year for dossier in dossiers}
    if len(years) > 1:
        raise MissingError(years)
    return years.pop()


def _require_no_obstacle(dossiers: Sequence[Dossier], *, addressee: Addressee, by: Actor) -> None:
    heads = heads_on(today())
    for dossier in dossiers:
        obstacle = obstacle_to_proposing(
            dossier.state,
            dossier.identity_id,
            addressee=addressee,
            heads=heads,
            proposer=by.identity_id,
        )
        if obstacle in _NAMED:
            raise RefusedError(_NAMED[obstacle], name=dossier.person.name)
        if obstacle is not None:
            raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.PROPOSE, state=dossier.state)


def _line(position: int, dossier: Dossier) -> ProposalLine:
    agreed = require_complete(dossier.rule, tuple(dossier.agreed_scores or ()))
    earned = assess(dossier.rule, agreed).verdict is Verdict.RECOGNISED
    return ProposalLine(
        position=position,
        dossier_id=dossier.id,
        name=dossier.person.name,
        agreed=agreed,
        criteria=dossier.criteria_set,
        verdict=Outcome.RECOGNISED if earned else Outcome.NOT_RECOGNISED,
    )


def _add_proposal(
    year: int, lines: Sequence[ProposalLine], *, addressee: Addressee, by: Actor
) -> Proposal:
    number = next_number(year)
    proposal = Proposal(
        year=year,
        number=number,
        addressee=addressee,
        state=ProposalState.SEALED,
        seal=seal(year, number, lines),
        sealed_at=transaction_time(),
        sealed_by=by.account_id,
        sealed_by_name=by.name,
    )
    db.session.add(proposal)
    db.session.flush()
    db.session.add_all(
        ProposalItem(
            proposal_id=proposal.id,
            dossier_id=line.dossier_id,
            position=line.position,
            name=line.name,
            agreed_scores=list(line.agreed),
            criteria_set=line.criteria,
            verdict=line.verdict,
        )
        for line in lines
    )
    return proposal


def submit_list(proposal_id: UUID, *, by: Actor) -> Proposal:
    """Put a sealed list before whom it is addressed to."""
    by.require(Permission.PROPOSAL_SUBMIT)
    proposal = load_proposal_to_change(proposal_id)
    _require_still_here(proposal)
    require_unchanged(proposal)
    proposal.state = ProposalState.SUBMITTED
    proposal.submitted_at = transaction_time()
    _record(Act.PROPOSAL_SUBMITTED, proposal, by=by)
    return proposal


def take_list_back(proposal_id: UUID, *, reason: str, by: Actor) -> Proposal:
    """Take a list back that has not been submitted. It stays as it was; its people are free."""
    by.require(Permission.PROPOSAL_SEAL)
    proposal = load_proposal_to_change(proposal_id)
    _require_still_here(proposal)
    _withdraw(proposal, reason=reason, by=by)
    return proposal


def send_list_back(proposal_id: UUID, *, reason: str, by: Actor) -> Proposal:
    """Send a submitted list back to the team as a whole, undecided."""
    by.require(Permission.DECISION_MAKE)
    proposal = load_proposal_to_change(proposal_id)
    require_before_head(proposal)
    _withdraw(proposal, reason=reason, by=by)
    return proposal


def require_before_head(proposal: Proposal) -> None:
    """Raise ``RefusedError`` unless the list waits for a decision."""
    if proposal.state is ProposalState.DECIDED:
        raise RefusedError(Rule.ALREADY_DECIDED)
    if proposal.state is not ProposalState.SUBMITTED:
        raise RefusedError(Rule.LIST_NOT_SUBMITTED)


def _require_still_here(proposal: Proposal) -> None:
    if proposal.state in {ProposalState.SUBMITTED, ProposalState.DECIDED}:
        raise RefusedError(Rule.ALREADY_SUBMITTED_TO_HEAD)
    if proposal.state is not ProposalState.SEALED:
        raise RefusedError(Rule.STALE_SCREEN)


def _withdraw(proposal: Proposal, *, reason: str, by: Actor) -> None:
    standing = [line.dossier.id for line in lines_of(proposal) if not line.is_struck]
    proposed = [one for one in dossiers_to_change(standing) if one.state is State.PROPOSED]
    strike(proposed, proposal, reason=reason, by=by)
    proposal.state = ProposalState.WITHDRAWN
    proposal.withdrawn_reason = reason.strip()
    _record(Act.PROPOSAL_WITHDRAWN, proposal, by=by, reason=reason.strip())


def strike(dossiers: Collection[Dossier], proposal: Proposal, *, reason: str, by: Actor) -> None:
    """Take dossiers, which must be locked, off a list; they are appraised as before."""
    append_events(
        dossiers, Event.UNPROPOSE, by=by, reason=reason, facts=lambda _: _facts_of(proposal)
    )


def _facts_of(proposal: Proposal) -> Mapping[str, object]:
    return {"proposal": str(proposal.id), "number": proposal.number}


def _record(act: Act, proposal: Proposal, *, by: Actor, **facts: object) -> None:
    record_act(
        act,
        by=by,
        object_kind="proposal",
        object_id=proposal.id,
        number=proposal.number,
        year=proposal.year,
        seal=proposal.seal,
        **facts,
    )
