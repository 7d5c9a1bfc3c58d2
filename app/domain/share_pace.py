"""How far a share leads whose whole grows too: of those recognised, who has digital skills.

Each day brings people, and some of them count: the days come in pairs, x of y. By the last day the
whole is what stands there and m·ȳ more, the part what stands there and m·x̄ more, and the share R
is the one in the other. Part and whole move together, so that the range is not taken from either,
but from how far each day lay beside the share (the ratio estimator: Cochran, *Sampling Techniques*,
1977, chapter 6)::

    d = x - R·y        R ± t · sqrt(s²(d) · m · (1 + m/n)) / whole

never narrower than for people of whom each counts or not by chance, ȳ·R·(1 - R) a day.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil, floor

from app.domain.pace import (
    ByDay,
    Forecast,
    Outlook,
    Pace,
    compared,
    days_seen,
    half_width,
    pace_of,
    plain_outlook,
)
from app.domain.targets import TargetReached
from app.domain.working_days import WorkingDays


def forecast_share(
    aim: TargetReached,
    days: tuple[ByDay, ByDay],
    *,
    today: date,
    last_day: date,
    calendar: WorkingDays,
) -> Forecast:
    """Return where the share leads by ``last_day``; counted from the end of yesterday.

    ``days`` are those that brought the part, and those that brought the whole.
    ``needed_a_day`` is None, too, where more people would have to count than come.
    """
    parts, wholes = days
    whole_before = max(0, aim.whole - wholes.get(today, 0))
    part_before = max(0, aim.part - parts.get(today, 0))
    whole_pace = pace_of(days_seen(wholes, today, calendar), whole_before)
    seen = days_seen(parts, today, calendar)
    pace = Pace(counts=tuple(seen[len(seen) - whole_pace.days :]))
    left = calendar.count(today, last_day)
    outlook = plain_outlook(aim, whole_pace, today, last_day, left)
    plain = Forecast(
        outlook=outlook or Outlook.UNSURE,
        last_day=last_day,
        days_left=left,
        whole=aim.whole,
        pace=pace,
        expected=aim.part,
        low=aim.part,
        high=aim.part,
        needed_a_day=None,
    )
    if outlook is not None:
        return plain
    whole = whole_before + whole_pace.a_day * left
    share = (part_before + pace.a_day * left) / whole
    half = _half_width(share, pace.counts, whole_pace.counts, left)
    people = max(aim.whole, floor(whole + Fraction(1, 2)))
    low, expected, high = (
        min(people, max(0, one))
        for one in (
            floor(float(share * people) - half),
            floor(share * people + Fraction(1, 2)),
            ceil(float(share * people) + half),
        )
    )
    then = replace(aim, part=expected, whole=people)
    needed = Fraction(max(0, then.needed - part_before), left)
    return replace(
        plain,
        outlook=compared(then.needed, low, high),
        whole=people,
        expected=expected,
        low=low,
        high=high,
        needed_a_day=ceil(needed) if needed <= whole_pace.a_day else None,
    )


def _half_width(share: Fraction, parts: Sequence[int], wholes: Sequence[int], left: int) -> float:
    """Return half the width of the range, in people."""
    beside = [part - share * whole for part, whole in zip(parts, wholes, strict=True)]
    mean = sum(beside, Fraction(0)) / len(beside)
    squares = sum(((one - mean) ** 2 for one in beside), Fraction(0))
    by_chance = Fraction(sum(wholes), len(wholes)) * share * (1 - share)
    variance = max(squares / (len(beside) - 1), by_chance)
    return half_width(variance, len(beside), left)
