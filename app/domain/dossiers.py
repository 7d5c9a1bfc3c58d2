"""The life of a dossier: its states, what moves it, and what takes a move back.

Events are appended and never changed; the state is what the events say. The table below is also
a table of the database, which refuses an event that it does not hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.permissions import Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.vietnamese import clean


class State(StrEnum):
    """Where a dossier stands. ``LISTED`` means: on the roster, not yet registered."""

    LISTED = "listed"
    REGISTERED = "registered"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    IN_APPRAISAL = "in_appraisal"
    RETURNED = "returned"
    APPRAISED = "appraised"
    PROPOSED = "proposed"
    DECIDED = "decided"
    PUBLISHED = "published"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class Event(StrEnum):
    """Something that happened to a dossier."""

    REGISTER = "register"
    UNREGISTER = "unregister"
    SUBMIT = "submit"
    RECALL = "recall"
    CONFIRM = "confirm"
    UNCONFIRM = "unconfirm"
    SCORE = "score"
    RETURN = "return"
    UNRETURN = "unreturn"
    AGREE = "agree"
    REOPEN = "reopen"
    PROPOSE = "propose"
    UNPROPOSE = "unpropose"
    DECIDE = "decide"
    ANNUL = "annul"
    PUBLISH = "publish"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"
    UNTRANSFER = "untransfer"


class Outcome(StrEnum):
    """What the head decided."""

    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One way to move: from any of ``sources`` to ``target``.

    ``undoes`` names the event that this one takes back; an undo always gives a reason.
    Whom it is closed to is a question of ``separation``.
    """

    sources: frozenset[State]
    target: State
    permission: Permission
    undoes: Event | None = None
    needs_reason: bool = False


_BEFORE_DECIDED = frozenset(
    {
        State.LISTED,
        State.REGISTERED,
        State.SUBMITTED,
        State.CONFIRMED,
        State.IN_APPRAISAL,
        State.RETURNED,
        State.APPRAISED,
    }
)

TRANSITIONS: Mapping[Event, Transition] = {
    Event.REGISTER: Transition(
        sources=frozenset({State.LISTED}),
        target=State.REGISTERED,
        permission=Permission.DOSSIER_OWN,
    ),
    Event.UNREGISTER: Transition(
        sources=frozenset({State.REGISTERED}),
        target=State.LISTED,
        permission=Permission.DOSSIER_OWN,
        undoes=Event.REGISTER,
    ),
    Event.SUBMIT: Transition(
        sources=frozenset({State.REGISTERED, State.RETURNED}),
        target=State.SUBMITTED,
        permission=Permission.DOSSIER_OWN,
    ),
    Event.RECALL: Transition(
        sources=frozenset({State.SUBMITTED}),
        target=State.REGISTERED,
        permission=Permission.DOSSIER_OWN,
        undoes=Event.SUBMIT,
    ),
    Event.CONFIRM: Transition(
        sources=frozenset({State.SUBMITTED}),
        target=State.CONFIRMED,
        permission=Permission.DOSSIER_CONFIRM,
    ),
    Event.UNCONFIRM: Transition(
        sources=frozenset({State.CONFIRMED}),
        target=State.SUBMITTED,
        permission=Permission.DOSSIER_CONFIRM,
        undoes=Event.CONFIRM,
        needs_reason=True,
    ),
    Event.SCORE: Transition(
        sources=frozenset({State.SUBMITTED, State.CONFIRMED, State.IN_APPRAISAL}),
        target=State.IN_APPRAISAL,
        permission=Permission.APPRAISAL_SCORE,
    ),
    Event.RETURN: Transition(
        sources=frozenset({State.IN_APPRAISAL}),
        target=State.RETURNED,
        permission=Permission.APPRAISAL_RETURN,
        needs_reason=True,
    ),
    Event.UNRETURN: Transition(
        sources=frozenset({State.RETURNED}),
        target=State.IN_APPRAISAL,
        permission=Permission.APPRAISAL_RETURN,
        undoes=Event.RETURN,
        needs_reason=True,
    ),
    Event.AGREE: Transition(
        sources=frozenset({State.IN_APPRAISAL}),
        target=State.APPRAISED,
        permission=Permission.APPRAISAL_AGREE,
    ),
    Event.REOPEN: Transition(
        sources=frozenset({State.APPRAISED}),
        target=State.IN_APPRAISAL,
        permission=Permission.APPRAISAL_AGREE,
        undoes=Event.AGREE,
        needs_reason=True,
    ),
    Event.PROPOSE: Transition(
        sources=frozenset({State.APPRAISED}),
        target=State.PROPOSED,
        permission=Permission.PROPOSAL_SEAL,
    ),
    Event.UNPROPOSE: Transition(
        sources=frozenset({State.PROPOSED}),
        target=State.APPRAISED,
        permission=Permission.PROPOSAL_SEAL,
        undoes=Event.PROPOSE,
        needs_reason=True,
    ),
    Event.DECIDE: Transition(
        sources=frozenset({State.PROPOSED}),
        target=State.DECIDED,
        permission=Permission.DECISION_MAKE,
    ),
    Event.ANNUL: Transition(
        sources=frozenset({State.DECIDED}),
        target=State.PROPOSED,
        permission=Permission.DECISION_MAKE,
        undoes=Event.DECIDE,
        needs_reason=True,
    ),
    Event.PUBLISH: Transition(
        sources=frozenset({State.DECIDED}),
        target=State.PUBLISHED,
        permission=Permission.DECISION_PUBLISH,
    ),
    Event.APPEAL: Transition(
        sources=frozenset({State.PUBLISHED}),
        target=State.APPEALED,
        permission=Permission.DOSSIER_OWN,
        needs_reason=True,
    ),
    Event.UPHOLD: Transition(
        sources=frozenset({State.APPEALED}),
        target=State.PUBLISHED,
        permission=Permission.APPRAISAL_AGREE,
        needs_reason=True,
    ),
    Event.CORRECT: Transition(
        sources=frozenset({State.APPEALED, State.PUBLISHED}),
        target=State.PUBLISHED,
        permission=Permission.DECISION_MAKE,
        needs_reason=True,
    ),
    Event.WITHDRAW: Transition(
        sources=_BEFORE_DECIDED,
        target=State.WITHDRAWN,
        permission=Permission.DOSSIER_OWN,
        needs_reason=True,
    ),
    Event.TRANSFER: Transition(
        sources=_BEFORE_DECIDED,
        target=State.TRANSFERRED,
        permission=Permission.ROSTER_EDIT,
        needs_reason=True,
    ),
    # Back to wherever the dossier stood when it left: see ``move``.
    Event.UNTRANSFER: Transition(
        sources=frozenset({State.TRANSFERRED}),
        target=State.LISTED,
        permission=Permission.ROSTER_EDIT,
        undoes=Event.TRANSFER,
        needs_reason=True,
    ),
}

