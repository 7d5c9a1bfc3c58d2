"""What an agency may set, and what it inherits from above."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import itemgetter
from typing import Any

from app.domain.deadlines import DeadlineConflict, conflicts, last_day
from app.domain.factors import FactorAsked
from app.domain.overlaps import CountedFirst
from app.domain.refusals import RefusedError, Rule
from app.domain.targets import require_targets
from app.domain.working_days import WorkingDays
from tenants.schema import CriteriaSet, Deadline, DeadlineKind


class SettingName(StrEnum):
    """A setting that an agency holds or inherits."""

    APPEAL_DAYS = "appeal_days"
    CONFIRMATION = "confirmation"
    COUNTED_FIRST = "counted_first"
    CRITERIA = "criteria"
    LEGAL_BASES = "legal_bases"
    PLACE = "place"
    PRINTED_NAME = "printed_name"
    QUORUM = "quorum"
    SECOND_FACTOR = "second_factor"
    SIGNER = "signer"
    SUPERIOR = "superior"
    TARGETS = "targets"


PERSONAL_TO_THE_AGENCY = frozenset(
    {SettingName.PLACE, SettingName.PRINTED_NAME, SettingName.SIGNER, SettingName.SUPERIOR}
)
"""Settings that mean nothing below the agency that holds them, and so are never inherited."""

PUT_TOGETHER = frozenset({SettingName.TARGETS})
"""Lists of which each agency sets some lines; the others stay those of the agencies above."""

MAY_BE_NOBODYS = frozenset(
    {
        SettingName.APPEAL_DAYS,
        SettingName.CONFIRMATION,
        SettingName.QUORUM,
        SettingName.SECOND_FACTOR,
        SettingName.SUPERIOR,
    }
)
"""Settings that the house can do without: nobody has to hold them."""

SET_FOR_WHOLE_PROVINCE = frozenset({SettingName.COUNTED_FIRST})
"""Settings that bind a province as a whole: the agency at its top alone holds them."""

LIMITS: Mapping[SettingName, tuple[int, int]] = {
    SettingName.APPEAL_DAYS: (0, 60),  # 0: no appeals, whatever the agency above says
    SettingName.QUORUM: (1, 15),
}
"""The lowest and the highest number that a setting may be."""

ONLY_STRICTER_BELOW: Mapping[SettingName, Sequence[str]] = {
    SettingName.SECOND_FACTOR: tuple(FactorAsked)
}
"""Settings that the agencies below may tighten alone: their values, the strictest last."""

OFFERED: Mapping[SettingName, Sequence[str]] = {
    **ONLY_STRICTER_BELOW,
    SettingName.COUNTED_FIRST: tuple(CountedFirst),
}
"""Settings that are chosen from a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A value that some agency holds: from whom, since when, and on whose word."""

    name: SettingName
    value: Any
    depth: int
    agency: str
    since: datetime
    source: str
    is_assumed: bool
    set_by: str | None = None

    @property
    def is_own(self) -> bool:
        """Tell whether the agency asking holds it itself."""
        return self.depth == 0


def in_effect(held: Iterable[Held], name: SettingName) -> Held | None:
    """Return the nearest value of ``name`` going up, or None when nobody set one.

    Where agencies may only tighten, the strictest value of the line binds, whoever set it when.
    """
    candidates = [
        one
        for one in held
        if one.name is name and (one.is_own or name not in PERSONAL_TO_THE_AGENCY)
    ]
    return min(candidates, key=lambda one: (-_strictness(one), one.depth), default=None)


def _strictness(one: Held) -> int:
    values = ONLY_STRICTER_BELOW.get(one.name)
    return values.index(one.value) if values else 0


def inherited(held: Iterable[Held], name: SettingName) -> Held | None:
    """Return the value that would bind if the agency itself held none."""
    return in_effect([one for one in held if not one.is_own], name)


def may_be_cleared(held: Collection[Held], name: SettingName) -> bool:
    """Tell whether the agency holds a value that it may give back."""
    is_held = any(one.is_own and one.name is name for one in held)
    return is_held and (name in MAY_BE_NOBODYS or inherited(held, name) is not None)


def require_value(name: SettingName, value: Any) -> None:
    """Raise ``RefusedError`` when ``value`` is empty, or outside the limits of the setting."""
    if name in LIMITS:
        lowest, highest = LIMITS[name]
        if not isinstance(value, int) or not lowest <= value <= highest:
            raise RefusedError(Rule.VALUE_OUT_OF_RANGE, value=value, lowest=lowest, highest=highest)
    elif name is not SettingName.CONFIRMATION and value not in _offered(name, value):
        raise RefusedError(Rule.VALUE_MISSING)
    elif name is SettingName.TARGETS:
        require_targets(value)


def _offered(name: SettingName, value: Any) -> Collection[Any]:
    anything = (value,) if value else ()
    return OFFERED.get(name, anything)


def require_level(name: SettingName, *, is_top: bool) -> None:
    """Raise ``RefusedError`` when an agency may not hold a value of its own at all."""
    if name in SET_FOR_WHOLE_PROVINCE and not is_top:
        raise RefusedError(Rule.SET_FOR_WHOLE_PROVINCE)


def require_no_looser(held: Collection[Held], name: SettingName, value: Any) -> None:
    """Raise ``RefusedError`` for a value that an agency above has already tightened."""
    above = inherited(held, name)
    if above is None or name not in ONLY_STRICTER_BELOW:
        return
    if ONLY_STRICTER_BELOW[name].index(value) < _strictness(above):
        raise RefusedError(Rule.LOOSER_THAN_PARENT, agency=above.agency)


def is_applicable(criteria: CriteriaSet, *, group: int, from_year: int, province: int) -> bool:
    """Tell whether a province's agency may assess a group against a set, from a year on."""
    is_ours = criteria.province is None or int(criteria.province) == province
    has_group = any(one.number == group for one in criteria.groups)
    last_year = criteria.valid_to_year or from_year
    return is_ours and has_group and criteria.valid_from_year <= from_year <= last_year


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDeadline:
    """A deadline that some agency set: from whom and since when."""

    deadline: Deadline
    depth: int
    agency: str
    since: datetime

    @property
    def is_own(self) -> bool:
        """Tell whether the agency asking set it itself."""
        return self.depth == 0


