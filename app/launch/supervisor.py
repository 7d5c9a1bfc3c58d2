"""Minding processes: what they say is printed, what dies is started again, and all end together."""

import os
import select
import signal
import subprocess
import time
from typing import Protocol

from app.launch import children
from app.launch.errors import LaunchError
from app.launch.log import LogFile, Voice
from app.launch.programs import Program


_LONGEST_PAUSE = 30.0
# Who has lived this long has started well, and begins anew with short pauses.
_SETTLED = 60.0
_VITAL_FAILURES = 3
# A worker finishes the job it is at.
_PATIENCE = 20.0
_PIPE_SIZE = 65536


class Server(Protocol):
    """What PostgreSQL and Valkey have in common here."""

    process: subprocess.Popen[bytes] | None

    def start(self) -> object:
        """Start, at the same address as before."""


class Supervisor:
    """All processes of one deployment, minded in one thread: see ``children.spawn`` for why one."""

    def __init__(self) -> None:
        self._services: list[_Service] = []
        self._servers: list[_WatchedServer] = []

    def watch(self, name: str, server: Server, log: LogFile) -> None:
        """Keep a started server running, and print its log."""
        self._servers.append(_WatchedServer(name, server, log))

    def start(self, program: Program) -> None:
        """Start a program that is to run until everything ends."""
        self._services.append(_Service(program))

    def complete(self, program: Program) -> None:
        """Run a program to its end, which must be a good one."""
        step = _Running(program)
        try:
            while not step.has_ended():
                self.tick([step])
        finally:
            step.end(_PATIENCE)
        if step.code != 0:
            raise LaunchError(
                f"'{program.name}' failed ({_ending(step.code)}); the reason is above."
            )

    def tick(self, steps: "list[_Running] | None" = None) -> None:
        """Wait a moment, print what was said meanwhile and start again what has died."""
        running = [service.running for service in self._services if service.running]
        _listen(running + (steps or []))
        for server in self._servers:
            server.mind()
        for service in self._services:
            service.mind()

    def stop(self) -> None:
        """End all programs at once, but none in the middle of what it is doing."""
        running = [service.running for service in self._services if service.running]
        for each in running:
            each.ask_to_end()
        deadline = time.monotonic() + _PATIENCE
        while running and time.monotonic() < deadline:
            _listen(running)
            running = [each for each in running if not each.has_ended()]
        for each in running:
            each.end(0)
        self._services.clear()


class _Running:
    """A program that runs, and what it says."""

    def __init__(self, program: Program) -> None:
        self.voice = Voice("" if program.is_answer else program.name)
        self.is_open = True
        self._output, their_end = os.pipe()
        os.set_blocking(self._output, False)
        self._process = children.spawn(program.command, output=their_end, farewell=signal.SIGTERM)
        os.close(their_end)

    @property
    def code(self) -> int:
        return self._process.returncode or 0

    def fileno(self) -> int:
        return self._output

    def hear(self) -> None:
        """Print what was said since the last time."""
        try:
            while said := os.read(self._output, _PIPE_SIZE):
                self.voice.hear(said)
        except BlockingIOError:
            return
        self._close()

    def has_ended(self) -> bool:
        """Tell whether it has ended, after printing its last words."""
        if self._process.poll() is None:
            return False
        if self.is_open:
            self.hear()
        # What it left behind may hold the other end for longer.
        if self.is_open:
            self._close()
        return True

    def _close(self) -> None:
        self.voice.finish()
        os.close(self._output)
        self.is_open = False

    def ask_to_end(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()

    def end(self, patience: float) -> None:
        children.end(self._process, signal.SIGTERM, patience=patience)
        self.has_ended()


class _Pauses:
    """How long to wait before starting again: twice as long after each failure in a row."""

    def __init__(self) -> None:
        self.failures = 0
        self.over_at = 0.0
        self._began_at = time.monotonic()

    def begin_life(self) -> None:
        self._began_at = time.monotonic()

    def begin_pause(self) -> str:
        """Note a failure; return how to say the pause that follows."""
        now = time.monotonic()
        self.failures = 1 if now - self._began_at > _SETTLED else self.failures + 1
        pause = min(2.0 ** (self.failures - 1), _LONGEST_PAUSE)
        self.over_at = now + pause
        return f"starting again in {pause:.0f} s"

    def are_over(self) -> bool:
        return time.monotonic() >= self.over_at


class _Service:
    """A program that is started again whenever it ends."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._pauses = _Pauses()
        self.running: _Running | None = _Running(program)

    def mind(self) -> None:
        if self.running is None:
            if self._pauses.are_over():
                self._pauses.begin_life()
                self.running = _Running(self._program)
        elif self.running.has_ended():
            self._note_failure(self.running)
            self.running = None

    def _note_failure(self, dead: _Running) -> None:
        plan = self._pauses.begin_pause()
        if self._program.is_vital and self._pauses.failures >= _VITAL_FAILURES:
            reason = "\n".join(f"  {line}" for line in dead.voice.last_lines)
            raise LaunchError(f"'{self._program.name}' does not start. It last said:\n{reason}")
        dead.voice.tell(f"{_ending(dead.code)}; {plan}")


class _WatchedServer:
    """A server that is started again at its address when it dies; the programs find it there."""

    def __init__(self, name: str, server: Server, log: LogFile) -> None:
        self._voice = Voice(name)
        self._server = server
        self._log = log
        self._pauses = _Pauses()
        self._is_down = False

    def mind(self) -> None:
        self._voice.hear(self._log.news())
        process = self._server.process
        if self._is_down:
            if self._pauses.are_over():
                self._restart()
        elif process and process.poll() is not None:
            self._is_down = True
            self._voice.tell(f"{_ending(process.returncode)}; {self._pauses.begin_pause()}")

    def _restart(self) -> None:
        self._pauses.begin_life()
        self._server.start()
        self._log.skip()
        self._is_down = False
        self._voice.tell("back at its address")


def _listen(running: list[_Running]) -> None:
    """Wait a moment for the next words of anybody, and print them."""
    ready, _, _ = select.select([each for each in running if each.is_open], [], [], 0.2)
    for each in ready:
        each.hear()


def _ending(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"
