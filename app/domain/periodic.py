"""What is done every day at its hour, and which of its slots are due or were missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.domain.deadlines import VIETNAM


class Periodic(StrEnum):
    """Work that is done once a day. Keep the list alphabetical."""

    PURGE = "purge"
    RECONCILE = "reconcile"
    RELEASE_REVIEWS = "release-reviews"
    VERIFY_CHAINS = "verify-chains"


HOURS = {
    Periodic.RELEASE_REVIEWS: time(1),
    Periodic.RECONCILE: time(2),
    Periodic.VERIFY_CHAINS: time(3),
    Periodic.PURGE: time(4),
}
"""When a day's slot begins, in Việt Nam: while hardly anybody is at work."""

SILENCE = timedelta(minutes=5)
"""A run that has said nothing for so long is taken for dead, and another takes it over."""
PAUSE = timedelta(minutes=10)
"""How long a run that failed waits for its next try."""
MOST_ATTEMPTS = 5

_A_DAY = timedelta(days=1)
_MOST_MISSED = 400


class RunOutcome(StrEnum):
    """How a slot ended, or that it has not."""

    FIRST = "first"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Due:
    """The slot to run now, and those before it that nobody ran."""

    slot: datetime | None
    missed: Sequence[datetime] = ()


def newest_slot(what: Periodic, now: datetime) -> datetime:
    """Return the beginning of the last slot that has begun at ``now``."""
    here = now.astimezone(VIETNAM)
    begins = datetime.combine(here.date(), HOURS[what], tzinfo=VIETNAM)
    return begins if begins <= here else begins - _A_DAY


def due(what: Periodic, now: datetime, last: datetime) -> Due:
    """Return what is due at ``now``, when ``last`` is the newest slot on record.

    A slot that begins while nobody is there is run late, as long as it is the newest; those before
    it are missed: running them as well would do the same work again.
    """
    newest = newest_slot(what, now)
    if newest <= last:
        return Due(None)
    days = min((newest - last) // _A_DAY, _MOST_MISSED)
    return Due(newest, tuple(newest - back * _A_DAY for back in range(days - 1, 0, -1)))
