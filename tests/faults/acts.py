"""What was asked of the house and what it said, to be held against what it did."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Trace(NamedTuple):
    """A row that an act leaves: what is on record about which object."""

    object_id: UUID
    what: str


class Fate(StrEnum):
    """What whoever asked was told."""

    DONE = "done"
    REFUSED = "refused"
    # The answer was an error, or never came: the act may have happened or not, but not by half.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An act that was asked for once, and the traces that it leaves as a whole."""

    traces: frozenset[Trace]
    fate: Fate
    began: float = 0.0
    seconds: float = 0.0


@dataclass
class Ledger:
    """Every attempt of a fault, in the order of the answers."""

    attempts: list[Attempt] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, attempt: Attempt) -> None:
        """Keep an attempt; safe from any thread."""
        with self._lock:
            self.attempts.append(attempt)

    def count(self, fate: Fate) -> int:
        """Return how many attempts ended so."""
        return sum(one.fate is fate for one in self.attempts)

    def about(self, what: str) -> int:
        """Return how many acts were done of which each trace begins with these words."""
        return sum(
            one.fate is Fate.DONE and all(trace.what.startswith(what) for trace in one.traces)
            for one in self.attempts
        )

    def objects(self) -> list[UUID]:
        """Return everything that an attempt was about."""
        return sorted({trace.object_id for one in self.attempts for trace in one.traces})


def lost(attempts: Iterable[Attempt], found: Mapping[Trace, int]) -> Sequence[str]:
    """Return each act that somebody was told is done, and of which a trace is missing."""
    return [
        f"{trace.what} of {trace.object_id}: told that it is done, and no trace of it"
        for traces, fates in _by_act(attempts).items()
        if Fate.DONE in fates
        for trace in sorted(traces)
        if not found.get(trace, 0)
    ]


def done_twice(attempts: Iterable[Attempt], found: Mapping[Trace, int]) -> Sequence[str]:
    """Return each act that left a trace more than once, or though it was refused."""
    return [
        f"{trace.what} of {trace.object_id}: {found[trace]} times, {_most(fates)} at most"
        for traces, fates in _by_act(attempts).items()
        for trace in sorted(traces)
        if found.get(trace, 0) > _most(fates)
    ]


def done_by_half(attempts: Iterable[Attempt], found: Mapping[Trace, int]) -> Sequence[str]:
    """Return each act of which one trace is there and another is not."""
    return [
        f"{', '.join(sorted(trace.what for trace in traces))} of one act: only some are there"
        for traces in _by_act(attempts)
        if len({bool(found.get(trace, 0)) for trace in traces}) > 1
    ]


def _by_act(attempts: Iterable[Attempt]) -> Mapping[frozenset[Trace], set[Fate]]:
    """Return what was told of each act, however often it was asked for."""
    fates: dict[frozenset[Trace], set[Fate]] = defaultdict(set)
    for one in attempts:
        fates[one.traces].add(one.fate)
    return fates


def _most(fates: set[Fate]) -> int:
    return 0 if fates == {Fate.REFUSED} else 1
