"""Bringing sealed numbers to the active key: what a line of an agency asks for."""

import time

from flask import current_app

from app.jobs.lines import TURN_SECONDS, Effect, Handler
from app.jobs.pulse import PULSE
from app.jobs.queues import QueueName
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.key_rotation import Resealed, rotate_step
from app.services.outbox import Taken, tell


_SECONDS = 120


def reseal(taken: Taken) -> Effect | None:
    """Seal values anew, until all are or the turn is over: the next agency is not to wait long."""
    end = time.monotonic() + TURN_SECONDS
    while not _is_over(_step(taken)):
        if time.monotonic() >= end:
            return None
    return _nothing


def _step(taken: Taken) -> Resealed:
    PULSE.get_on()
    seal: NumberSeal = current_app.extensions["number_seal"]
    with unit_of_work():
        so_far = rotate_step(taken.subject, seal=seal)
        tell(taken, so_far.done, so_far.total)
    return so_far


def _is_over(so_far: Resealed) -> bool:
    return so_far.done == so_far.total


def _nothing() -> None:
    """Do nothing: each step has been written already."""


KEYS = Handler(queue=QueueName.LONG, seconds=_SECONDS, prepare=reseal)
