"""The calendar of offices, as it ships."""

from functools import cache

from app.domain.working_days import WorkingDays
from tenants.loading import load_calendar


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
