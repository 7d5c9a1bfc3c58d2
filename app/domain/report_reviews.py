"""How long an agency above may keep a report: reviewing it, and undoing that it was closed."""

from datetime import date, datetime, timedelta

from app.domain.deadlines import vietnam_date
from app.domain.refusals import RefusedError, Rule
from app.domain.working_days import WorkingDays


WORKING_DAYS = 3
"""How many working days a review holds, after the day on which it began."""


def review_ends_on(began_at: datetime, calendar: WorkingDays) -> date:
    """Return the last day of a review; without a result it ends by itself in the night after."""
    return calendar.later(vietnam_date(began_at), WORKING_DAYS)


def is_review_over(began_at: datetime, now: datetime, calendar: WorkingDays) -> bool:
    """Tell whether the last day of a review has passed."""
    return vietnam_date(now) > review_ends_on(began_at, calendar)


UNCLOSED_WITHIN = timedelta(days=30)
"""How long the closing of a report can be undone; after that its figures are final."""


def unclosed_until(closed_at: datetime) -> date:
    """Return the last day on which the closing of a report can be undone."""
    return vietnam_date(closed_at) + UNCLOSED_WITHIN


def is_unclosable(closed_at: datetime, today: date) -> bool:
    """Tell whether the closing of a report can still be undone."""
    return today <= unclosed_until(closed_at)


def require_unclosable(closed_at: datetime, today: date) -> None:
    """Raise ``RefusedError`` once a report has been closed for too long."""
    if not is_unclosable(closed_at, today):
        raise RefusedError(
            Rule.REPORT_CLOSED_FOR_GOOD,
            closed=vietnam_date(closed_at),
            days=UNCLOSED_WITHIN.days,
        )
