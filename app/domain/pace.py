"""How fast people are registered or recognised, and how far that leads by the last day.

Days are working days: those on which offices are open, without weekends and public holidays. Lists
are decided, and paper forms typed in, when offices are open: a pace by the calendar would look
slower on a Monday than on the Friday before, with nothing done in between. What is done on a day
off counts with the working day before it.

The pace is what the last 20 working days brought, today left out, since it is not over. It begins
with the first person of all where that was later; fewer than 5 days say nothing. Decisions come in
lists, so that most days bring nobody and some bring fifty: the range is therefore taken from how
much the days differed, and is never narrower than that of people who come one by one (Poisson).

It is the prediction interval for the sum of m coming days after n days seen, with mean x̄ and
variance s² (Hahn and Meeker, *Statistical Intervals*, 1991, chapter 4: normal distribution)::

    m·x̄ ± t · sqrt(s² · m · (1 + m/n))        t: 90 % point of Student's distribution, n - 1 degrees

so that in about eight cases of ten what comes lies inside, if the coming days are like those seen.
A bootstrap was turned down: it gives another answer each time, and nobody can check it by hand. An
exact interval of Poisson was turned down: with lists of fifty it would be far too narrow.

Somebody who belongs to two agencies is in the days of both, and once in the share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import islice
from math import ceil, floor, sqrt

from app.domain.results import percent
from app.domain.targets import TargetReached
from app.domain.working_days import WorkingDays
from tenants.schema import Denominator, TargetName


DAYS_SEEN = 20
"""How many working days a pace is taken from: four weeks."""

FEWEST_DAYS = 5
"""After fewer working days nothing is foretold."""

# The 90 % point of Student's distribution, by degrees of freedom: 8 of 10 cases lie between.
_STUDENT = {
    4: 1.533,
    5: 1.476,
    6: 1.440,
    7: 1.415,
    8: 1.397,
    9: 1.383,
    10: 1.372,
    11: 1.363,
    12: 1.356,
    13: 1.350,
    14: 1.345,
    15: 1.341,
    16: 1.337,
    17: 1.333,
    18: 1.330,
    19: 1.328,
}

ByDay = Mapping[date, int]
"""How many people of those counted today were counted for the first time on each day."""


class DayFigure(StrEnum):
    """A figure whose days are kept; people with a skill count on the day of their decision."""

    REGISTERED = "registered"
    RECOGNISED = "recognised"
    WITH_DIGITAL_SKILLS = "with_digital_skills"
    DIGITALLY_FLUENT = "digitally_fluent"


COUNTED_BY_DAY: Mapping[TargetName, DayFigure] = {
    TargetName.REGISTERED: DayFigure.REGISTERED,
    TargetName.RECOGNISED_ADULTS: DayFigure.RECOGNISED,
    TargetName.RECOGNISED_STAFF: DayFigure.RECOGNISED,
    TargetName.DIGITAL_SKILLS: DayFigure.WITH_DIGITAL_SKILLS,
    TargetName.DIGITAL_FLUENCY: DayFigure.DIGITALLY_FLUENT,
}
"""The figures whose days are kept, by the targets that count them."""

GROWING: Mapping[Denominator, DayFigure] = {
    Denominator.REGISTERED: DayFigure.REGISTERED,
    Denominator.RECOGNISED: DayFigure.RECOGNISED,
    Denominator.DIGITALLY_SKILLED: DayFigure.WITH_DIGITAL_SKILLS,
}
"""What targets are a share of that grows from day to day; the eligible stay the same."""


class Outlook(StrEnum):
    """What the pace says of a target."""

    NOBODY = "nobody"  # there is nobody to take a share of
    REACHED = "reached"
    CLOSED = "closed"  # the last day is over
    NO_DAY_LEFT = "no_day_left"  # only days off are left
    NOT_BEGUN = "not_begun"  # nobody has been counted yet
    STANDSTILL = "standstill"  # nobody in the days seen
    TOO_EARLY = "too_early"
    AHEAD = "ahead"  # even the low end of the range reaches it
    UNSURE = "unsure"  # the range reaches to both sides of it
    BEHIND = "behind"  # not even the high end reaches it


FORETOLD = frozenset({Outlook.AHEAD, Outlook.UNSURE, Outlook.BEHIND})
"""The outlooks that come with a forecast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many people each of the last working days brought, the oldest first."""

    counts: Sequence[int]

    @property
    def days(self) -> int:
        """How many working days were seen."""
        return len(self.counts)

    @property
    def people(self) -> int:
        """How many people they brought."""
        return sum(self.counts)

    @property
    def a_day(self) -> Fraction:
        """How many people a working day brings."""
        return Fraction(self.people, self.days) if self.counts else Fraction(0)

    @property
    def variance(self) -> Fraction:
        """How much the days differ; no less than for people who come one by one."""
        apart = [count - self.a_day for count in self.counts]
        squares = sum((one * one for one in apart), Fraction(0))
        return max(squares / (self.days - 1), self.a_day)

    def coming(self, days: int) -> tuple[Fraction, float]:
        """Return how many people so many coming days bring, and half the width of the range."""
        return self.a_day * days, half_width(self.variance, self.days, days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Where a pace leads by the last day: so many people, between a low and a high number.

    ``needed_a_day`` is how many each working day left has to bring, today among them; None when
    none are missing, or no day is left.
    """

    outlook: Outlook
    last_day: date
    days_left: int
    whole: int
    pace: Pace
    expected: int
    low: int
    high: int
    needed_a_day: int | None

    @property
    def expected_percent(self) -> Fraction | None:
        """The share that this pace leads to."""
        return percent(self.expected, self.whole)

    @property
    def low_percent(self) -> Fraction | None:
        """The low end of the range."""
        return percent(self.low, self.whole)

    @property
    def high_percent(self) -> Fraction | None:
        """The high end of the range."""
        return percent(self.high, self.whole)


