"""Processes of the stage, each known by its number: nothing else is ever stopped or ended."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process that the stage, or one of its processes, has started."""

    pid: int

    @property
    def command(self) -> str:
        """The words it was started with, or now calls itself by."""
        try:
            return Path(f"/proc/{self.pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            return ""

    def children(self) -> list["Process"]:
        """Return the processes that it has started and that still run."""
        found = []
        for thread in Path(f"/proc/{self.pid}/task").glob("*/children"):
            try:
                found += [Process(int(pid)) for pid in thread.read_text().split()]
            except OSError:
                continue
        return [one for one in found if one.is_alive()]

    def is_alive(self) -> bool:
        """Tell whether it runs, or is stopped; one that nobody has buried yet does not."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state not in {"Z", "X"}

    def send(self, number: signal.Signals) -> bool:
        """Send a signal; return whether it was still there to receive it."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> bool:
        """End it at once, in whatever it is doing."""
        return self.send(signal.SIGKILL)


def wait_for(found: Callable[[], Process | None], seconds: float) -> Process | None:
    """Return the process as soon as it is there; None if it does not come in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        process = found()
        if process is not None:
            return process
        time.sleep(0.001)
    return None


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so; return whether it came to be in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()