def deadlines_in_effect(
    held: Iterable[HeldDeadline], year: int, calendar: WorkingDays
) -> tuple[HeldDeadline, ...]:
    """Return, for each kind, the deadline that binds: the earliest of all that the line sets.

    An agency may only tighten, so a parent that later tightens its own date binds at once.
    """
    binding: dict[DeadlineKind, tuple[date, HeldDeadline]] = {}
    for one in sorted(held, key=lambda each: each.depth):
        if one.deadline.year not in (None, year):
            continue
        kind, last = one.deadline.kind, last_day(one.deadline, year, calendar)
        if kind not in binding or last < binding[kind][0]:
            binding[kind] = last, one
    return tuple(one for _, one in sorted(binding.values(), key=itemgetter(0)))


def require_tighter(
    wanted: Deadline, inherited: HeldDeadline | None, year: int, calendar: WorkingDays
) -> None:
    """Raise ``RefusedError`` when ``wanted`` ends later than the deadline from above."""
    if inherited is None:
        return
    ours, theirs = (last_day(one, year, calendar) for one in (wanted, inherited.deadline))
    if ours > theirs:
        raise RefusedError(
            Rule.DEADLINE_LATER_THAN_PARENT, wanted=ours, inherited=theirs, agency=inherited.agency
        )


def inherited_deadline(
    held: Iterable[HeldDeadline], kind: DeadlineKind, year: int, calendar: WorkingDays
) -> HeldDeadline | None:
    """Return the earliest date that the agencies above set for this kind."""
    from_above = [one for one in held if not one.is_own and one.deadline.kind is kind]
    return next(iter(deadlines_in_effect(from_above, year, calendar)), None)


def own_deadlines(held: Iterable[HeldDeadline], year: int) -> tuple[HeldDeadline, ...]:
    """Return the dates that the agency itself set for a year, or for every year."""
    return tuple(one for one in held if one.is_own and one.deadline.year in (None, year))


def conflicts_in_line(
    held: Collection[HeldDeadline], year: int, calendar: WorkingDays
) -> tuple[DeadlineConflict, ...]:
    """Return each step that ends too late for the next, over the binding dates and the own ones.

    An own date that no longer binds still stands in the agency's plan, and is told as well.
    """
    binding = [one.deadline for one in deadlines_in_effect(held, year, calendar)]
    own = [one.deadline for one in own_deadlines(held, year)]
    return conflicts(tuple(dict.fromkeys([*binding, *own])), year, calendar)


def require_day_of_calendar(deadline: Deadline) -> None:
    """Raise ``RefusedError`` for a day that its year, or some year, does not have."""
    an_ordinary_year = 2027
    try:
        date(deadline.year or an_ordinary_year, deadline.month, deadline.day)
    except ValueError:
        raise RefusedError(
            Rule.DAY_NOT_IN_CALENDAR, day=deadline.day, month=deadline.month
        ) from None
