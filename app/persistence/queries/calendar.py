"""The calendar of offices, as it ships."""

from functools import cache

from app.domain.working_days import WorkingDays
from tenants.loading import load_calendar
from tenants.schema import OfficeYear


@cache
def working_days() -> WorkingDays:
    """Return on which days offices are open."""
    years = load_calendar()
    return WorkingDays(
        years=frozenset(one.year for one in years),
        off=frozenset(day for one in years for day in one.off),
        worked=frozenset(day for one in years for day in one.worked),
        assumed=frozenset(day for one in years for day in one.assumed),
    )


def office_year(year: int) -> OfficeYear | None:
    """Return what the calendar says of a year; None: weekends alone are known to be off."""
    return next((one for one in load_calendar() if one.year == year), None)
