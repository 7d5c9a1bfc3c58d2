"""From the outbox to the queue and back: sending what is due, doing it, finding what was lost.

A message in the queue is a wake-up call that names a line. Sent twice, it finds the line taken or
done; lost, it is sent again. An agency has one line under way in a queue: whoever asks for much
waits for itself, and others come between.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError

from app.domain.outbox import LOST_AFTER, SILENCE, Kind, LineState
from app.domain.tenants import TenantKey
from app.jobs.beating import beating
from app.jobs.exports import WORKBOOK
from app.jobs.lines import Handler
from app.jobs.queues import QueueName, connect, open_queue
from app.jobs.results import FIGURES
from app.persistence.database_errors import DatabaseDownError
from app.persistence.queries.outbox import Address, stuck_lines, take_due_lines
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import (
    Failure,
    OvertakenError,
    Taken,
    call_again,
    finish,
    put_back,
    recall,
    take_up,
)


log = logging.getLogger(__name__)

HANDLERS: Mapping[Kind, Handler] = {Kind.EXPORT: WORKBOOK, Kind.FIGURES: FIGURES}

_AT_ONCE = 100
_FAILURE_SECONDS = 86_400


def run(province_id: int, tenant_id: str, line_id: str) -> None:
    """Do what a line asks for. Safe to run twice, late or beside another."""
    key = TenantKey(province_id, UUID(tenant_id))
    with tenant_scope(key):
        with unit_of_work():
            taken = take_up(UUID(line_id))
        if taken is None:
            return
        with beating(key, taken):
            try:
                _work_on(taken)
            except OvertakenError:
                log.warning("line %s has been given to another worker", taken.id)
            except Exception as error:
                log.exception("line %s failed at try %s", taken.id, taken.attempts)
                _note_failure(taken, type(error).__name__)


def _work_on(taken: Taken) -> None:
    effect = HANDLERS[taken.kind].prepare(taken)
    with unit_of_work():
        effect()
        finish(taken)


def _note_failure(taken: Taken, error: str) -> None:
    with unit_of_work():
        _tell_failure(taken.kind, Failure(taken.subject_id, put_back(taken, error)))


def _tell_failure(kind: Kind, failure: Failure) -> None:
    tell = HANDLERS[kind].failed
    if tell is not None and failure.subject_id is not None:
        tell(failure.subject_id, failure.is_parked)


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
        kinds = [kind for kind, handler in HANDLERS.items() if handler.queue is queue]
        if not kinds:
            return
        with unit_of_work():
            # Rolled back when Redis fails in the middle: what it has got by then is harmless.
            for line in take_due_lines(kinds, _AT_ONCE):
                self._send(line)

    def _send(self, line: Address) -> None:
        handler = HANDLERS[line.kind]
        open_queue(handler.queue, self.connection).enqueue(
            run,
            line.tenant.province_id,
            str(line.tenant.tenant_id),
            str(line.line_id),
            job_id=str(line.line_id),
            job_timeout=handler.seconds,
            result_ttl=0,
            failure_ttl=_FAILURE_SECONDS,
        )

    def has(self, line: Address) -> bool:
        """Tell whether the call for a line is still in its queue."""
        queue = open_queue(HANDLERS[line.kind].queue, self.connection)
        return queue.get_job_position(str(line.line_id)) is not None


def sweep_outbox(
    dispatcher: Dispatcher, *, silence: timedelta = SILENCE, patience: timedelta = LOST_AFTER
) -> int:
    """Give what was lost another chance and send what is due; return how much was lost."""
    with unit_of_work():
        stuck = stuck_lines(silence, patience)
    try:
        found = [_free(line, dispatcher, silence, patience) for line in stuck]
    except RedisError as error:
        log.warning("what was sent cannot be looked for: %s", type(error).__name__)
        return 0
    dispatcher()
    return sum(found)


def _free(line: Address, dispatcher: Dispatcher, silence: timedelta, patience: timedelta) -> bool:
    if line.state is LineState.SENT and dispatcher.has(line):
        return False
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
