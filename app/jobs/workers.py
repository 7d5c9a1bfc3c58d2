"""A worker process that is at work again soon after Redis is, and ends jobs that stand still."""

import logging
import time
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from app.jobs.outbox import give_back
from app.jobs.pulse import PULSE, Trouble, keep_beating
from app.jobs.queues import QueueName, open_queue


log = logging.getLogger(__name__)

# RQ looks for abandoned jobs only between two waits, and waits for worker_ttl - 15 seconds.
_WORKER_SECONDS = 60
_MAINTENANCE_SECONDS = 30
_MONITORING_SECONDS = 5
_PAUSE_SECONDS = 1.0
_CONNECT_SECONDS = 2.0


class SteadyWorker(Worker):
    """Asks for a lost Redis every second or two, and watches the process that does its job.

    RQ would wait twice as long each time, up to a minute: as long again as Redis was away. And it
    would wait for a process that hangs until a minute after the job's limit.
    """

    max_connection_wait_time = 2.0
    _trouble: Trouble | None = None

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Watch the process of a job from before it is forked."""
        self._trouble = None
        PULSE.begin()
        super().execute_job(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Do a job in the process that was forked for it."""
        keep_beating()
        super().main_work_horse(job, queue)

    def maintain_heartbeats(self, job: Job, execution: Any) -> None:
        """Look after the process every few seconds, and end it when it does not get on."""
        self._trouble = PULSE.trouble()
        if self._trouble is not None:
            log.error("process %s is ended: %s", self.horse_pid, self._trouble.value)
            self.kill_horse()
        super().maintain_heartbeats(job, execution)

    def handle_work_horse_killed(self, job: Job, *how: Any) -> None:
        """Give back what a process had in hand that did not end by itself."""
        super().handle_work_horse_killed(job, *how)  # type: ignore[no-untyped-call]
        give_back(PULSE.in_hand(), self._trouble)


def work(name: QueueName, redis_url: str) -> None:
    """Work on the jobs of one queue, each in a process of its own, until told to stop."""
    connection = Redis.from_url(redis_url, socket_connect_timeout=_CONNECT_SECONDS)
    await_redis(connection)
    PULSE.renew()
    SteadyWorker(
        [open_queue(name, connection)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=_WORKER_SECONDS,
        maintenance_interval=_MAINTENANCE_SECONDS,
        job_monitoring_interval=_MONITORING_SECONDS,
    ).work(logging_level="WARNING")


def await_redis(connection: "Redis") -> None:
    """Return once Redis answers.

    A worker that loses Redis in the middle of a job ends, and its supervisor, which takes each
    failed start for a reason to wait longer, would start it again long after Redis is back.
    """
    while True:
        try:
            connection.ping()
        except RedisError as error:
            log.warning("the worker waits for Redis: %s", error)
            time.sleep(_PAUSE_SECONDS)
        else:
            return
