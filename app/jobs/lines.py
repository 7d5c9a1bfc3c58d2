"""What a kind of work has to say of itself to be done from the outbox, and the turns it has."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from app.jobs.queues import QueueName
from app.services.outbox import Taken


Effect: TypeAlias = Callable[[], object]

TURN_SECONDS = 3.0
"""How long an agency may keep the worker of short work, before others have their turn."""


class TurnOverError(Exception):
    """The turn is over, and what was begun cannot be gone on with: it is long work."""


class Turn:
    """The time that a line has, from now on."""

    def __init__(self, taken: Taken) -> None:
        self._end = None if taken.is_long else time.monotonic() + TURN_SECONDS

    @property
    def is_over(self) -> bool:
        """Tell whether others wait for long enough; of long work, never."""
        return self._end is not None and time.monotonic() >= self._end


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """How a kind of work is done.

    ``prepare`` does what takes long, in transactions of its own if it needs any, and returns the
    effect: what is to be written in one transaction with the word that the line is done. Work that
    can stop in the middle returns None when its turn is over, and goes on in the next; other work
    raises ``TurnOverError``. ``failed`` is told of the subject when a try has ended without its
    effect, in the transaction that notes it, and whether it was the last one. ``seconds`` is how
    long one try may take, where it is not short work.
    """

    queue: QueueName
    seconds: int
    prepare: Callable[[Taken], Effect | None]
    failed: Callable[[UUID, bool], None] | None = None
