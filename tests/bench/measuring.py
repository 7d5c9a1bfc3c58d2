"""Times a piece of work and the bare work below it in turns: both meet the same machine."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A median time in seconds, and that of the floor it is held against.

    ``paired`` is the median of how many times the floor each turn took: a machine that others
    slow down as well does so to both of a turn.
    """

    name: str
    size: int
    seconds: float
    floor_seconds: float | None
    paired: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor this took."""
        if self.paired is not None:
            return self.paired
        return self.seconds / self.floor_seconds if self.floor_seconds else None


def measure(
    name: str,
    size: int,
    work: Callable[[], object],
    floor: Callable[[], object],
    *,
    rounds: int = 15,
    before: Callable[[], object] = lambda: None,
) -> Measurement:
    """Run ``work`` and ``floor`` in turns, ``before`` ahead of each turn; return the medians."""
    pairs = []
    for _ in range(rounds + 2):
        before()
        pairs.append((seconds(work), seconds(floor)))
    pairs = pairs[2:]
    return Measurement(
        name=name,
        size=size,
        seconds=median(one for one, _ in pairs),
        floor_seconds=median(one for _, one in pairs),
        paired=median(one / other for one, other in pairs),
    )


def seconds(work: Callable[[], object]) -> float:
    """Run ``work`` once; return how many seconds it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def recording(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Collect every statement that the block sends, with its values."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cur: object, statement: str, values: Any, *_more: object) -> None:
        sent.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def bare(engine: Engine, statements: list[tuple[str, Any]]) -> Callable[[], None]:
    """Return work that sends the same statements in one transaction and fetches every row."""

    def run() -> None:
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            for statement, values in statements:
                if isinstance(values, list):
                    cursor.executemany(statement, values)
                else:
                    cursor.execute(statement, values)
                if cursor.description:
                    cursor.fetchall()
            cursor.close()

    return run
