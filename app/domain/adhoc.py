"""Ad-hoc requests (báo cáo đột xuất): one form for many agencies, whose answers roll up.

An agency asks those below it; each answers on a line of its own, which it owns. What the system
counts already is filled in: whoever answers otherwise says why, and both numbers stay side by side.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.refusals import RefusedError, Rule
from app.domain.results import Figures
from app.domain.timeliness import Punctuality, punctuality
from app.domain.vietnamese import clean
from tenants.schema import Deadline, DeadlineKind, DeadlineRule


MOST_FIELDS = 20
LONGEST_TEXT = 1_000
LARGEST_NUMBER = 10**12

YES, NO = 1, 0


class FieldKind(StrEnum):
    """What is asked for in a field."""

    NUMBER = "number"
    TEXT = "text"
    YES_NO = "yes_no"
    KNOWN = "known"  # a figure that the system counts; filled in


class KnownFigure(StrEnum):
    """A figure that can be asked for and is filled in; each is one of ``Figures``."""

    ELIGIBLE = "eligible"
    REGISTERED = "registered"
    SELF_ASSESSED = "self_assessed"
    APPRAISED = "appraised"
    RECOGNISED = "recognised"
    OUTSTANDING = "outstanding"
    WITH_DIGITAL_SKILLS = "with_digital_skills"
    DIGITALLY_FLUENT = "digitally_fluent"


class LineState(StrEnum):
    """How the line of one agency stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    RETURNED = "returned"


OPEN_TO_ANSWER = frozenset({LineState.ASKED, LineState.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is asked."""

    label: str
    kind: FieldKind
    figure: KnownFigure | None = None

    @property
    def is_summed(self) -> bool:
        """Whether the answers of several agencies add up."""
        return self.kind in {FieldKind.NUMBER, FieldKind.KNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered in one field, beside what the system knew at that moment.

    ``number`` is 1 for yes and 0 for no; None where text is asked.
    """

    number: int | None = None
    text: str = ""
    known: int | None = None
    reason: str = ""

    @property
    def deviates(self) -> bool:
        """Whether another number was given than the system counts."""
        return self.known is not None and self.number != self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed in one field."""

    value: str
    reason: str = ""


def require_fields(fields: Sequence[Field]) -> None:
    """Raise ``RefusedError`` unless something is asked, not too much, and each has its words."""
    if not fields or len(fields) > MOST_FIELDS:
        raise RefusedError(Rule.ADHOC_FIELDS, most=MOST_FIELDS)
    for number, field in enumerate(fields, start=1):
        if not field.label or (field.kind is FieldKind.KNOWN) != (field.figure is not None):
            raise RefusedError(Rule.ADHOC_FIELD_INCOMPLETE, number=number)


def require_addressed(agencies: Collection[object]) -> None:
    """Raise ``RefusedError`` when nobody is asked."""
    if not agencies:
        raise RefusedError(Rule.ADHOC_NOBODY_ASKED)


def require_due_ahead(due_on: date, today: date) -> None:
    """Raise ``RefusedError`` for a last day that is over before anybody could answer."""
    if due_on < today:
        raise RefusedError(Rule.ADHOC_DUE_OVER, day=due_on)


def require_not_answered(state: LineState) -> None:
    """Raise ``RefusedError`` when the answer was sent already, and not given back."""
    if state not in OPEN_TO_ANSWER:
        raise RefusedError(Rule.ADHOC_ANSWERED)


def known_figures(fields: Sequence[Field], figures: Figures) -> Sequence[int | None]:
    """Return what the system counts for each field; None where it counts nothing."""
    return [getattr(figures, field.figure.value) if field.figure else None for field in fields]


def read_answers(
    fields: Sequence[Field], typed: Sequence[Typed], known: Sequence[int | None]
) -> Sequence[Answer]:
    """Return what was typed, as answers.

    Raises ``RefusedError`` for what is left out (text may be), for what is no number, and for a
    number that differs from what the system counts without a reason. Numbers of fields are told.
    """
    answers = [
        _read(field, one, count) for field, one, count in zip(fields, typed, known, strict=True)
    ]
    _refuse_if(
        Rule.ADHOC_ANSWERS_MISSING,
        (
            one.number is None and field.kind is not FieldKind.TEXT
            for field, one in zip(fields, answers, strict=True)
        ),
    )
    _refuse_if(Rule.ADHOC_DEVIATES, (one.deviates and not one.reason for one in answers))
    return answers


def _refuse_if(rule: Rule, faults: Iterable[bool]) -> None:
    numbers = tuple(number for number, is_fault in enumerate(faults, start=1) if is_fault)
    if numbers:
        raise RefusedError(rule, numbers=numbers)


def _read(field: Field, typed: Typed, known: int | None) -> Answer:
    value = clean(typed.value)
    if field.kind is FieldKind.TEXT:
        return Answer(text=value[:LONGEST_TEXT])
    if not value:
        return Answer(known=known)
    if field.kind is FieldKind.YES_NO:
        return Answer(number={"yes": YES, "no": NO}.get(value))
    number = _whole_number(value)
    reason = clean(typed.reason)[:LONGEST_TEXT] if number != known else ""
    return Answer(number=number, known=known, reason=reason if known is not None else "")


def _whole_number(value: str) -> int:
    """Read a number with or without its thousands grouped, as either language writes them."""
    digits = value.replace(".", "").replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdecimal()) or int(digits) > LARGEST_NUMBER:
        raise RefusedError(Rule.ADHOC_NOT_A_NUMBER, value=value)
    return int(digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one agency answered, or did not yet."""

    state: LineState
    due_on: date
    answers: Sequence[Answer]
    answered_first_at: datetime | None = None

    def standing(self, now: datetime) -> Punctuality:
        """Return how it stands to the last day; what was returned counts as not received."""
        due = Deadline(
            kind=DeadlineKind.REPORT,
            month=self.due_on.month,
            day=self.due_on.day,
            rule=DeadlineRule.BY,
            wording="",
        )
        is_received = self.state is LineState.ANSWERED
        done_at = self.answered_first_at if is_received else None
        return punctuality(due, self.due_on.year, done_at=done_at, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What the received answers to one field add up to; ``answered`` of how many gave a number."""

    sum: int
    answered: int


def totals(fields: Sequence[Field], lines: Collection[Line]) -> Mapping[int, Total]:
    """Add up the received answers to each field that holds numbers, by the field's place.

    Of yes and no, the sum is how many said yes.
    """
    received = [line for line in lines if line.state is LineState.ANSWERED]
    found = {}
    for place, field in enumerate(fields):
        if field.kind is not FieldKind.TEXT:
            given = [line.answers[place].number for line in received]
            numbers = [number for number in given if number is not None]
            found[place] = Total(sum=sum(numbers), answered=len(numbers))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many answers are expected, received, and late: overdue, or received too late."""

    expected: int
    received: int
    late: int
