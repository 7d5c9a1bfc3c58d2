"""Slots of periodic work: whoever inserts one runs it; what nobody ran stands as missed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.outbox import WORKER_LOST
from app.domain.periodic import (
    MOST_ATTEMPTS,
    PAUSE,
    SILENCE,
    Periodic,
    RunOutcome,
    due,
    newest_slot,
)
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import PeriodicRun
from app.persistence.queries.tenants import first_agency_at


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot that the caller is to run: the ``attempts``-th try of it.

    ``stood_at`` is the agency at which the try before ended.
    """

    name: Periodic
    at: datetime
    attempts: int = 1
    stood_at: UUID | None = None


def claim(name: Periodic) -> Slot | None:
    """Claim the slot that is due, or one that was left in the middle; None if there is neither.

    Slots between the last one on record and this are put down as missed. Where nothing is on record
    yet, slots count from when the first agency came: the night before that was nobody's, and each
    since then is run or missed, whenever the first ticker was started.
    """
    now = transaction_time()
    last = db.session.scalar(select(func.max(PeriodicRun.slot)).where(PeriodicRun.name == name))
    if last is None:
        last = newest_slot(name, min(first_agency_at() or now, now))
        _put(name, last, RunOutcome.FIRST)
    found = due(name, now, last)
    if found.slot is None:
        return _take_over(name, last)
    for slot in found.missed:
        _put(name, slot, RunOutcome.MISSED)
    return Slot(name, found.slot) if _put(name, found.slot, RunOutcome.RUNNING) else None


def _put(name: Periodic, slot: datetime, outcome: RunOutcome) -> bool:
    """Insert a slot; return whether nobody else had."""
    put = db.session.execute(
        insert(PeriodicRun)
        .values(
            name=name,
            slot=slot,
            outcome=outcome,
            finished_at=None if outcome is RunOutcome.RUNNING else func.now(),
        )
        .on_conflict_do_nothing()
        .returning(PeriodicRun.slot)
    )
    return put.scalar_one_or_none() is not None


def _take_over(name: Periodic, slot: datetime) -> Slot | None:
    """Take the newest slot from a run that died or failed, if it may be tried again.

    The try is counted here, before it begins. A run that died at its last one has failed.
    """
    now = func.clock_timestamp()
    is_dead = and_(PeriodicRun.outcome == RunOutcome.RUNNING, PeriodicRun.alive_at < now - SILENCE)
    has_failed = and_(PeriodicRun.outcome == RunOutcome.FAILED, PeriodicRun.alive_at < now - PAUSE)
    this = and_(PeriodicRun.name == name, PeriodicRun.slot == slot)
    taken = _change(
        and_(this, PeriodicRun.attempts < MOST_ATTEMPTS, or_(is_dead, has_failed)),
        outcome=RunOutcome.RUNNING,
        attempts=PeriodicRun.attempts + 1,
        alive_at=now,
        finished_at=None,
    )
    if taken is not None:
        return taken
    _change(and_(this, is_dead), outcome=RunOutcome.FAILED, last_error=WORKER_LOST, finished_at=now)
    return None


def say_alive(slot: Slot, at: UUID) -> bool:
    """Say that the run has come to an agency; return False when another has it by now."""
    return _write(slot, alive_at=func.clock_timestamp(), stood_at=at)


def settle(slot: Slot, *, found: int = 0, error: str = "") -> bool:
    """Note what a run found, or the name of the error that ended it."""
    return _write(
        slot,
        outcome=RunOutcome.FAILED if error else RunOutcome.DONE,
        found=found,
        last_error=error,
        alive_at=func.clock_timestamp(),
        finished_at=func.clock_timestamp(),
    )


def _write(slot: Slot, **values: object) -> bool:
    is_mine = and_(
        PeriodicRun.name == slot.name,
        PeriodicRun.slot == slot.at,
        PeriodicRun.attempts == slot.attempts,
        PeriodicRun.outcome == RunOutcome.RUNNING,
    )
    return _change(is_mine, **values) is not None


def _change(which: ColumnElement[bool], **values: object) -> Slot | None:
    changed = db.session.execute(
        update(PeriodicRun)
        .where(which)
        .values(**values)
        .returning(PeriodicRun.name, PeriodicRun.slot, PeriodicRun.attempts, PeriodicRun.stood_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if changed is None else Slot(*changed)


def forget_old_runs(kept_for: timedelta) -> int:
    """Forget slots that began long ago; return how many."""
    forgotten = db.session.execute(
        delete(PeriodicRun)
        .where(PeriodicRun.slot < func.now() - kept_for)
        .returning(PeriodicRun.slot)
        .execution_options(synchronize_session=False)
    )
    return len(forgotten.all())
