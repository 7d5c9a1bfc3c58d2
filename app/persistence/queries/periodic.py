"""Questions about the night: which slots there were, and what they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select, text

from app.domain.alarms import AlarmKind
from app.domain.jobs_health import Backlog, Run
from app.domain.periodic import SILENCE, Periodic, RunOutcome
from app.persistence.clock import moment_now
from app.persistence.database import db
from app.persistence.models import Alarm, PeriodicRun, RollupMark, Tenant


_SHOWN = 20


def newest_runs() -> Sequence[Run]:
    """Return the newest slot of each kind of periodic work that has one."""
    return [run for name in Periodic if (run := _newest(name)) is not None]


def last_reconciled() -> datetime | None:
    """Return the newest night in which all figures were held against the dossiers."""
    return db.session.scalar(
        select(func.max(PeriodicRun.slot)).where(
            PeriodicRun.name == Periodic.RECONCILE, PeriodicRun.outcome == RunOutcome.DONE
        )
    )


def _newest(name: Periodic) -> Run | None:
    rows = db.session.scalars(
        select(PeriodicRun)
        .where(PeriodicRun.name == name)
        .order_by(PeriodicRun.slot.desc())
        .limit(2)
    ).all()
    if not rows:
        return None
    newest, before = rows[0], rows[1:]
    return Run(
        name=name,
        slot=newest.slot,
        outcome=newest.outcome,
        found=newest.found,
        is_silent=newest.outcome is RunOutcome.RUNNING and moment_now() - newest.alive_at > SILENCE,
        is_after_missed=any(one.outcome is RunOutcome.MISSED for one in before),
    )


def count_backlog() -> Backlog:
    """Return what waits on the whole platform."""
    parked, oldest_due, oldest_mark = db.session.execute(
        text("SELECT parked, oldest_due, oldest_mark FROM jobs_health()")
    ).one()
    return Backlog(parked=parked, oldest_due=oldest_due, oldest_mark=oldest_mark)


@dataclass(frozen=True, slots=True)
class RaisedAlarm:
    """An alarm and the agency that it is about."""

    alarm: Alarm
    agency: Tenant


def recent_alarms() -> Sequence[RaisedAlarm]:
    """Return what was found wrong with the agency in scope and those below it, newest first."""
    rows = db.session.execute(
        select(Alarm, Tenant)
        .join(Tenant, Tenant.id == Alarm.tenant_id)
        .order_by(Alarm.raised_at.desc(), Alarm.id.desc())
        .limit(_SHOWN)
    )
    return [RaisedAlarm(alarm, agency) for alarm, agency in rows]


def alarms_in_hand(year: int) -> frozenset[tuple[UUID, AlarmKind]]:
    """Return who was told, here or below, of what a worker has yet to compute again.

    An alarm and the mark that asks for the figures come of one transaction, and of one moment.
    """
    waits = and_(
        RollupMark.tenant_id == Alarm.tenant_id,
        RollupMark.year == Alarm.year,
        RollupMark.marked_at == Alarm.raised_at,
    )
    rows = db.session.execute(
        select(Alarm.tenant_id, Alarm.kind).join(RollupMark, waits).where(Alarm.year == year)
    )
    return frozenset((agency, kind) for agency, kind in rows)
