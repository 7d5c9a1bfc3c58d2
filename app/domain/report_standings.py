"""How a report stands to its dates: told once, for every page, list and workbook alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.deadlines import vietnam_date
from app.domain.reports import (
    RECEIVED,
    Counting,
    Expectation,
    ReportState,
    ReportTimeliness,
    last_day_before,
    lies_above,
)
from app.domain.timeliness import received_when


AWAITED = frozenset({ReportTimeliness.AWAITED, ReportTimeliness.EXTENDED, ReportTimeliness.OVERDUE})
"""How a report that has not come stands, and will not be done without."""

LATE = frozenset({ReportTimeliness.LATE_EXTENDED, ReportTimeliness.LATE, ReportTimeliness.OVERDUE})
"""How a report that came, or will come, after its due date stands."""


class ReportPick(StrEnum):
    """Which of the expected reports are counted, and listed, together."""

    EXPECTED = "expected"
    RECEIVED = "received"
    CAME_LATE = "came-late"
    NOT_RECEIVED = "not-received"


PICKS: Mapping[str, frozenset[ReportTimeliness]] = {
    ReportPick.EXPECTED: frozenset(ReportTimeliness),
    ReportPick.RECEIVED: RECEIVED,
    ReportPick.CAME_LATE: RECEIVED & LATE,
    ReportPick.NOT_RECEIVED: AWAITED,
    **{one: frozenset({one}) for one in ReportTimeliness},
}
"""What each of them holds, and each way for itself in which a report may stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStanding:
    """How a report stands to its frozen due date and to the time that was granted.

    ``days_over`` counts from the last day that binds it: how many days it is late or overdue, or
    below zero how many are left; of what came in time, or was waived, it is 0.
    """

    timeliness: ReportTimeliness
    last_day: date
    extended_until: date | None
    received_on: date | None
    days_over: int

    @property
    def days_late(self) -> int:
        """How many days it is late or overdue."""
        return self.days_over if self.timeliness in LATE else 0


def report_standing(
    expected: Expectation,
    state: ReportState,
    first_at: datetime | None,
    now: datetime,
    *,
    counts: Counting,
) -> ReportStanding:
    """Return how a report that is expected stands, by where it is and when it first came."""
    received_at = received_when(first_at, lies_there=lies_above(state, counts))
    timeliness = expected.timeliness(received_at, now, is_waived=state is ReportState.WAIVED)
    extended = expected.extended_when(received_at) if received_at else expected.extended_to
    return ReportStanding(
        timeliness=timeliness,
        last_day=expected.last_day,
        extended_until=last_day_before(extended) if extended else None,
        received_on=vietnam_date(received_at) if received_at else None,
        days_over=_days_over(expected, timeliness, received_at or now),
    )


def _days_over(expected: Expectation, timeliness: ReportTimeliness, seen_at: datetime) -> int:
    if timeliness in AWAITED:
        return -expected.days_left(seen_at)
    if timeliness is ReportTimeliness.LATE_EXTENDED:
        return (vietnam_date(seen_at) - expected.last_day).days
    if timeliness is ReportTimeliness.LATE:
        bound = max(expected.due_at, expected.extended_when(seen_at) or expected.due_at)
        return (vietnam_date(seen_at) - last_day_before(bound)).days
    return 0
