"""When a deadline ends: "trước ngày 05/12" ends at 24:00 on 4 December, in Việt Nam.

A deadline is an exclusive instant. "Before the 5th" and "by the 4th" are the same instant; a
deadline that rolls moves off a weekend or a public holiday to the end of the next working day
(Bộ luật Dân sự 2015, Điều 148). Whoever asks says by which calendar, since what was set for a year
must be the same day on every page.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from app.domain.refusals import RefusedError, Rule
from app.domain.working_days import WorkingDays
from tenants.schema import Deadline, DeadlineKind, DeadlineRule


VIETNAM = timezone(timedelta(hours=7))
"""Indochina time; Việt Nam has kept no daylight saving since 1975."""

_FARTHEST = timedelta(days=2 * 366)
"""No period of this process is longer; beyond it, a slip of the keyboard is likelier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a deadline comes to in a year: ``worded`` is the last day in time before it moves."""

    worded: date
    last_day: date
    is_assumed: bool  # no notice was seen for some day that it moves off, or to
    is_known: bool  # whether public holidays of the year are known, if it moves off them at all

    @property
    def ends_at(self) -> datetime:
        """The exclusive instant, in UTC: an act at this very instant is late."""
        return end_of(self.last_day)

    @property
    def has_moved(self) -> bool:
        """Whether it moved off days on which offices are closed."""
        return self.last_day != self.worded


def term_of(deadline: Deadline, year: int, calendar: WorkingDays) -> Term:
    """Return what the deadline comes to in ``year``, by the days on which offices are open."""
    named = date(deadline.year or year, deadline.month, deadline.day)
    worded = named - timedelta(days=1) if deadline.rule is DeadlineRule.BEFORE else named
    if not deadline.rolls_off_non_working_days:
        return Term(worded=worded, last_day=worded, is_assumed=False, is_known=True)
    last = calendar.on_or_after(worded)
    return Term(
        worded=worded,
        last_day=last,
        is_assumed=any(day in calendar.assumed for day in calendar.exceptions(worded, last)),
        is_known=calendar.knows(worded, last),
    )


def last_day(deadline: Deadline, year: int, calendar: WorkingDays) -> date:
    """Return the last day on which the deadline of ``year`` is still met."""
    return term_of(deadline, year, calendar).last_day


def ends_at(deadline: Deadline, year: int, calendar: WorkingDays) -> datetime:
    """Return the exclusive instant, in UTC: an act at this very instant is late."""
    return term_of(deadline, year, calendar).ends_at


def start_of(day: date) -> datetime:
    """Return the instant at which a day begins in Việt Nam, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the exclusive instant at which a day ends in Việt Nam, in UTC."""
    return start_of(day + timedelta(days=1))


def require_near(day: date, today: date) -> None:
    """Raise ``RefusedError`` for a day that somebody typed more than two years away from today."""
    if abs(day - today) > _FARTHEST:
        raise RefusedError(
            Rule.DAY_TOO_FAR, day=day, first=today - _FARTHEST, last=today + _FARTHEST
        )


def require_opening(opens_on: date, year: int) -> None:
    """Raise ``RefusedError`` unless registration for ``year`` opens in it or the year before."""
    if opens_on.year not in {year - 1, year}:
        raise RefusedError(
            Rule.DAY_TOO_FAR, day=opens_on, first=date(year - 1, 1, 1), last=date(year, 12, 31)
        )


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


def conflicts(
    deadlines: Collection[Deadline], year: int, calendar: WorkingDays
) -> tuple[DeadlineConflict, ...]:
    """Return each step of the year that ends later than the step it must come before.

    The steps follow each other as the kinds are declared: registration, self-assessment,
    completion inside the agency, report to the association.
    """
    order = tuple(DeadlineKind)
    ordered = [
        (deadline, last_day(deadline, year, calendar))
        for deadline in sorted(deadlines, key=lambda deadline: order.index(deadline.kind))
    ]
    return tuple(
        DeadlineConflict(step=earlier, step_last_day=ends, needed_by=later, needed_last_day=needed)
        for place, (earlier, ends) in enumerate(ordered)
        for later, needed in ordered[place + 1 :]
        if ends > needed
    )
