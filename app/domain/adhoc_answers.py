"""Answers to ad-hoc requests: what each kind of question takes, and what is no answer to it.

Numbers are read as either language writes them. A point or comma before one or two last digits
begins a fraction, and one before three groups thousands; where a number with decimals has a single
mark before three digits nobody can tell, and it is refused rather than guessed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.domain.refusals import RefusedError, Rule
from app.domain.results import Figures
from app.domain.vietnamese import clean


LONGEST_TEXT = 1_000
LONGEST_LINE = 200
LARGEST_NUMBER = 10**12
_MOST_DIGITS = 100

YES, NO = 1, 0

_WHOLE = re.compile(r"\d+|[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*", re.ASCII)
_DECIMAL = re.compile(
    r"(\d+|\d{1,3}(?:\.\d{3})+(?=,)|\d{1,3}(?:,\d{3})+(?=\.))[.,](\d{1,2})", re.ASCII
)
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


class FieldKind(StrEnum):
    """What is asked for in a field."""

    NUMBER = "number"
    DECIMAL = "decimal"
    PERCENT = "percent"  # a part and the whole that it is of
    YES_NO = "yes_no"
    DATE = "date"
    SHORT = "short"
    TEXT = "text"
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


class KnownShare(StrEnum):
    """A share that can be asked for and is filled in: one figure of another."""

    REGISTERED = "registered/eligible"
    RECOGNISED = "recognised/eligible"
    RECOGNISED_OF_REGISTERED = "recognised/registered"
    WITH_DIGITAL_SKILLS = "with_digital_skills/recognised"


MAY_BE_EMPTY = frozenset({FieldKind.DATE, FieldKind.SHORT, FieldKind.TEXT})
"""What may be left out: there may be nothing to say, and no day yet."""

ADDED_UP = frozenset({FieldKind.NUMBER, FieldKind.DECIMAL, FieldKind.PERCENT, FieldKind.KNOWN})
"""What the answers of several agencies add up to; a share by its two numbers, each for itself."""

WRITTEN = frozenset({FieldKind.SHORT, FieldKind.TEXT})
"""What is written out, and listed side by side."""

WITH_UNIT = frozenset({FieldKind.NUMBER, FieldKind.DECIMAL})
"""Numbers of something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is asked; ``unit`` says of what a number is."""

    label: str
    kind: FieldKind
    figure: KnownFigure | KnownShare | None = None
    unit: str = ""

    @property
    def is_added_up(self) -> bool:
        """Whether the answers of several agencies add up."""
        return self.kind in ADDED_UP

    @property
    def is_whole(self) -> bool:
        """Whether it holds a figure that is filled in if, and only if, its kind is of one."""
        if self.kind is FieldKind.KNOWN:
            return isinstance(self.figure, KnownFigure)
        may_be_known = self.kind is FieldKind.PERCENT and isinstance(self.figure, KnownShare)
        has_unit = not self.unit or self.kind in WITH_UNIT
        return (self.figure is None or may_be_known) and has_unit


def to_figure(word: str) -> KnownFigure | KnownShare | None:
    """Return what is filled in, as it is kept."""
    if not word:
        return None
    return KnownShare(word) if "/" in word else KnownFigure(word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What the system counts; of a share, the whole as well."""

    number: int
    whole: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered in one field, beside what the system knew at that moment.

    ``number`` is 1 for yes and 0 for no, and the part where a share is asked; None of what is
    written out. A day stands in ``text``, as ISO writes it.
    """

    number: Decimal | int | None = None
    whole: Decimal | int | None = None
    text: str = ""
    known: Count | None = None
    reason: str = ""

    @property
    def deviates(self) -> bool:
        """Whether another number was given than the system counts."""
        return self.known is not None and (self.number, self.whole) != (
            self.known.number,
            self.known.whole,
        )

    @property
    def day(self) -> date | None:
        """The day that was given."""
        return date.fromisoformat(self.text) if self.text else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed in one field; ``whole`` is of how many, where a share is asked."""

    value: str
    whole: str = ""
    reason: str = ""


def count_known(fields: Sequence[Field], figures: Figures) -> Sequence[Count | None]:
    """Return what the system counts for each field; None where it counts nothing."""
    return [_count(field.figure, figures) for field in fields]


def _count(figure: KnownFigure | KnownShare | None, figures: Figures) -> Count | None:
    if figure is None:
        return None
    part, _, whole = figure.value.partition("/")
    return Count(number=getattr(figures, part), whole=getattr(figures, whole) if whole else None)


