"""A dossier that goes from one agency to another: what is offered, what arrives, what comes back.

The agency that is left proposes, the agency that is joined accepts. Until then the dossier goes
on where it is, and the proposal lapses once it can no longer leave. Nobody accepts or undoes the
transfer of their own dossier, since that chooses who judges it; proposing it chooses nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.dossiers import LEFT, TRANSITIONS, Event, State, replay
from app.domain.refusals import RefusedError, Rule
from app.domain.scoring import BLANK, DraftScores
from tenants.schema import ScoreRule


class TransferState(StrEnum):
    """How a proposed transfer stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    UNDONE = "undone"


READ_BY_RECEIVER = frozenset({TransferState.PROPOSED, TransferState.ACCEPTED})
"""States in which a transfer is the receiver's business; the database shows it no other."""

UNTIL_APPRAISAL = frozenset({State.LISTED, State.REGISTERED, State.SUBMITTED, State.CONFIRMED})
"""States in which a dossier that came from elsewhere may still be sent back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What scores were given under, or will be."""

    reference: str
    group_number: int
    rule: ScoreRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a dossier begins in the agency that takes it over."""

    events: tuple[Event, ...]
    scores: DraftScores

    @property
    def state(self) -> State:
        """Where the dossier stands then: never further than submitted."""
        return replay((event, 1) for event in self.events)


def arrival_of(
    state: State, scores: Sequence[int | None], *, of: Criteria, to: Criteria
) -> Arrival:
    """Return how a dossier that stood at ``state`` begins elsewhere.

    Whoever is appraised already is appraised again by the new agency. Scores given under other
    criteria are kept as a draft, for the person to look at and hand in once more.
    """
    is_same = (of.reference, of.group_number) == (to.reference, to.group_number)
    return Arrival(
        events=_carried(state, is_same=is_same),
        scores=tuple(scores) if _is_same_scale(of.rule, to.rule) else BLANK,
    )


def _carried(state: State, *, is_same: bool) -> tuple[Event, ...]:
    if state not in TRANSITIONS[Event.TRANSFER].sources:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.TRANSFER, state=state)
    if state is State.LISTED:
        return ()
    if state is State.REGISTERED:
        return (Event.REGISTER,)
    if state is State.RETURNED or not is_same:
        # In the person's hands again, who keeps the right of having been in time.
        return (Event.REGISTER, Event.SUBMIT, Event.RECALL)
    return (Event.REGISTER, Event.SUBMIT)


def _is_same_scale(one: ScoreRule, other: ScoreRule) -> bool:
    return (one.scale_min, one.scale_max, one.step) == (
        other.scale_min,
        other.scale_max,
        other.step,
    )


_WAY_BACK: Mapping[State, tuple[Event, ...]] = {
    State.LISTED: (),
    State.REGISTERED: (Event.UNREGISTER,),
    State.SUBMITTED: (Event.RECALL, Event.UNREGISTER),
    State.CONFIRMED: (Event.UNCONFIRM, Event.RECALL, Event.UNREGISTER),
}


def way_back_to_the_roster(state: State, *, round_number: int) -> tuple[Event, ...] | None:
    """Return the events by which a dossier that comes back starts anew; None once appraised.

    Somebody who left this agency in the year has a dossier here already. It takes over what
    comes along, unless the team has scored it: those scores were given to other words.
    """
    return _WAY_BACK.get(state) if round_number == 1 else None


def require_may_leave(state: State) -> None:
    """Raise ``RefusedError`` when a dossier has come too far to be transferred."""
    if state not in TRANSITIONS[Event.TRANSFER].sources:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.TRANSFER, state=state)


def require_not_appraised_here(state: State) -> None:
    """Raise ``RefusedError`` once the receiver's appraisal of the dossier has started."""
    if state in LEFT:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.UNTRANSFER, state=state)
    if state not in UNTIL_APPRAISAL:
        raise RefusedError(Rule.APPRAISAL_HAS_BEGUN, state=state)
