"""The whole of ``make run``: from an empty folder to pages that answer, and back again."""

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import NoReturn

from app.launch import environment, programs
from app.launch.accounts import database_account
from app.launch.errors import LaunchError
from app.launch.home import occupied, open_home
from app.launch.log import say
from app.launch.port import HOST, answers, chosen_port, require_free_port
from app.launch.supervisor import Supervisor


# What a killed start left behind needs a moment to end by itself.
_PREDECESSOR_PATIENCE = 15.0
_REMINDER_INTERVAL = 15.0


def start(project: Path) -> None:
    """Start everything and mind it until Ctrl-C; what must be changed first is a LaunchError."""
    _heed_signals()
    # What the programs write is about people: nobody else on the machine is to read it.
    os.umask(0o077)
    os.chdir(project)
    try:
        with ExitStack() as stack:
            _run(project, stack)
    except KeyboardInterrupt:
        say("Stopped. The data stay where they are.")


def _run(project: Path, stack: ExitStack) -> NoReturn:
    port, explicit_home = chosen_port(), os.environ.get("BANGVANG_HOME")
    home = open_home(project, database_account() if environment.starts_database() else None)
    was_killed = stack.enter_context(occupied(home))
    require_free_port(port, patience=_PREDECESSOR_PATIENCE if was_killed else 0)
    say(f"Data are kept in {home}")
    has_demonstration = environment.wants_demonstration()
    supervisor = Supervisor()
    environment.prepare(home, port)
    environment.start_servers(home, supervisor, stack)
    stack.enter_context(environment.shared(project, explicit_home))
    # Added last, so done first: programs end before the servers they use.
    stack.callback(supervisor.stop)
    for step in programs.steps(has_demonstration=has_demonstration):
        supervisor.complete(step)
    # The pages first: programs that start side by side make each other wait.
    pages, *workers = programs.services(port)
    supervisor.start(pages)
    _await_readiness(supervisor, port)
    for service in workers:
        supervisor.start(service)
    say(f"Bảng Vàng is ready at http://{HOST}:{port}")
    if has_demonstration:
        _show_accounts(supervisor)
    while True:
        supervisor.tick()


def _await_readiness(supervisor: Supervisor, port: int) -> None:
    remind_at = time.monotonic() + _REMINDER_INTERVAL
    while not answers(port, "/readyz"):
        supervisor.tick()
        if time.monotonic() > remind_at:
            say(f"Still waiting for http://{HOST}:{port}/readyz to say that all is well …")
            remind_at += _REMINDER_INTERVAL


def _show_accounts(supervisor: Supervisor) -> None:
    try:
        supervisor.complete(programs.accounts_table())
    except LaunchError as error:
        # Everything runs all the same, for who knows an account.
        say(str(error))


def _heed_signals() -> None:
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    # Somebody who says nohup means it.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
