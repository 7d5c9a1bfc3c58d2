"""When a deadline ends: "trước ngày 05/12" ends at 24:00 on 4 December, in Việt Nam.

A deadline is an exclusive instant. "Before the 5th" and "by the 4th" are the same instant; a
deadline that rolls moves off a weekend or a public holiday to the end of the next working day
(Bộ luật Dân sự 2015, Điều 148).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from tenants.schema import Deadline, DeadlineKind, DeadlineRule


VIETNAM = timezone(timedelta(hours=7))
"""Indochina time; Việt Nam has kept no daylight saving since 1975."""

_SATURDAY = 5


def last_day(deadline: Deadline, year: int, holidays: Collection[date] = ()) -> date:
    """Return the last day on which the deadline of ``year`` is still met."""
    named = date(deadline.year or year, deadline.month, deadline.day)
    day = named - timedelta(days=1) if deadline.rule is DeadlineRule.BEFORE else named
    if deadline.rolls_off_non_working_days:
        while day.weekday() >= _SATURDAY or day in holidays:
            day += timedelta(days=1)
    return day


def ends_at(deadline: Deadline, year: int, holidays: Collection[date] = ()) -> datetime:
    """Return the exclusive instant, in UTC: an act at this very instant is late."""
    return start_of(last_day(deadline, year, holidays) + timedelta(days=1))


def start_of(day: date) -> datetime:
    """Return the instant at which a day begins in Việt Nam, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)


def vietnam_date(moment: datetime) -> date:
    """Return the date that a calendar in Việt Nam shows at ``moment``."""
    return moment.astimezone(VIETNAM).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineConflict:
    """An earlier step that would end after the step that needs its outcome."""

    step: Deadline
    step_last_day: date
    needed_by: Deadline
    needed_last_day: date


def conflicts(deadlines: Collection[Deadline], year: int) -> tuple[DeadlineConflict, ...]:
    """Return each step of the year that ends later than the step it must come before.

    The steps follow each other as the kinds are declared: registration, self-assessment,
    completion inside the agency, report to the association.
    """
    order = tuple(DeadlineKind)
    ordered = sorted(deadlines, key=lambda deadline: order.index(deadline.kind))
    return tuple(
        DeadlineConflict(
            step=earlier,
            step_last_day=last_day(earlier, year),
            needed_by=later,
            needed_last_day=last_day(later, year),
        )
        for place, earlier in enumerate(ordered)
        for later in ordered[place + 1 :]
        if last_day(earlier, year) > last_day(later, year)
    )
