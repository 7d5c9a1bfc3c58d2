"""How much of the machine's cores some processes have used."""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, text


_TICKS = os.sysconf("SC_CLK_TCK")
_UTIME, _CSTIME = 11, 15
_PARENT = 1


def seconds_used(process: int) -> float:
    """Return for how long a process, those it started and those they started kept a core busy."""
    try:
        fields = _fields(process)
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        # It has ended meanwhile: what it used is counted with whoever started it.
        return 0.0
    own = sum(map(int, fields[_UTIME : _CSTIME + 1])) / _TICKS
    return own + sum(seconds_used(int(child)) for child in children)


class Used:
    """What groups of processes use of the cores from ``begin`` on, and this process beside them."""

    def __init__(self, groups: Mapping[str, Sequence[int]]) -> None:
        self._groups = groups
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self._start, self._watching = time.perf_counter(), time.process_time()
        self._before = self._now()

    def shares(self, **others: float) -> str:
        """Return, in words, the share of one core that each group used; ``others`` in seconds."""
        elapsed = time.perf_counter() - self._start
        now = self._now()
        used = {name: now[name] - self._before[name] for name in now}
        used |= others | {"watching": time.process_time() - self._watching}
        return ", ".join(f"{name} {100 * spent / elapsed:.0f} %" for name, spent in used.items())

    def _now(self) -> dict[str, float]:
        return {name: sum(map(seconds_used, some)) for name, some in self._groups.items()}


def server_behind(connection: Connection) -> int:
    """Return the process of the PostgreSQL server, which starts one for each connection."""
    serving = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    return int(_fields(serving)[_PARENT])


def _fields(process: int) -> list[str]:
    """Return what the system tells of a process, from its state on: its name may hold anything."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
