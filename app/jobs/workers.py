"""A worker process that is at work again soon after Redis is, however long it was away."""

import logging
import time

from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.serializers import JSONSerializer

from app.jobs.queues import QueueName, open_queue


log = logging.getLogger(__name__)

# RQ looks for abandoned jobs only between two waits, and waits for worker_ttl - 15 seconds.
_WORKER_SECONDS = 60
_MAINTENANCE_SECONDS = 30
_MONITORING_SECONDS = 10
_PAUSE_SECONDS = 1.0
_CONNECT_SECONDS = 2.0


class SteadyWorker(Worker):
    """Asks for a lost Redis every second or two.

    RQ would wait twice as long each time, up to a minute: as long again as Redis was away.
    """

    max_connection_wait_time = 2.0


def work(name: QueueName, redis_url: str) -> None:
    """Work on the jobs of one queue, each in a process of its own, until told to stop."""
    connection = Redis.from_url(redis_url, socket_connect_timeout=_CONNECT_SECONDS)
    await_redis(connection)
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