def forecast(
    aim: TargetReached, by_day: ByDay, *, today: date, last_day: date, calendar: WorkingDays
) -> Forecast:
    """Return where the pace leads by ``last_day``, and what is needed for the target.

    Counted from the end of yesterday: today is one of the days left, and what it has brought so
    far is at least what it brings.
    """
    done_today = by_day.get(today, 0)
    before = max(0, aim.part - done_today)
    pace = pace_of(days_seen(by_day, today, calendar), before)
    days_left = calendar.count(today, last_day)
    missing = max(0, aim.needed - before)
    outlook = plain_outlook(aim, pace, today, last_day, days_left)
    expected, low, high = aim.part, aim.part, aim.part
    if outlook is None:
        coming, half = pace.coming(days_left)
        low, expected, high = (
            min(aim.whole, max(aim.part, people))
            for people in (
                floor(float(before + coming) - half),
                floor(before + coming + Fraction(1, 2)),
                ceil(float(before + coming) + half),
            )
        )
        outlook = compared(aim.needed, low, high)
    return Forecast(
        outlook=outlook,
        last_day=last_day,
        days_left=days_left,
        whole=aim.whole,
        pace=pace,
        expected=expected,
        low=low,
        high=high,
        needed_a_day=ceil(Fraction(missing, days_left)) if aim.short_by and days_left else None,
    )


def plain_outlook(
    aim: TargetReached, pace: Pace, today: date, last_day: date, days_left: int
) -> Outlook | None:
    """Return what can be said without a forecast; None when there is one to be made."""
    said = (
        (aim.whole <= 0, Outlook.NOBODY),
        (aim.is_met, Outlook.REACHED),
        (today > last_day, Outlook.CLOSED),
        (days_left == 0, Outlook.NO_DAY_LEFT),
        (aim.part <= 0, Outlook.NOT_BEGUN),
        (pace.days >= DAYS_SEEN and pace.people == 0, Outlook.STANDSTILL),
        (pace.days < FEWEST_DAYS, Outlook.TOO_EARLY),
    )
    return next((outlook for is_so, outlook in said if is_so), None)


def compared(needed: int, low: int, high: int) -> Outlook:
    """Return what a range says of a target."""
    if low >= needed:
        return Outlook.AHEAD
    return Outlook.BEHIND if high < needed else Outlook.UNSURE


def days_seen(by_day: ByDay, today: date, calendar: WorkingDays) -> Sequence[int]:
    """Return how many people each of the last working days before ``today`` brought."""
    counts = dict.fromkeys(sorted(islice(calendar.before(today), DAYS_SEEN)), 0)
    for day, people in by_day.items():
        worked = calendar.reckoned_with(day)
        if worked in counts and day < today:
            counts[worked] += people
    return list(counts.values())


def pace_of(seen: Sequence[int], before: int) -> Pace:
    """Return the pace of some days; from the first person of all on, if that is among them."""
    if before <= sum(seen):
        first = next((place for place, people in enumerate(seen) if people), len(seen))
        seen = seen[first:]
    return Pace(counts=tuple(seen))


def half_width(variance: Fraction, days: int, left: int) -> float:
    """Return half the width of the range for what so many coming days bring together."""
    spread = float(variance * left * (1 + Fraction(left, days)))
    return _STUDENT[days - 1] * sqrt(spread)
