"""Lines of the outbox: posted with an act, taken up by one worker, done, tried again or parked.

Whoever works on a line holds its fence; a worker that was given up and wakes again finds a newer
one, and what it wanted to write is rolled back. Moments are the database's own: they tell whether
a worker lives, and no deadline hangs on them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.outbox import WORKER_LOST, Kind, LineState, pause_after, state_after_failure
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError
from app.persistence.clock import moment_now
from app.persistence.database import db
from app.persistence.models import AuditEvent, OutboxLine
from app.persistence.tenancy import tenant_in_scope
from app.persistence.unit_of_work import POSTED
from app.services.record import record_act


class OvertakenError(Exception):
    """The line has been given to another worker meanwhile: this one's work may not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A line in the hands of a worker."""

    id: UUID
    kind: Kind
    subject_id: UUID | None
    year: int | None
    attempts: int
    fence: int
    is_long: bool = False

    @property
    def subject(self) -> UUID:
        """The row that the line is about."""
        if self.subject_id is None:
            raise ValueError(f"line {self.id} is about no row")
        return self.subject_id


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed try: of what, and whether it was the last one."""

    subject_id: UUID | None
    is_parked: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """What became of a line whose worker was lost, and of what kind it is."""

    kind: Kind
    failure: Failure


def post(
    kind: Kind, *, subject_id: UUID | None = None, year: int | None = None, is_long: bool = False
) -> None:
    """Ask for work, in the transaction of the act that makes it necessary.

    What is asked for already and not begun is asked for once; what was parked gets a new chance.
    What ``is_long`` is so from the start; of other work it is found out by doing it.
    The row that stands is locked, so that no worker begins before this transaction has ended.
    """
    was_parked = OutboxLine.state == LineState.PARKED
    db.session.execute(
        insert(OutboxLine).on_conflict_do_update(
            index_elements=_WHAT_IS_ASKED,
            index_where=OutboxLine.state.in_(_ASKED),
            set_={
                "attempts": case((was_parked, 0), else_=OutboxLine.attempts),
                "next_at": case((was_parked, func.now()), else_=OutboxLine.next_at),
                "parked_at": None,
                "state": case((was_parked, LineState.WAITING.value), else_=OutboxLine.state),
            },
        ),
        {**_asked_for(kind, subject_id=subject_id, year=year), "is_long": is_long},
    )
    _let_others_be_sent()


def note_failed(kind: Kind, error: str, *, year: int, tries: int = 1) -> None:
    """Ask for work anew that was tried without a line, and failed: from now on it has one.

    It has been tried ``tries`` times already. What stands there goes on as it is, or is gone on
    with at this moment: failing once more earns it no new chance.
    """
    if _is_under_way(kind, year):
        return
    pause = pause_after(1)
    db.session.execute(
        insert(OutboxLine).on_conflict_do_nothing(
            index_elements=_WHAT_IS_ASKED, index_where=OutboxLine.state.in_(_ASKED)
        ),
        {
            **_asked_for(kind, year=year),
            "attempts": tries,
            "last_error": error,
            "next_at": moment_now() + pause,
        },
    )


def _is_under_way(kind: Kind, year: int) -> bool:
    running = select(OutboxLine.id).where(
        OutboxLine.kind == kind, OutboxLine.year == year, OutboxLine.state == LineState.RUNNING
    )
    return db.session.scalar(running.limit(1)) is not None


def settle_failed(kind: Kind, *, year: int) -> None:
    """Note that what was to be tried again has been done otherwise."""
    db.session.execute(
        update(OutboxLine)
        .where(
            OutboxLine.kind == kind,
            OutboxLine.year == year,
            OutboxLine.state.in_((LineState.WAITING, LineState.PARKED)),
        )
        .values(state=LineState.DONE, done_at=func.clock_timestamp(), parked_at=None)
        .execution_options(synchronize_session=False)
    )


def _asked_for(
    kind: Kind, *, subject_id: UUID | None = None, year: int | None = None
) -> dict[str, Any]:
    province_id, tenant_id = tenant_in_scope()
    return {
        "province_id": province_id,
        "tenant_id": tenant_id,
        "id": new_id(),
        "kind": kind,
        "subject_id": subject_id,
        "year": year,
    }


_WHAT_IS_ASKED = ("province_id", "tenant_id", "kind", "subject_id", "year")
_ASKED = (LineState.WAITING, LineState.SENT, LineState.PARKED)


def _let_others_be_sent() -> None:
    """Have the dispatcher called once this is committed: something may be due."""
    db.session().info[POSTED] = True


def take_up(line_id: UUID) -> Taken | None:
    """Claim a line for the caller; None if it is done, parked, not due or in other hands."""
    is_due = and_(OutboxLine.state == LineState.WAITING, OutboxLine.next_at <= func.now())
    # What comes to its next turn, rather than to its next try.
    goes_on = OutboxLine.attempts == 0
    begins = func.clock_timestamp()
    found = db.session.execute(
        _change(line_id, or_(OutboxLine.state == LineState.SENT, is_due))
        .values(
            state=LineState.RUNNING,
            attempts=OutboxLine.attempts + 1,
            fence=OutboxLine.fence + 1,
            begun_at=case((and_(goes_on, OutboxLine.total > 0), OutboxLine.begun_at), else_=begins),
            alive_at=func.clock_timestamp(),
            done=case((goes_on, OutboxLine.done), else_=0),
            total=case((goes_on, OutboxLine.total), else_=0),
        )
        .returning(
            OutboxLine.id,
            OutboxLine.kind,
            OutboxLine.subject_id,
            OutboxLine.year,
            OutboxLine.attempts,
            OutboxLine.fence,
            OutboxLine.is_long,
        )
    ).mappings()
    row = found.one_or_none()
    return None if row is None else Taken(**row)


def say_alive(taken: Taken) -> None:
    """Say that a worker is at it; raise ``OvertakenError`` if it has been given up."""
    _write(taken, alive_at=func.clock_timestamp())


def tell(taken: Taken, done: int, total: int) -> None:
    """Say how much is done; raise ``OvertakenError`` if the worker has been given up."""
    _write(taken, done=done, total=total, alive_at=func.clock_timestamp())


def finish(taken: Taken) -> None:
    """Note that a line is done, in the transaction of its effect.

    Raises ``OvertakenError`` if the worker has been given up: its effect goes with it.
    """
    _write(taken, state=LineState.DONE, done_at=func.clock_timestamp(), last_error="")
    _let_others_be_sent()


def go_on_later(taken: Taken) -> None:
    """Let others have their turn: something is done, and the rest is done in the next."""
    _wait_again(taken, attempts=0, last_error="")


def hand_on(taken: Taken) -> None:
    """Give a line that took longer than its turn to whoever does what takes long; no try lost."""
    _wait_again(taken, is_long=True, attempts=OutboxLine.attempts - 1, done=0, total=0)


def _wait_again(taken: Taken, **values: Any) -> None:
    if _is_asked_again(taken):
        # The same has been asked for since this began: that line does it.
        values = {"state": LineState.DONE, "done_at": func.clock_timestamp()}
    else:
        values |= {"state": LineState.WAITING, "next_at": func.clock_timestamp()}
    _write(taken, **values)
    _let_others_be_sent()


def put_back(taken: Taken, error: str) -> bool:
    """Note a failed try and the name of its error; return whether the line is parked now."""
    mine = _running(taken.id, OutboxLine.fence == taken.fence).with_for_update()
    failure = _give_up(mine, error)
    if failure is None:
        raise OvertakenError(taken.id)
    return failure.is_parked


def recall(line_id: UUID, silence: timedelta) -> Failure | None:
    """Take a line from a worker that has fallen silent; None if it has not.

    The silence counts as a failed try: work that kills its worker would otherwise never end.
    """
    is_silent = OutboxLine.alive_at <= func.clock_timestamp() - silence
    # A worker that stands still in the middle of a transaction must not hold up the sweeper.
    lost = _running(line_id, is_silent).with_for_update(skip_locked=True)
    return _give_up(lost, WORKER_LOST)


def take_from(
    line_id: UUID, fence: int, error: str, *, become_long: Collection[Kind] = ()
) -> Lost | None:
    """Take a line from a process that is no more; None if it is in other hands already.

    One of a kind that is to ``become_long`` has taken too long for a turn, and is long work now.
    """
    lost = _running(line_id, OutboxLine.fence == fence).with_for_update(skip_locked=True)
    line = db.session.scalars(lost).one_or_none()
    if line is None:
        return None
    line.is_long = line.is_long or line.kind in become_long
    db.session.flush()
    failure = _give_up(lost, error)
    return Lost(line.kind, failure) if failure is not None else None


def _running(line_id: UUID, condition: Any) -> Select[OutboxLine]:
    return (
        select(OutboxLine)
        .where(OutboxLine.id == line_id, OutboxLine.state == LineState.RUNNING, condition)
        .execution_options(populate_existing=True)
    )


def _give_up(which: Select[OutboxLine], error: str) -> Failure | None:
    line = db.session.scalars(which).one_or_none()
    if line is None:
        return None
    _let_others_be_sent()
    if _is_asked_again(line):
        # The same has been asked for since this began: that line does it.
        db.session.delete(line)
        return Failure(line.subject_id, is_parked=False)
    line.state, line.last_error = state_after_failure(line.attempts), error
    if line.state is LineState.PARKED:
        line.parked_at = func.clock_timestamp()
    else:
        line.next_at = func.clock_timestamp() + pause_after(line.attempts)
    db.session.flush()
    return Failure(line.subject_id, is_parked=line.state is LineState.PARKED)


def _is_asked_again(line: OutboxLine | Taken) -> bool:
    twin = select(OutboxLine.id).where(
        OutboxLine.kind == line.kind,
        OutboxLine.subject_id.is_not_distinct_from(line.subject_id),
        OutboxLine.year.is_not_distinct_from(line.year),
        OutboxLine.state.in_(_ASKED),
    )
    return db.session.scalars(twin).first() is not None


def call_again(line_id: UUID, patience: timedelta) -> bool:
    """Let a line be sent anew whose call nobody answered; return whether it was such a one."""
    is_lost = OutboxLine.sent_at <= func.clock_timestamp() - patience
    return _is_changed(
        line_id, and_(OutboxLine.state == LineState.SENT, is_lost), state=LineState.WAITING
    )


def retry(line_id: UUID, *, by: Actor) -> None:
    """Give a parked line a new chance; raise ``MissingError`` if it is not one of ours."""
    by.require(Permission.JOB_MANAGE)
    facts = _revive(line_id)
    record_act(Act.JOB_RETRIED, by=by, object_kind="job", object_id=line_id, **facts)


def retry_by_operator(line_id: UUID, *, by_name: str) -> None:
    """Give a parked line a new chance on the word of whoever keeps the house running."""
    facts = _revive(line_id)
    db.session.add(
        AuditEvent(
            act=Act.JOB_RETRIED,
            actor_name=by_name,
            object_kind="job",
            object_id=line_id,
            facts=facts,
        )
    )


def _revive(line_id: UUID) -> dict[str, str]:
    """Let a parked line wait again; return what goes on record about it."""
    line = db.session.scalars(
        select(OutboxLine)
        .where(OutboxLine.id == line_id, OutboxLine.state == LineState.PARKED)
        .with_for_update()
    ).one_or_none()
    if line is None:
        raise MissingError(line_id)
    line.state, line.attempts, line.parked_at = LineState.WAITING, 0, None
    line.next_at = func.now()
    _let_others_be_sent()
    return {"kind": line.kind.value, "error": line.last_error}


def forget_done(kept_for: timedelta) -> int:
    """Forget lines of the agency in scope that were done long ago; return how many."""
    forgotten = db.session.execute(
        delete(OutboxLine)
        .where(OutboxLine.done_at < func.now() - kept_for)
        .returning(OutboxLine.id)
        .execution_options(synchronize_session=False)
    )
    return len(forgotten.all())


def _write(taken: Taken, **values: Any) -> None:
    is_mine = and_(OutboxLine.state == LineState.RUNNING, OutboxLine.fence == taken.fence)
    if not _is_changed(taken.id, is_mine, **values):
        raise OvertakenError(taken.id)


def _is_changed(line_id: UUID, condition: Any, **values: Any) -> bool:
    changed = db.session.execute(
        _change(line_id, condition).values(**values).returning(OutboxLine.id)
    )
    return changed.scalar_one_or_none() is not None


def _change(line_id: UUID, condition: Any) -> Any:
    return (
        update(OutboxLine)
        .where(OutboxLine.id == line_id, condition)
        .execution_options(synchronize_session=False)
    )
