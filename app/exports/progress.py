"""How far a long writing has come."""

from collections.abc import Callable


_EVERY = 50


class Progress:
    """Counts rows and tells of them now and then, and of the last."""

    def __init__(self, tell: Callable[[int, int], None] | None, *, total: int) -> None:
        self._tell = tell
        self._total = total
        self._done = 0

    def step(self) -> None:
        """Count one row more."""
        self._done += 1
        if self._tell and (self._done % _EVERY == 0 or self._done == self._total):
            self._tell(self._done, self._total)
