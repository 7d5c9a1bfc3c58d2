"""What an agency may set, and what it inherits from above."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.domain.deadlines import ends_at, last_day
from app.domain.refusals import RefusedError, Rule
from tenants.schema import Deadline


class SettingName(StrEnum):
    """A setting that an agency holds or inherits."""

    APPEAL_DAYS = "appeal_days"
    CONFIRMATION = "confirmation"
    CRITERIA = "criteria"
    LEGAL_BASES = "legal_bases"
    PLACE = "place"
    PRINTED_NAME = "printed_name"
    QUORUM = "quorum"
    SIGNER = "signer"
    SUPERIOR = "superior"
    TARGETS = "targets"


PERSONAL_TO_THE_AGENCY = frozenset(
    {SettingName.PLACE, SettingName.PRINTED_NAME, SettingName.SIGNER, SettingName.SUPERIOR}
)
"""Settings that mean nothing below the agency that holds them, and so are never inherited."""


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

    @property
    def is_own(self) -> bool:
        """Tell whether the agency asking holds it itself."""
        return self.depth == 0


def in_effect(held: Iterable[Held], name: SettingName) -> Held | None:
    """Return the nearest value of ``name`` going up, or None when nobody set one."""
    candidates = [
        one
        for one in held
        if one.name is name and (one.is_own or name not in PERSONAL_TO_THE_AGENCY)
    ]
    return min(candidates, key=lambda one: one.depth, default=None)


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
    held: Iterable[HeldDeadline], year: int, holidays: Sequence[date] = ()
) -> tuple[HeldDeadline, ...]:
    """Return, for each kind, the deadline that binds: the earliest of all that the line sets.

    An agency may only tighten, so a parent that later tightens its own date binds at once.
    """
    binding: dict[object, HeldDeadline] = {}
    for one in sorted(held, key=lambda each: each.depth):
        if one.deadline.year not in (None, year):
            continue
        kind = one.deadline.kind
        current = binding.get(kind)
        if current is None or ends_at(one.deadline, year, holidays) < ends_at(
            current.deadline, year, holidays
        ):
            binding[kind] = one
    return tuple(sorted(binding.values(), key=lambda each: ends_at(each.deadline, year, holidays)))


def require_tighter(
    wanted: Deadline, inherited: HeldDeadline | None, year: int, holidays: Sequence[date] = ()
) -> None:
    """Raise ``RefusedError`` when ``wanted`` ends later than the deadline from above."""
    if inherited is None:
        return
    if ends_at(wanted, year, holidays) > ends_at(inherited.deadline, year, holidays):
        raise RefusedError(
            Rule.DEADLINE_LATER_THAN_PARENT,
            wanted=last_day(wanted, year, holidays),
            inherited=last_day(inherited.deadline, year, holidays),
            agency=inherited.agency,
        )
