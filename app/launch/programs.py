"""What runs in a deployment: the steps before it is ready, and the programs that then stay."""

import sys
from dataclasses import dataclass

from app.launch.port import HOST


@dataclass(frozen=True)
class Program:
    """A command with the name its lines carry in the log."""

    name: str
    command: tuple[str, ...]
    # Without it there is nothing to look at: when it cannot start, nothing else need go on.
    is_vital: bool = False
    # What it says is an answer to the person at the terminal, and no part of the log.
    is_answer: bool = False


def steps(*, has_demonstration: bool) -> list[Program]:
    """Return what must succeed, in this order, before anybody may look."""
    options = ["--demo"] if has_demonstration else []
    return [
        Program("migrate", _module("alembic", "upgrade", "head")),
        Program("setup", _flask("setup", *options)),
    ]


def services(port: int) -> list[Program]:
    """Return what runs for as long as the deployment does."""
    return [
        Program("web", _web(port), is_vital=True),
        # One queue each: with two, a killed worker would lose the job it had just taken.
        Program("rollup", _flask("worker", "rollup")),
        # An agency's long work leaves the short to the others (app.jobs.queues).
        Program("short", _flask("worker", "short")),
        Program("long", _flask("worker", "long")),
        Program("sweep", _flask("sweep")),
        # Apart from the sweeper: a night's work must not keep what is due from being sent.
        Program("tick", _flask("tick")),
    ]


def accounts_table() -> Program:
    """Return what prints the demonstration's accounts."""
    return Program("accounts", _flask("demo", "accounts"), is_answer=True)


def _web(port: int) -> tuple[str, ...]:
    # Threads are made when they are needed: whoever waits to sign in has one, and holds nothing
    # else (app.web.turns). So a page is never behind a thousand people in the queue of a port.
    options = ["--worker-class", "gthread", "--workers", "2", "--threads", "700"]
    # Without a share in the port for each, one process would keep all of a browser's connections.
    options += ["--reuse-port", "--bind", f"{HOST}:{port}"]
    options += ["--graceful-timeout", "10", "--no-control-socket", "--log-level", "warning"]
    return _module("gunicorn", *options, "wsgi:app")


def _flask(*arguments: str) -> tuple[str, ...]:
    return _module("flask", "--app", "wsgi", *arguments)


def _module(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)