def read_answers(
    fields: Sequence[Field], typed: Sequence[Typed], known: Sequence[Count | None]
) -> Sequence[Answer]:
    """Return what was typed, as answers.

    Raises ``RefusedError`` for what is left out and may not be, for what is no number or no day,
    for a part larger than its whole, and for a number that differs from what the system counts
    without a reason. Numbers of fields are told.
    """
    answers = [
        _read(field, one, count, place)
        for place, (field, one, count) in enumerate(zip(fields, typed, known, strict=True), start=1)
    ]
    _refuse_if(
        Rule.ADHOC_ANSWERS_MISSING,
        (_is_missing(field, one) for field, one in zip(fields, answers, strict=True)),
    )
    _refuse_if(Rule.ADHOC_PART_OF_WHOLE, map(_is_more_than_whole, answers))
    _refuse_if(Rule.ADHOC_DEVIATES, (one.deviates and not one.reason for one in answers))
    return answers


def _refuse_if(rule: Rule, faults: Iterable[bool]) -> None:
    numbers = tuple(number for number, is_fault in enumerate(faults, start=1) if is_fault)
    if numbers:
        raise RefusedError(rule, numbers=numbers)


def _is_missing(field: Field, answer: Answer) -> bool:
    if field.kind in MAY_BE_EMPTY:
        return False
    is_half = field.kind is FieldKind.PERCENT and answer.whole is None
    return answer.number is None or is_half


def _is_more_than_whole(answer: Answer) -> bool:
    return answer.number is not None and answer.whole is not None and answer.number > answer.whole


def _read(field: Field, typed: Typed, known: Count | None, place: int) -> Answer:
    value = clean(typed.value)
    if field.kind in WRITTEN:
        longest = LONGEST_LINE if field.kind is FieldKind.SHORT else LONGEST_TEXT
        return Answer(text=_no_longer(value, longest, place))
    if field.kind is FieldKind.DATE:
        return Answer(text=_day(value, place))
    if field.kind is FieldKind.YES_NO:
        return Answer(number={"yes": YES, "no": NO}.get(value))
    read = _decimal if field.kind is FieldKind.DECIMAL else _whole_number
    answer = Answer(
        number=read(value, place),
        whole=_whole_number(clean(typed.whole), place) if field.kind is FieldKind.PERCENT else None,
        known=known,
        reason=_no_longer(clean(typed.reason), LONGEST_TEXT, place),
    )
    # A reason beside the number that is counted explains nothing.
    if answer.deviates:
        return answer
    return Answer(number=answer.number, whole=answer.whole, known=known)


def _no_longer(text: str, longest: int, place: int) -> str:
    if len(text) > longest:
        raise RefusedError(Rule.ADHOC_TOO_LONG, numbers=(place,), longest=longest)
    return text


def _whole_number(value: str, place: int) -> int | None:
    """Read a number with or without its thousands grouped, as either language writes them."""
    packed = value.replace(" ", "")
    if not packed:
        return None
    digits = packed.replace(".", "").replace(",", "")
    if not _WHOLE.fullmatch(packed) or _is_too_large(digits):
        raise RefusedError(Rule.ADHOC_NOT_A_NUMBER, value=value, numbers=(place,))
    return int(digits)


def _is_too_large(digits: str) -> bool:
    # Of thousands of digits nobody has to know how many they are.
    return len(digits) > _MOST_DIGITS or int(digits) > LARGEST_NUMBER


def _decimal(value: str, place: int) -> Decimal | None:
    packed = value.replace(" ", "")
    if _ONE_GROUP.fullmatch(packed):
        raise RefusedError(Rule.ADHOC_TWO_READINGS, value=value, numbers=(place,))
    found = _DECIMAL.fullmatch(packed)
    if found is None:
        whole = _whole_number(value, place)
        return None if whole is None else Decimal(whole)
    digits = found[1].replace(".", "").replace(",", "")
    if _is_too_large(digits):
        raise RefusedError(Rule.ADHOC_NOT_A_NUMBER, value=value, numbers=(place,))
    return Decimal(f"{digits}.{found[2]}")


def _day(value: str, place: int) -> str:
    """Read a day as a browser sends it, or as it stands on documents: 30/11/2026."""
    if not value:
        return ""
    found = _DAY.fullmatch(value)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise RefusedError(Rule.ADHOC_NOT_A_DAY, value=value, numbers=(place,)) from None
