"""Days that bring people: what paces and forecasts are tried with."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice

from app.domain.pace import DAYS_SEEN, ByDay
from app.domain.targets import Audience, TargetReached
from app.domain.working_days import WorkingDays
from tenants.schema import Denominator, Target, TargetName


MONDAY = date(2026, 11, 23)
LAST_DAY = date(2026, 12, 4)  # a Friday: ten working days from that Monday on
WEEKENDS = WorkingDays()


def aim(
    name: TargetName,
    of: Denominator,
    part: int,
    whole: int,
    *,
    percent: int,
    is_strict: bool = False,
) -> TargetReached:
    """Return a target of this year's adults, and how far it was reached."""
    target = Target(name=name, percent=percent, year=2026, denominator=of, is_strict=is_strict)
    return TargetReached(target=target, audience=Audience.ADULTS, part=part, whole=whole)


def weekdays_from(day: date, days: int) -> list[date]:
    """Return so many days from Monday to Friday, ``day`` perhaps among them."""
    return list(islice(_weekdays(day, 1), days))


def weekdays_before(day: date, days: int) -> list[date]:
    """Return so many days from Monday to Friday before ``day``, the latest first."""
    return list(islice(_weekdays(day - timedelta(days=1), -1), days))


def steady(people: int, days: int = DAYS_SEEN, before: date = MONDAY) -> ByDay:
    """Bring as many people on each of the last working days."""
    return dict.fromkeys(weekdays_before(before, days), people)


def _weekdays(day: date, step: int) -> Iterator[date]:
    days = (day + timedelta(days=number * step) for number in count())
    return (one for one in days if WEEKENDS.is_open(one))
