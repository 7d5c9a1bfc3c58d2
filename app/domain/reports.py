"""The report that an agency submits upwards: who moves it, from where to where, and what changed.

Submitting freezes the figures; nothing alters them afterwards. What is wrong is corrected by a
further version with a reason, and until that is accepted the version before it counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.deadlines import vietnam_date
from app.domain.refusals import RefusedError, Rule
from app.domain.vietnamese import clean


class ReportState(StrEnum):
    """Where an agency's report of a year stands."""

    OPEN = "open"
    COMPILED = "compiled"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAIVED = "waived"
    CLOSED = "closed"


class ReportEvent(StrEnum):
    """What moves a report."""

    COMPILE = "compile"
    SUBMIT = "submit"
    RECALL = "recall"
    REVIEW = "review"
    RELEASE = "release"
    LAPSE = "lapse"
    ACCEPT = "accept"
    RETURN = "return"
    REOPEN = "reopen"
    CORRECT = "correct"
    UNCORRECT = "uncorrect"
    WAIVE = "waive"
    UNWAIVE = "unwaive"
    CLOSE = "close"
    UNCLOSE = "unclose"


class Counting(StrEnum):
    """Which version of a report counts above: none, the last one signed, or one before it."""

    NONE = "none"
    EARLIER = "earlier"
    LAST = "last"


def counting(version: int, accepted: int | None) -> Counting:
    """Tell which version counts, of the last one signed and the one accepted."""
    if accepted is None:
        return Counting.NONE
    return Counting.LAST if accepted == version else Counting.EARLIER


class Side(StrEnum):
    """Who moves it: the agency whose report it is, the agency right above, or the house itself."""

    AGENCY = "agency"
    PARENT = "parent"
    HOUSE = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMove:
    """From where an event leads where, by whose hand, and whether it says why."""

    sources: frozenset[ReportState]
    target: ReportState
    side: Side
    needs_reason: bool = False


def _move(
    sources: Sequence[ReportState], target: ReportState, side: Side, *, needs_reason: bool = False
) -> ReportMove:
    return ReportMove(
        sources=frozenset(sources), target=target, side=side, needs_reason=needs_reason
    )


_S = ReportState
UNSENT = (_S.OPEN, _S.COMPILED, _S.RETURNED)
"""States of a report that the agency itself has yet to hand in."""

TO_REVIEW = (_S.SUBMITTED, _S.UNDER_REVIEW)
"""States of a report in which it is the turn of the agency above."""

MOVES: Mapping[ReportEvent, ReportMove] = {
    ReportEvent.COMPILE: _move((_S.OPEN, _S.RETURNED), _S.COMPILED, Side.AGENCY),
    ReportEvent.SUBMIT: _move((_S.COMPILED,), _S.SUBMITTED, Side.AGENCY),
    ReportEvent.RECALL: _move((_S.SUBMITTED,), _S.COMPILED, Side.AGENCY, needs_reason=True),
    ReportEvent.REVIEW: _move((_S.SUBMITTED,), _S.UNDER_REVIEW, Side.PARENT),
    ReportEvent.RELEASE: _move((_S.UNDER_REVIEW,), _S.SUBMITTED, Side.PARENT),
    ReportEvent.LAPSE: _move((_S.UNDER_REVIEW,), _S.SUBMITTED, Side.HOUSE),
    ReportEvent.ACCEPT: _move((_S.UNDER_REVIEW,), _S.ACCEPTED, Side.PARENT),
    ReportEvent.RETURN: _move((_S.UNDER_REVIEW,), _S.RETURNED, Side.PARENT, needs_reason=True),
    ReportEvent.REOPEN: _move((_S.ACCEPTED,), _S.UNDER_REVIEW, Side.PARENT, needs_reason=True),
    ReportEvent.CORRECT: _move((_S.ACCEPTED,), _S.COMPILED, Side.AGENCY, needs_reason=True),
    ReportEvent.UNCORRECT: _move((_S.COMPILED,), _S.ACCEPTED, Side.AGENCY, needs_reason=True),
    ReportEvent.WAIVE: _move(UNSENT, _S.WAIVED, Side.PARENT, needs_reason=True),
    ReportEvent.UNWAIVE: _move((_S.WAIVED,), _S.OPEN, Side.PARENT, needs_reason=True),
    ReportEvent.CLOSE: _move((_S.ACCEPTED,), _S.CLOSED, Side.PARENT),
    ReportEvent.UNCLOSE: _move((_S.CLOSED,), _S.ACCEPTED, Side.PARENT, needs_reason=True),
}
"""The whole table: what is not in it cannot happen, and nobody can force it."""

