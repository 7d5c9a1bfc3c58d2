"""Recomputing figures: the job, who wakes it, and the sweeper for wake-ups that were lost."""

import logging
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError

from app.domain.tenants import TenantKey
from app.jobs.calls import call, let_others_call
from app.jobs.queues import QueueName, connect, open_queue
from app.persistence.queries.results import overdue_rollups
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_result


log = logging.getLogger(__name__)

JOB_SECONDS = 120


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
    """Answer a wake-up call: let the next change call again, then recompute.

    The key goes before the marks are taken. In the other order, a change that comes in between
    would find the key, call nobody, and wait for the sweeper.
    """
    let_others_call(_pending(TenantKey(province_id, UUID(tenant_id)), year))
    recompute(province_id, tenant_id, year)


def _pending(key: TenantKey, year: int) -> str:
    return f"rollup:{key.province_id}:{key.tenant_id}:{year}"


def sweep(waker: RollupWaker, *, patience: timedelta) -> int:
    """Wake workers for every mark older than ``patience``; return for how many figures."""
    overdue = [(key, year) for key, year, _ in overdue_rollups(patience)]
    waker(overdue)
    return len(overdue)
