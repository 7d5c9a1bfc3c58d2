"""What a kind of work has to say of itself to be done from the outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from app.jobs.queues import QueueName
from app.services.outbox import Taken


Effect: TypeAlias = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """How a kind of work is done.

    ``prepare`` does what takes long, in transactions of its own if it needs any, and returns the
    effect: what is to be written in one transaction with the word that the line is done. ``failed``
    is told of the subject, in the transaction that notes the failed try, and whether it was the
    last one. ``seconds`` is how long one try may take.
    """

    queue: QueueName
    seconds: int
    prepare: Callable[[Taken], Effect]
    failed: Callable[[UUID, bool], None] | None = None
