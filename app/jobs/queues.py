"""The queues: one per kind of work, one worker process per queue.

With two queues in one worker, RQ pops without an intermediate list, and a worker killed at the
wrong moment loses the job for good. Messages are JSON, so that nobody who can write to Redis can
make a worker run something else.
"""

from collections.abc import Mapping
from enum import StrEnum

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer


class QueueName(StrEnum):
    """A queue, and the worker process that serves it."""

    ROLLUP = "rollup"
    EXPORTS = "exports"


WORKERS: Mapping[QueueName, int] = {QueueName.ROLLUP: 1, QueueName.EXPORTS: 2}
"""How many workers serve each queue: two, where an agency's one turn may take minutes, so that it
leaves the other to everybody else. The launcher starts as many (``app.launch.programs``)."""

# A page may not wait for a Redis that is down: connecting is refused at once, or given up soon.
_PATIENCE_SECONDS = 1.0


def connect(redis_url: str) -> "Redis":
    """Return a connection for asking; nothing is connected before it is used."""
    return Redis.from_url(
        redis_url, socket_connect_timeout=_PATIENCE_SECONDS, socket_timeout=_PATIENCE_SECONDS
    )


def open_queue(name: QueueName, connection: "Redis") -> Queue:
    """Return a queue."""
    return Queue(name.value, connection=connection, serializer=JSONSerializer)