ONLY_WHILE: Mapping[ReportEvent, Counting] = {
    ReportEvent.WAIVE: Counting.NONE,
    ReportEvent.UNCORRECT: Counting.LAST,
}
"""What is done only while this version counts: none is missing that counts, and a correction is
called off until a further version has been signed."""

REVIEWS = frozenset({ReportEvent.REVIEW, ReportEvent.ACCEPT, ReportEvent.RETURN})
"""What nobody does with a report that they signed themselves."""


LIES_ABOVE = frozenset(
    {ReportState.SUBMITTED, ReportState.UNDER_REVIEW, ReportState.ACCEPTED, ReportState.CLOSED}
)
"""States in which the last version lies with the agency above."""


def lies_above(state: ReportState, counts: Counting) -> bool:
    """Tell whether a version lies with the agency above: the last, or one that still counts."""
    return state in LIES_ABOVE or counts is not Counting.NONE


def legal_report_moves() -> frozenset[tuple[str, str, str, str]]:
    """Return the table as the database holds it: event, from, to, side."""
    return frozenset(
        (event.value, source.value, move.target.value, move.side.value)
        for event, move in MOVES.items()
        for source in move.sources
    )


def open_events(state: ReportState, side: Side, *, counts: Counting) -> tuple[ReportEvent, ...]:
    """Return what one side may do with a report that stands at ``state``."""
    return tuple(
        event
        for event, move in MOVES.items()
        if move.side is side and state in move.sources and ONLY_WHILE.get(event, counts) is counts
    )


def require_report_move(
    state: ReportState, event: ReportEvent, side: Side, *, counts: Counting
) -> ReportState:
    """Return where ``event`` leads, or raise ``RefusedError``."""
    if event not in open_events(state, side, counts=counts):
        needed = tuple(one for one in ReportState if one in MOVES[event].sources)
        raise RefusedError(_rule_against(state, event, side), act=event, state=state, needed=needed)
    return MOVES[event].target


def _rule_against(state: ReportState, event: ReportEvent, side: Side) -> Rule:
    if state is ReportState.CLOSED:
        return Rule.REPORT_CLOSED
    if state is ReportState.UNDER_REVIEW and side is Side.AGENCY:
        return Rule.REPORT_UNDER_REVIEW
    if event is ReportEvent.WAIVE and state in UNSENT:
        return Rule.REPORT_COUNTS_ABOVE
    if event is ReportEvent.UNCORRECT and state is ReportState.COMPILED:
        return Rule.REPORT_NOT_CORRECTED
    return Rule.REPORT_OUT_OF_ORDER


CHANGES_ABOVE = frozenset({ReportEvent.ACCEPT, ReportEvent.REOPEN})
"""What changes the official figures of the agency above, and so what its own report holds."""

FROZEN = frozenset({ReportState.UNDER_REVIEW, ReportState.CLOSED})
"""States in which nothing changes that a report holds: the agencies below it stand still too."""


def require_not_frozen(event: ReportEvent, own: ReportState) -> None:
    """Raise ``RefusedError`` where ``event`` would change what the mover's own report holds.

    Once that is accepted above, nothing below is taken out of it; a further version may come in,
    and makes it out of date. Once it is closed, what is closed below stays so.
    """
    is_held = own in FROZEN or (event is ReportEvent.REOPEN and own is ReportState.ACCEPTED)
    is_final = event is ReportEvent.UNCLOSE and own is ReportState.CLOSED
    if is_final or (event in CHANGES_ABOVE and is_held):
        raise RefusedError(Rule.OWN_REPORT_FROZEN, state=own)


