"""The queues, each with a worker process of its own.

Whoever asks for something small must not wait for what takes minutes, whosever that is. Nobody
knows beforehand what takes long: everything begins as short work, in turns of a few seconds. Work
that can stop in the middle goes on in its next turn; what cannot, and is not done when its turn is
over, begins again as long work, where it may take its time.

With two queues in one worker, RQ pops without an intermediate list, and a worker killed at the
wrong moment loses the job for good. Messages are JSON, so that nobody who can write to Redis can
make a worker run something else.
"""

from enum import StrEnum

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer


class QueueName(StrEnum):
    """A queue, and the worker process that serves it."""

    ROLLUP = "rollup"
    SHORT = "short"
    LONG = "long"


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
