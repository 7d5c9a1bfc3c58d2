"""What has to be done later, how often it is tried, and what may be told while it waits."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol


class Kind(StrEnum):
    """Work that a line of the outbox asks for. Keep the list alphabetical."""

    EXPORT = "export"
    FIGURES = "figures"
    KEYS = "keys"
    LIST_CHECK = "list-check"
    LIST_IMPORT = "list-import"


class LineState(StrEnum):
    """How far a line has come."""

    WAITING = "waiting"
    SENT = "sent"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"


MOST_ATTEMPTS = 5
"""After so many tries nobody tries again by themselves: a person has to look."""

TRIES_AT_ONCE = 3
"""So often figures are counted whenever something asks for it, and without a line: a process is
killed for many reasons, and the next change is to be seen within seconds. From then on a line
counts the tries and waits between them."""

SILENCE = timedelta(seconds=20)
"""A worker that has not said for so long that it is at work is taken for dead."""
WORKER_LOST = "WorkerLost"
"""What is kept, as the name of an error, of a try whose process ended without a word."""

BEAT = timedelta(seconds=5)
"""How often a worker says so."""
LOST_AFTER = timedelta(seconds=30)
"""A call that no worker has answered for so long is looked for, and made again if it is gone."""

_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed tries."""
    return _PAUSES[min(attempts, len(_PAUSES)) - 1]


def state_after_failure(attempts: int) -> LineState:
    """Return what becomes of a line that has failed so often."""
    return LineState.PARKED if attempts >= MOST_ATTEMPTS else LineState.WAITING


class Wait(StrEnum):
    """Why a line waits."""

    CALL = "call"
    PAUSE = "pause"
    TURN = "turn"
    WORKER = "worker"


class Standing(Protocol):
    """What of a line tells why it waits."""

    state: LineState
    next_at: datetime
    posted_at: datetime


def why_waiting(line: Standing, now: datetime, *, is_agency_at_work: bool) -> Wait | None:
    """Return why a line waits at ``now``; None if it does not.

    ``is_agency_at_work`` says that another line of the agency has its turn. Of the work of other
    agencies nothing is told.
    """
    if line.state is LineState.SENT:
        return Wait.WORKER
    if line.state is not LineState.WAITING:
        return None
    if line.next_at > now:
        return Wait.PAUSE
    return Wait.TURN if is_agency_at_work else Wait.CALL


class Progress(NamedTuple):
    """How much of some work is done, and for how long it has been going on."""

    done: int
    total: int
    running_for: timedelta


_TELLING_SHARE = 0.1
_TELLING_TIME = timedelta(seconds=3)


def remaining(progress: Progress) -> timedelta | None:
    """Return how long the rest takes at the speed so far; None while that would be a guess."""
    done, total, running_for = progress
    if not 0 < done <= total or running_for < _TELLING_TIME or done / total < _TELLING_SHARE:
        return None
    return running_for * (total - done) / done
