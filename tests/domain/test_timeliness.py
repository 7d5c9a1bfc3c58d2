"""Days late are counted from the last day in time; "before the 5th" ends with the 4th."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.deadlines import VIETNAM
from app.domain.timeliness import Timeliness, punctuality
from tenants.schema import DeadlineKind


LAST_DAY = date(2026, 12, 4)
END = datetime(2026, 12, 5, tzinfo=VIETNAM)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("done_at", "now", "timeliness", "days"),
    [
        (END - SECOND, END, Timeliness.ON_TIME, 0),
        (END, END, Timeliness.LATE, 1),
        (END + timedelta(days=2), END + timedelta(days=9), Timeliness.LATE, 3),
        (None, END - SECOND, Timeliness.AWAITED, 0),
        (None, END - timedelta(days=8), Timeliness.AWAITED, 7),
        (None, END, Timeliness.OVERDUE, 1),
        (None, END + timedelta(days=4), Timeliness.OVERDUE, 5),
    ],
)
def test_standing_to_a_deadline(done_at, now, timeliness, days):
    found = punctuality(DeadlineKind.REPORT, LAST_DAY, done_at=done_at, now=now.astimezone(UTC))
    assert (found.timeliness, found.days) == (timeliness, days)
    assert found.last_day == LAST_DAY
    assert found.done_on == (done_at.date() if done_at else None)
