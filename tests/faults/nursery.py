"""Real workers by the dozen, each there in a blink: forked from a process that has read the house.

``python -m tests.faults.nursery`` is that process. It reads ``MANNER COMMAND …``, a command of
``flask`` such as ``worker rollup``, and writes the number of the process that follows it;
``die-between`` makes a worker that dies with a job in its hands, after taking it off the queue and
before starting on it.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from flask import Flask

from tests.faults.processes import Process


PLAIN = "plain"
DIES_BETWEEN = "die-between"
_PR_SET_PDEATHSIG = 1


class Nursery:
    """Forks workers of the deployment that the environment names."""

    def __init__(self, home: Path) -> None:
        self._log = home / "nursery.log"
        self._process: subprocess.Popen[str] | None = None
        self.workers: list[Process] = []

    def __enter__(self) -> Self:
        """Start the process that all workers are forked from."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every worker that still runs, each with the job that it is at."""
        self.clear()
        assert self._process is not None
        self._process.communicate(timeout=30)

    def clear(self) -> None:
        """End every worker that still runs, each with the job that it is at."""
        for worker in self.workers:
            for one in (*worker.children(), worker):
                one.kill()
        self.workers.clear()

    def work(self, queue: str, manner: str = PLAIN) -> Process:
        """Return a new worker of a queue."""
        return self.run("worker", queue, manner=manner)

    def run(self, *command: str, manner: str = PLAIN) -> Process:
        """Return a new process that follows a command of ``flask``."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{manner} {' '.join(command)}\n")
        self._process.stdin.flush()
        worker = Process(int(self._process.stdout.readline()))
        self.workers.append(worker)
        return worker

    def said(self) -> str:
        """Return everything that workers from here have said."""
        return self._log.read_text(errors="replace")


def main() -> None:
    """Fork a process for each line that comes in, until no more can come."""
    from wsgi import app  # noqa: PLC0415  # reads the environment, which a test need not have

    # Nobody waits for the workers: the kernel buries them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        manner, *command = line.split()
        pid = os.fork()
        if not pid:
            _follow(app, command, manner)
        print(pid, flush=True)


def _follow(app: Flask, command: Sequence[str], manner: str) -> NoReturn:
    """Follow a command as ``flask`` would, and never come back."""
    from app.jobs.workers import SteadyWorker  # noqa: PLC0415

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The pipes are the nursery's.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    if manner == DIES_BETWEEN:
        SteadyWorker.execute_job = _die  # type: ignore[method-assign]
    try:
        app.test_cli_runner().invoke(args=command, catch_exceptions=False)
    finally:
        os._exit(0)


def _die(*_arguments: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
