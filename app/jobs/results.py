"""Recomputing figures: the job, who wakes it, and the sweeper for wake-ups that were lost.

Marks say what is to be recomputed, and need no line of the outbox. Should a recomputation fail, it
gets one: it is then tried again with longer and longer pauses, and shown to a person in the end.
"""

import logging
import time
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError

from app.config import Config
from app.domain.outbox import TRIES_AT_ONCE, WORKER_LOST, Kind
from app.domain.tenants import TenantKey
from app.jobs.calls import call, let_others_call
from app.jobs.lines import Effect, Handler
from app.jobs.pulse import PULSE, InHand
from app.jobs.queues import QueueName, connect, open_queue
from app.persistence.queries.results import overdue_rollups
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import Taken, note_failed, settle_failed
from app.services.results import note_try, recompute_result


log = logging.getLogger(__name__)

JOB_SECONDS = 60

_MANY = 10
"""So many figures out of date are one job's work: a process for each would take longer."""
_TURN_SECONDS = 5.0
_DRAIN = "rollup:drain"


def recompute(province_id: int, tenant_id: str, year: int) -> None:
    """Recompute one agency's figures of one year. Safe to run twice, late or beside another."""
    key = TenantKey(province_id, UUID(tenant_id))
    with tenant_scope(key), unit_of_work():
        recompute_result(year)


class RollupWaker:
    """Wakes a worker for figures out of date; a Redis that is down is no reason to fail."""

    def __init__(self, redis_url: str) -> None:
        self.connection: Redis = connect(redis_url)

    def __call__(self, marked: Collection[tuple[TenantKey, int]]) -> None:
        """Put one job on the queue for each agency and year that has none waiting."""
        for key, year in marked:
            try:
                self._wake(key, year)
            except RedisError as error:
                # The marks stay in the database, and the sweeper wakes a worker later.
                log.warning("figures of %s will be late: %s", key.tenant_id, error)
                return

    def call_drain(self) -> None:
        """Put one job on the queue that recomputes whatever is out of date, unless one waits."""
        try:
            call(open_queue(QueueName.ROLLUP, self.connection), _DRAIN, drain, seconds=JOB_SECONDS)
        except RedisError as error:
            log.warning("figures will be late: %s", error)

    def _wake(self, key: TenantKey, year: int) -> None:
        call(
            open_queue(QueueName.ROLLUP, self.connection),
            _pending(key, year),
            wake_up,
            key.province_id,
            str(key.tenant_id),
            year,
            seconds=JOB_SECONDS,
        )


def wake_up(province_id: int, tenant_id: str, year: int) -> None:
    """Answer a wake-up call: let the next change call again, then recompute, and catch up.

    The key goes before the marks are taken. In the other order, a change that comes in between
    would find the key, call nobody, and wait for the sweeper. Whoever else waits is counted too:
    while hundreds of agencies decide at once, a process for each would cost several times as much
    as the counting, and their calls would wait behind each other.
    """
    key = TenantKey(province_id, UUID(tenant_id))
    let_others_call(_pending(key, year))
    _count(key, year)
    drain_for(seconds=_TURN_SECONDS)


def _count(key: TenantKey, year: int) -> None:
    """Recompute figures; if that fails, have it tried again later and leave others alone."""
    PULSE.take_in_hand(InHand(key.province_id, str(key.tenant_id), year))
    with tenant_scope(key):
        if not _may_be_tried(year):
            return
        try:
            with unit_of_work():
                if recompute_result(year):
                    settle_failed(Kind.FIGURES, year=year)
        except Exception as error:
            log.exception("figures of %s, %s, could not be counted", key.tenant_id, year)
            with unit_of_work():
                note_failed(Kind.FIGURES, type(error).__name__, year=year)


def _may_be_tried(year: int) -> bool:
    """Note the try before it begins; leave to a line what has ended one process after another."""
    with unit_of_work():
        tries = note_try(year)
        if tries is not None and tries > TRIES_AT_ONCE:
            note_failed(Kind.FIGURES, WORKER_LOST, year=year, tries=TRIES_AT_ONCE)
    return tries is not None and tries <= TRIES_AT_ONCE


def count_again(taken: Taken) -> Effect:
    """Return what recomputes the figures that a line is about."""
    if taken.year is None:
        raise ValueError(f"line {taken.id} is about no year")
    return partial(recompute_result, taken.year)


FIGURES = Handler(queue=QueueName.ROLLUP, seconds=JOB_SECONDS, prepare=count_again)


def drain() -> None:
    """Recompute whatever is out of date for one turn, and call for the next if there is more.

    The turn is short, and the next one goes to the end of the queue: who has changed one dossier
    meanwhile does not wait for the fifty thousand of a list that somebody brought in.
    """
    let_others_call(_DRAIN)
    if drain_for(seconds=_TURN_SECONDS):
        config: Config = current_app.extensions["bangvang"]
        RollupWaker(config.redis_url).call_drain()


def drain_for(*, seconds: float) -> bool:
    """Recompute figures for so long, the oldest first; return whether there are more."""
    end = time.monotonic() + seconds
    with unit_of_work():
        overdue = overdue_rollups(timedelta(0))
    for key, year, _ in overdue:
        if time.monotonic() >= end:
            return True
        _count(key, year)
    return False


def _pending(key: TenantKey, year: int) -> str:
    return f"rollup:{key.province_id}:{key.tenant_id}:{year}"


def sweep(waker: RollupWaker, *, patience: timedelta) -> int:
    """Wake workers for every mark older than ``patience``; return for how many figures."""
    overdue = [(key, year) for key, year, _ in overdue_rollups(patience)]
    if len(overdue) > _MANY:
        waker.call_drain()
    else:
        waker(overdue)
    return len(overdue)
