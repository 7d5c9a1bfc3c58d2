"""When work that nobody waits for is late enough for somebody to look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.periodic import Periodic, RunOutcome


LATE_AFTER = timedelta(minutes=5)
"""How old what is due may be: workers, sweeper or Redis have then been away for a while."""
FORGOTTEN_AFTER = timedelta(hours=26)
"""How old the newest slot may be: the ticker has then been away for a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits on the whole platform: numbers and moments alone."""

    parked: int
    oldest_due: datetime | None
    oldest_mark: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The newest slot of periodic work, and whether the one before it was missed.

    It is silent when its process has died, and nobody has taken it over yet.
    """

    name: Periodic
    slot: datetime
    outcome: RunOutcome
    found: int
    is_silent: bool
    is_after_missed: bool


def problems(backlog: Backlog, runs: Sequence[Run], now: datetime) -> dict[str, str]:
    """Return what somebody has to look at, by name; of no agency and nobody."""
    return dict([*_of_backlog(backlog, now), *_of_runs(runs, now)])


def _of_backlog(backlog: Backlog, now: datetime) -> Iterator[tuple[str, str]]:
    if backlog.parked:
        yield "parked", f"{backlog.parked} jobs have failed for good"
    for name, oldest in (("outbox", backlog.oldest_due), ("figures", backlog.oldest_mark)):
        if oldest is not None and now - oldest > LATE_AFTER:
            yield name, f"waiting since {oldest.isoformat(timespec='seconds')}"


def _of_runs(runs: Sequence[Run], now: datetime) -> Iterator[tuple[str, str]]:
    for run in runs:
        problem = _problem_of(run, now)
        if problem:
            yield run.name.value, problem


def _problem_of(run: Run, now: datetime) -> str | None:
    slot = run.slot.isoformat(timespec="minutes")
    if now - run.slot > FORGOTTEN_AFTER:
        return f"has not run since {slot}"
    if run.outcome is RunOutcome.FAILED:
        return f"failed at {slot}"
    if run.is_silent:
        return f"fell silent at {slot}"
    if run.found:
        return f"found {run.found} faults at {slot}"
    return f"was missed before {slot}" if run.is_after_missed else None
