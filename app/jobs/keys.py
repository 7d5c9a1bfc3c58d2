"""Bringing sealed numbers to the active key: the job, who wakes it, and the sweeper.

A job works for a few seconds and calls the next, so that workbooks on the same queue do not wait
for a rotation that takes an hour. The work is of all agencies and belongs to none of them, so that
it has no line in an outbox: the row of the rotation says what is to be done and who was alive when.
"""

import logging
import time
from datetime import timedelta
from uuid import UUID

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError

from app.config import Config
from app.jobs.calls import call, let_others_call
from app.jobs.queues import QueueName, connect, open_queue
from app.persistence.queries.keys import overdue_rotation
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.key_rotation import rotate_step


log = logging.getLogger(__name__)

JOB_SECONDS = 120
SILENCE = timedelta(minutes=1)
_TURN_SECONDS = 5.0
_SUBJECT = "keys"


def rotate(rotation_id: str) -> None:
    """Do the steps of one turn, and call for the next if there is more to do."""
    let_others_call(_SUBJECT)
    config: Config = current_app.extensions["bangvang"]
    seal: NumberSeal = current_app.extensions["number_seal"]
    if work_on(UUID(rotation_id), seal, seconds=_TURN_SECONDS):
        RotationWaker(config.redis_url)(UUID(rotation_id))


def work_on(rotation_id: UUID, seal: NumberSeal, *, seconds: float) -> bool:
    """Do steps for so long; return whether there is more to do."""
    end = time.monotonic() + seconds
    is_more = True
    while is_more and time.monotonic() < end:
        with unit_of_work():
            is_more = rotate_step(rotation_id, seal=seal)
    return is_more


class RotationWaker:
    """Wakes a worker for a rotation; a Redis that is down is no reason to fail."""

    def __init__(self, redis_url: str) -> None:
        self.connection: Redis = connect(redis_url)

    def __call__(self, rotation_id: UUID) -> bool:
        """Put a job on the queue, unless one waits there; return whether the queue answered."""
        queue = open_queue(QueueName.SHORT, self.connection)
        try:
            call(queue, _SUBJECT, rotate, str(rotation_id), seconds=JOB_SECONDS)
        except RedisError as error:
            # The row stays in the database, and the sweeper wakes a worker later.
            log.warning("the rotation %s will be late: %s", rotation_id, error)
            return False
        return True


def sweep_rotations(waker: RotationWaker, *, silence: timedelta = SILENCE) -> bool:
    """Wake a worker for a rotation that nobody works on; return whether there is one."""
    rotation_id = overdue_rotation(silence)
    return rotation_id is not None and waker(rotation_id)