def require_why(event: ReportEvent, reason: str, items: Sequence[str] = ()) -> str:
    """Return the reason without stray spaces; raise ``RefusedError`` where one is owed."""
    stated = clean(reason)
    if MOVES[event].needs_reason and not stated:
        raise RefusedError(Rule.REASON_NEEDED)
    if event is ReportEvent.RETURN and not items:
        raise RefusedError(Rule.REPORT_NEEDS_ITEMS)
    return stated


class ReportTimeliness(StrEnum):
    """How an expected report stands to its due date, which is not the day it is closed."""

    AWAITED = "awaited"
    EXTENDED = "extended"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    LATE_EXTENDED = "late_extended"
    LATE = "late"
    WAIVED = "waived"


RECEIVED = frozenset(
    {ReportTimeliness.ON_TIME, ReportTimeliness.LATE_EXTENDED, ReportTimeliness.LATE}
)
"""How a report that has come may stand to its due date."""


def last_day_before(instant: datetime) -> date:
    """Return the day that ends with an instant: the instant itself belongs to the next one."""
    return vietnam_date(instant - timedelta(seconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time: until when, and since when it holds."""

    ends_at: datetime
    approved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """By when a report is due, until when it can be handed in at all, and what was granted.

    Of several ``extensions`` the last holds: each replaces the one before.
    """

    due_at: datetime
    closes_at: datetime
    extensions: Sequence[Extension] = ()

    @property
    def extended_to(self) -> datetime | None:
        """The end of the time that was granted, as it stands now."""
        return self.extensions[-1].ends_at if self.extensions else None

    def extended_when(self, received_at: datetime) -> datetime | None:
        """Return the end of the time that had been granted when a report came: none afterwards."""
        known = [one.ends_at for one in self.extensions if one.approved_at <= received_at]
        return known[-1] if known else None

    @property
    def ends_at(self) -> datetime:
        """The exclusive instant after which nothing is taken in any more."""
        return max(self.closes_at, self.extended_to or self.closes_at)

    @property
    def last_day(self) -> date:
        """The last day on which it is on time."""
        return last_day_before(self.due_at)

    @property
    def closing_day(self) -> date:
        """The last day on which anything is taken in, extensions aside."""
        return last_day_before(self.closes_at)

    def days_left(self, now: datetime) -> int:
        """Return how many days are left until it is due, as extended; negative: how many over."""
        due = max(self.due_at, self.extended_to or self.due_at)
        return (vietnam_date(due) - vietnam_date(now)).days - 1

    def timeliness(
        self, received_at: datetime | None, now: datetime, *, is_waived: bool
    ) -> ReportTimeliness:
        """Tell how a report handed in at ``received_at``, or not yet, stands to its due date."""
        if is_waived:
            return ReportTimeliness.WAIVED
        seen_at = received_at or now
        extended = self.extended_when(received_at) if received_at else self.extended_to
        is_extended = extended is not None and seen_at < extended
        if received_at is None:
            if now < self.due_at:
                return ReportTimeliness.AWAITED
            return ReportTimeliness.EXTENDED if is_extended else ReportTimeliness.OVERDUE
        if received_at < self.due_at:
            return ReportTimeliness.ON_TIME
        return ReportTimeliness.LATE_EXTENDED if is_extended else ReportTimeliness.LATE


def require_not_closed(expected: Expectation | None, now: datetime) -> None:
    """Raise ``RefusedError`` once the year's reports are closed; an extension opens them."""
    if expected is not None and now >= expected.ends_at:
        raise RefusedError(Rule.REPORT_CLOSING_PASSED, closed=vietnam_date(expected.ends_at))
