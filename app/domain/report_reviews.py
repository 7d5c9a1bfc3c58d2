"""How long a review may keep an agency from its own report before it ends by itself."""

from datetime import date, datetime

from app.domain.deadlines import vietnam_date
from app.domain.working_days import WorkingDays


WORKING_DAYS = 3
"""How many working days a review holds, after the day on which it began."""


def review_ends_on(began_at: datetime, calendar: WorkingDays) -> date:
    """Return the last day of a review; without a result it ends by itself in the night after."""
    return calendar.later(vietnam_date(began_at), WORKING_DAYS)


def is_review_over(began_at: datetime, now: datetime, calendar: WorkingDays) -> bool:
    """Tell whether the last day of a review has passed."""
    return vietnam_date(now) > review_ends_on(began_at, calendar)
