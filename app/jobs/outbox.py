"""From the outbox to the queue and back: sending what is due, doing it, finding what was lost.

A message in the queue is a wake-up call that names a line. Sent twice, it finds the line taken or
done; lost, it is sent again. An agency has one line under way in a queue: whoever asks for much
waits for itself, and others come between.

What is short and what is long is found out by doing it (``app.jobs.queues``).
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError

from app.domain.ids import new_id
from app.domain.outbox import LOST_AFTER, SILENCE, WORKER_LOST, Kind, LineState
from app.domain.tenants import TenantKey
from app.jobs.beating import beating
from app.jobs.exports import WORKBOOK
from app.jobs.keys import KEYS
from app.jobs.lines import Handler, TurnOverError
from app.jobs.pulse import PULSE, InHand, Trouble
from app.jobs.queues import QueueName, connect, open_queue
from app.jobs.results import FIGURES
from app.jobs.rosters import CHECK, IMPORT
from app.persistence.database_errors import DatabaseDownError
from app.persistence.queries.outbox import Address, stuck_lines, take_due_lines
from app.persistence.roles import forget_connections
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import (
    Failure,
    OvertakenError,
    Taken,
    call_again,
    finish,
    go_on_later,
    hand_on,
    note_failed,
    put_back,
    recall,
    take_from,
    take_up,
)


log = logging.getLogger(__name__)

HANDLERS: Mapping[Kind, Handler] = {
    Kind.EXPORT: WORKBOOK,
    Kind.FIGURES: FIGURES,
    Kind.KEYS: KEYS,
    Kind.LIST_CHECK: CHECK,
    Kind.LIST_IMPORT: IMPORT,
}

_AT_ONCE = 100
_NO_LIMIT = -1
_MOST_SECONDS = 60.0
"""How long a try of short work may take, should it not keep to its turn: it then is long."""
_FAILURE_SECONDS = 86_400


def run(province_id: int, tenant_id: str, line_id: str) -> None:
    """Do what a line asks for. Safe to run twice, late or beside another."""
    key = TenantKey(province_id, UUID(tenant_id))
    with tenant_scope(key):
        with unit_of_work():
            taken = take_up(UUID(line_id))
        if taken is None:
            return
        PULSE.take_in_hand(
            InHand(province_id, tenant_id, taken.year, line_id, taken.fence, _limit_of(taken))
        )
        with beating(key, taken):
            try:
                _work_on(taken)
            except OvertakenError:
                log.warning("line %s has been given to another worker", taken.id)
            except Exception as error:
                log.exception("line %s failed at try %s", taken.id, taken.attempts)
                _note_failure(taken, type(error).__name__)


def _limit_of(taken: Taken) -> float:
    handler = HANDLERS[taken.kind]
    is_short = handler.queue is QueueName.SHORT and not taken.is_long
    return _MOST_SECONDS if is_short else handler.seconds


def _work_on(taken: Taken) -> None:
    handler = HANDLERS[taken.kind]
    try:
        effect = handler.prepare(taken)
    except TurnOverError:
        with unit_of_work():
            hand_on(taken)
            _tell_failure(taken.kind, Failure(taken.subject_id, is_parked=False))
        return
    with unit_of_work():
        if effect is None:
            go_on_later(taken)
        else:
            effect()
            finish(taken)


def _note_failure(taken: Taken, error: str) -> None:
    with unit_of_work():
        _tell_failure(taken.kind, Failure(taken.subject_id, put_back(taken, error)))


def _tell_failure(kind: Kind, failure: Failure) -> None:
    tell = HANDLERS[kind].failed
    if tell is not None and failure.subject_id is not None:
        tell(failure.subject_id, failure.is_parked)


def give_back(what: InHand | None, trouble: Trouble | None) -> None:
    """Note that the process that had something in hand has not ended by itself.

    A line is tried again at once, and not when its worker has been silent for long enough. Figures
    are counted again because of their marks, unless counting them is what did not get on.
    """
    if what is None:
        return
    error = trouble.value if trouble else WORKER_LOST
    try:
        with tenant_scope(what.tenant), unit_of_work():
            if what.line_id is not None:
                _give_back(UUID(what.line_id), what.fence, error, trouble)
            elif trouble and what.year is not None:
                note_failed(Kind.FIGURES, error, year=what.year)
    except DatabaseDownError as down:
        # The line falls silent, and the sweeper finds it.
        log.warning("what was in hand is given back later: %s", down.orig)
    finally:
        # The next job is done in a process of its own, which must not share a connection with us.
        forget_connections()


def _give_back(line_id: UUID, fence: int, error: str, trouble: Trouble | None) -> None:
    of_short = {kind for kind, handler in HANDLERS.items() if handler.queue is QueueName.SHORT}
    become_long = of_short if trouble is Trouble.LATE else set()
    found = take_from(line_id, fence, error, become_long=become_long)
    if found is not None:
        _tell_failure(found.kind, found.failure)


class Dispatcher:
    """Sends what is due; a Redis that is down is no reason to fail."""

    def __init__(self, redis_url: str) -> None:
        self.connection: Redis = connect(redis_url)

    def __call__(self) -> bool:
        """Send one due line of each agency and queue; return whether everything answered."""
        try:
            for queue in QueueName:
                self._serve(queue)
        except (RedisError, DatabaseDownError) as error:
            # The lines stay in the database, and the sweeper sends them later.
            log.warning("what is to be done will be late: %s", type(error).__name__)
            return False
        return True

    def _serve(self, queue: QueueName) -> None:
        is_long = queue is QueueName.LONG
        kinds = [kind for kind, handler in HANDLERS.items() if is_long or handler.queue is queue]
        with unit_of_work():
            # Rolled back when Redis fails in the middle: what it has got by then is harmless.
            for line in take_due_lines(kinds, _AT_ONCE, is_long=is_long):
                self._send(line)

    def _send(self, line: Address) -> None:
        open_queue(_queue_of(line), self.connection).enqueue(
            run,
            line.tenant.province_id,
            str(line.tenant.tenant_id),
            str(line.line_id),
            # Each call has a name of its own: a line that goes on in its next turn calls while its
            # last job is still ending, and RQ then forgets that one by its name.
            job_id=f"{line.line_id}_{new_id().hex}",
            # RQ would interrupt it in the middle of a statement: its worker ends it (``pulse``).
            job_timeout=_NO_LIMIT,
            result_ttl=0,
            failure_ttl=_FAILURE_SECONDS,
        )

    def called(self) -> Collection[UUID]:
        """Return the lines whose calls are still in a queue."""
        queues = [open_queue(name, self.connection) for name in QueueName]
        return {
            UUID(line_id)
            for queue in queues
            for job_id in queue.get_job_ids()
            if (line_id := job_id.partition("_")[0]) != job_id
        }


def _queue_of(line: Address) -> QueueName:
    return QueueName.LONG if line.is_long else HANDLERS[line.kind].queue


def sweep_outbox(
    dispatcher: Dispatcher, *, silence: timedelta = SILENCE, patience: timedelta = LOST_AFTER
) -> int:
    """Give what was lost another chance and send what is due; return how much was lost."""
    with unit_of_work():
        stuck = stuck_lines(silence, patience)
    silent = [line for line in stuck if line.state is LineState.RUNNING]
    uncalled = _uncalled([line for line in stuck if line.state is LineState.SENT], dispatcher)
    found = [_free(line, silence, patience) for line in (*silent, *uncalled)]
    dispatcher()
    return sum(found)


def _uncalled(sent: Sequence[Address], dispatcher: Dispatcher) -> Sequence[Address]:
    """Return lines that were sent and whose calls are in no queue any more."""
    try:
        called = dispatcher.called() if sent else ()
    except RedisError as error:
        log.warning("what was sent cannot be looked for: %s", type(error).__name__)
        return ()
    return [line for line in sent if line.line_id not in called]


def _free(line: Address, silence: timedelta, patience: timedelta) -> bool:
    with tenant_scope(line.tenant), unit_of_work():
        if line.state is LineState.SENT:
            return call_again(line.line_id, patience)
        return _recall(line, silence)


def _recall(line: Address, silence: timedelta) -> bool:
    found = recall(line.line_id, silence)
    if found is None:
        return False
    _tell_failure(line.kind, found)
    return True
