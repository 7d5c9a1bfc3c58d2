"""Whether an agency was in time: by how many days it is late, or how many it has left."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.deadlines import vietnam_date
from tenants.schema import DeadlineKind


class Timeliness(StrEnum):
    """How what was done, or was not, stands to its deadline."""

    AWAITED = "awaited"
    LATE = "late"
    ON_TIME = "on_time"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuality:
    """How an agency stands to one of its deadlines.

    ``days`` counts from the last day in time: how many days late or overdue, or how many are
    left; of what came in time it is 0.
    """

    kind: DeadlineKind
    timeliness: Timeliness
    last_day: date
    done_on: date | None
    days: int


def received_when(first_at: datetime | None, *, lies_there: bool) -> datetime | None:
    """Return when what was asked for was received: reports, and answers at short notice, alike.

    Received is what lies with whoever asked. What was given back has to come again: until it does,
    it is waited for and may become overdue, or nobody would ask for it. Once it is there again it
    came when it first did: whoever was in time is not late because a fault was found afterwards.
    """
    return first_at if lies_there else None


def punctuality(
    kind: DeadlineKind, last: date, *, done_at: datetime | None, now: datetime
) -> Punctuality:
    """Return how something done at ``done_at``, or not done yet, stands to its last day."""
    seen_on = vietnam_date(done_at or now)
    is_in_time = seen_on <= last
    timeliness = {
        (True, True): Timeliness.ON_TIME,
        (True, False): Timeliness.LATE,
        (False, True): Timeliness.AWAITED,
        (False, False): Timeliness.OVERDUE,
    }[done_at is not None, is_in_time]
    return Punctuality(
        kind=kind,
        timeliness=timeliness,
        last_day=last,
        done_on=vietnam_date(done_at) if done_at else None,
        days=0 if timeliness is Timeliness.ON_TIME else abs((seen_on - last).days),
    )
