"""The calendar of a cycle, and the moments at which an office moves it on.

Most years register in February and March, self-assess from April to September, appraise in
September and October and decide by November. 2022 was short: the programme was approved in June
(QĐ 677/QĐ-TTg) and the criteria in July (QĐ 244/QĐ-KHVN), so that nothing began before August.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from app.demonstration.dice import between
from app.demonstration.habits import Progress, YearHabits
from app.demonstration.records import YearPlan
from app.domain.deadlines import VIETNAM


FIRST_YEAR = 2022
SET_OF_2022, SET_OF_2023 = "qd-244-2022", "qd-324-2023"
_SET_OF_2023_FROM = 2024
_SATURDAY, _FRIDAY = 5, 4
_HOLIDAYS = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})
_OFFICE_OPENS, _OFFICE_MINUTES = 8 * 60, 8 * 60
_HOME_OPENS, _HOME_MINUTES = 6 * 60, 16 * 60

# "Trước ngày 01/12" in the plan of the Lạng Sơn department, "trước ngày 05/12" in that of Kon Tum.
_REPORT_DUE: Mapping[str, tuple[int, int]] = {"20": (11, 30)}
_USUAL_REPORT_DUE = (12, 4)


@cache
def plan_of(year: int, province: str) -> YearPlan:
    """Return the dates of ``year``."""
    month, day = _REPORT_DUE.get(province, _USUAL_REPORT_DUE)
    return (_short_plan if year == FIRST_YEAR else _usual_plan)(year, date(year, month, day))


def _usual_plan(year: int, report_due_on: date) -> YearPlan:
    return YearPlan(
        year=year,
        criteria=SET_OF_2023 if year >= _SET_OF_2023_FROM else SET_OF_2022,
        registration_opens_on=date(year, 2, 1),
        registration_closes_on=date(year, 3, 31),
        self_assessment_opens_on=date(year, 4, 1),
        self_assessment_closes_on=date(year, 9, 30),
        appraisal_opens_on=date(year, 9, 15),
        completion_due_on=date(year, 11, 20),
        report_due_on=report_due_on,
    )


def _short_plan(year: int, report_due_on: date) -> YearPlan:
    return YearPlan(
        year=year,
        criteria=SET_OF_2022,
        registration_opens_on=date(year, 8, 15),
        registration_closes_on=date(year, 9, 15),
        self_assessment_opens_on=date(year, 9, 16),
        self_assessment_closes_on=date(year, 10, 5),
        appraisal_opens_on=date(year, 9, 29),
        completion_due_on=date(year, 11, 25),
        report_due_on=report_due_on,
    )


def groups_of(plan: YearPlan) -> frozenset[int]:
    """Return the groups that the year's criteria cover: pupils came with the set of 2023."""
    return frozenset({1, 2, 3} if plan.criteria == SET_OF_2022 else {1, 2, 3, 4})


def is_working_day(day: date) -> bool:
    """Tell whether offices are open; feasts of the moon are left out."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _HOLIDAYS


def after_working_days(day: date, count: int) -> date:
    """Return the working day ``count`` after ``day``, or before it when negative.

    With 0 it is ``day`` itself, or the next on which offices are open.
    """
    step = timedelta(days=-1 if count < 0 else 1)
    while not is_working_day(day):
        day += step
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def at_the_office(random: Random, day: date) -> datetime:
    """Return a moment of ``day`` in office hours."""
    return _moment(day, _OFFICE_OPENS + between(random, 0, _OFFICE_MINUTES))


def at_home(random: Random, day: date) -> datetime:
    """Return a moment of ``day`` at which people are up."""
    return _moment(day, _HOME_OPENS + between(random, 0, _HOME_MINUTES))


def _moment(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time(*divmod(minutes, 60)), VIETNAM)


def day_between(random: Random, first: date, last: date, *, lateness: float = 1.0) -> date:
    """Draw a day from ``first`` to ``last``; the greater the lateness, the nearer the end."""
    share: float = random.random() ** (1 / lateness)
    return first + timedelta(days=int(share * ((last - first).days + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One meeting and what follows from it."""

    met_at: datetime
    proposed_at: datetime
    decided_at: datetime
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """When an agency does what in one year: two rounds, the second for stragglers."""

    plan: YearPlan
    habits: YearHabits
    appraisal_from: date
    rounds: tuple[Round, Round]
    reported_at: datetime

    @property
    def has_begun(self) -> bool:
        """Tell whether the agency begins the year at all."""
        return self.habits.progress is not Progress.NOT_BEGUN


_TO_FIRST_MEETING = 20
_LONGEST_SHORT_YEAR_DELAY = 12


def make_agenda(random: Random, plan: YearPlan, habits: YearHabits) -> Agenda:
    """Draw the moments of an agency's year."""
    delay = habits.delay
    if plan.year == FIRST_YEAR:
        delay = min(delay, _LONGEST_SHORT_YEAR_DELAY)
    first = after_working_days(plan.appraisal_opens_on, _TO_FIRST_MEETING + delay)
    second = after_working_days(first, between(random, 8, 10))
    rounds = (_round(random, first), _round(random, second))
    return Agenda(
        plan=plan,
        habits=habits,
        appraisal_from=after_working_days(plan.appraisal_opens_on, max(0, delay)),
        rounds=rounds,
        reported_at=_some_days_after(random, rounds[1].published_at, 1, 3),
    )


def _round(random: Random, day: date) -> Round:
    met_at = at_the_office(random, day)
    proposed_at = _some_days_after(random, met_at, 1, 3)
    decided_at = _some_days_after(random, proposed_at, 2, 5)
    published_at = _some_days_after(random, decided_at, 1, 2)
    return Round(
        met_at=met_at, proposed_at=proposed_at, decided_at=decided_at, published_at=published_at
    )


def _some_days_after(random: Random, moment: datetime, fewest: int, most: int) -> datetime:
    day = after_working_days(moment.date(), between(random, fewest, most))
    return at_the_office(random, day)