LEFT = frozenset({State.WITHDRAWN, State.TRANSFERRED})
"""States of people who no longer count in this agency's cycle."""

OPEN_TO_SELF_SCORES = frozenset({State.REGISTERED, State.RETURNED})
"""States in which the person's own scores may still be typed."""

OPEN_TO_TEAM = frozenset({State.SUBMITTED, State.CONFIRMED, State.IN_APPRAISAL})
"""States in which the team may score."""


def legal_moves() -> Iterable[tuple[Event, State, State]]:
    """Yield every (event, from, to) that the house knows; the database holds the same rows.

    A recall in a later round goes back to *returned*, so that only the named indicators open. A
    transfer that is undone goes back to any state that it may have left from.
    """
    for event, transition in TRANSITIONS.items():
        for source in sorted(transition.sources):
            yield event, source, transition.target
    yield Event.RECALL, State.SUBMITTED, State.RETURNED
    for former in sorted(TRANSITIONS[Event.TRANSFER].sources - {State.LISTED}):
        yield Event.UNTRANSFER, State.TRANSFERRED, former


def move(
    state: State, event: Event, *, round_number: int = 1, left_from: State = State.LISTED
) -> State:
    """Return the state that ``event`` leads to, or raise ``RefusedError`` when out of order.

    ``left_from`` is where the dossier stood when it was transferred, if it was.
    """
    transition = TRANSITIONS[event]
    if state not in transition.sources:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=event, state=state)
    if event is Event.RECALL and round_number > 1:
        return State.RETURNED
    return left_from if event is Event.UNTRANSFER else transition.target


def replay(events: Iterable[tuple[Event, int]]) -> State:
    """Return the state that a history of (event, round) leads to, from the roster on."""
    state = left_from = State.LISTED
    for event, round_number in events:
        if event is Event.TRANSFER:
            left_from = state
        state = move(state, event, round_number=round_number, left_from=left_from)
    return state


def require_reason(event: Event, reason: str) -> str:
    """Return the reason without surrounding space; raise ``RefusedError`` if one is needed."""
    stated = reason.strip()
    if TRANSITIONS[event].needs_reason and not clean(stated):
        raise RefusedError(Rule.REASON_NEEDED, event=event)
    return stated
