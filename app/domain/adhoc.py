"""Ad-hoc requests (báo cáo đột xuất): one form for many agencies, whose answers roll up.

An agency asks those below it; each answers on a line of its own, which it owns. What the system
counts already is filled in: whoever answers otherwise says why, and both numbers stay side by side.
An answer is *due* on one day and taken until another: between the two it is late, after the second
the request is closed. Until then it can be corrected, and what it said before stays beside it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.domain.adhoc_answers import WRITTEN, Answer, Field, FieldKind
from app.domain.deadlines import require_near
from app.domain.refusals import RefusedError, Rule
from app.domain.timeliness import Punctuality, Timeliness, punctuality, received_when
from tenants.schema import DeadlineKind


MOST_FIELDS = 20
REMINDED_AGAIN_AFTER = timedelta(hours=20)
"""Nobody is reminded twice in a day."""


class LineState(StrEnum):
    """How the line of one agency stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    RETURNED = "returned"


OPEN_TO_ANSWER = frozenset({LineState.ASKED, LineState.RETURNED})
"""The states in which an agency is waited for."""


def require_fields(fields: Sequence[Field]) -> None:
    """Raise ``RefusedError`` unless something is asked, not too much, and each has its words."""
    if not fields or len(fields) > MOST_FIELDS:
        raise RefusedError(Rule.ADHOC_FIELDS, most=MOST_FIELDS)
    for number, field in enumerate(fields, start=1):
        if not field.label or not field.is_whole:
            raise RefusedError(Rule.ADHOC_FIELD_INCOMPLETE, number=number)


def require_addressed(agencies: Collection[object]) -> None:
    """Raise ``RefusedError`` when nobody is asked."""
    if not agencies:
        raise RefusedError(Rule.ADHOC_NOBODY_ASKED)


def require_days(due_on: date, closes_on: date | None, today: date) -> None:
    """Raise ``RefusedError`` for days that are over, far away, or in the wrong order."""
    for day in filter(None, (due_on, closes_on)):
        require_near(day, today)
    if due_on < today:
        raise RefusedError(Rule.ADHOC_DUE_OVER, day=due_on)
    if closes_on is not None and closes_on < due_on:
        raise RefusedError(Rule.ADHOC_CLOSES_BEFORE_DUE, day=closes_on, due=due_on)


def is_closed(closed_at: datetime | None, closes_on: date | None, today: date) -> bool:
    """Tell whether no answer is taken any more: somebody ended it, or its closing day is over."""
    return closed_at is not None or (closes_on is not None and today > closes_on)


def may_be_reminded(state: LineState, reminded_at: datetime | None, now: datetime) -> bool:
    """Tell whether an agency is waited for, and was not reminded today."""
    is_quiet = reminded_at is None or now - reminded_at >= REMINDED_AGAIN_AFTER
    return state in OPEN_TO_ANSWER and is_quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one agency answered, or did not yet."""

    state: LineState
    due_on: date
    answers: Sequence[Answer]
    answered_first_at: datetime | None = None

    @property
    def is_received(self) -> bool:
        """Whether an answer lies with whoever asked."""
        return self.state not in OPEN_TO_ANSWER

    def standing(self, now: datetime) -> Punctuality:
        """Return how it stands to the last day."""
        done_at = received_when(self.answered_first_at, lies_there=self.is_received)
        return punctuality(DeadlineKind.REPORT, self.due_on, done_at=done_at, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What the received answers to one field add up to; ``answered`` of how many said anything.

    ``whole`` is what the parts of a share are of: shares are never averaged, since an agency of
    ten and one of a thousand would weigh the same. Of days, the first and the last are kept.
    """

    sum: Decimal | int = 0
    whole: Decimal | int = 0
    answered: int = 0
    first: date | None = None
    last: date | None = None


def totals(fields: Sequence[Field], lines: Collection[Line]) -> Mapping[int, Total]:
    """Add up the received answers to each field that is not written out, by the field's place.

    Of yes and no, the sum is how many said yes.
    """
    received = [line for line in lines if line.is_received]
    return {
        place: _total(field, [line.answers[place] for line in received])
        for place, field in enumerate(fields)
        if field.kind not in WRITTEN
    }


def _total(field: Field, answers: Sequence[Answer]) -> Total:
    if field.kind is FieldKind.DATE:
        days = sorted(one.day for one in answers if one.day)
        return Total(
            answered=len(days), first=days[0] if days else None, last=days[-1] if days else None
        )
    numbers = [one.number for one in answers if one.number is not None]
    wholes = [one.whole for one in answers if one.whole is not None]
    return Total(sum=sum(numbers), whole=sum(wholes), answered=len(numbers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many answers are expected, received, and late: overdue, or received too late."""

    expected: int
    received: int
    late: int


LATE = frozenset({Timeliness.LATE, Timeliness.OVERDUE})
"""How a line stands whose answer came, or will come, after the last day."""
