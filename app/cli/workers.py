"""Runs the background: a worker for one queue, the sweeper, and the ticker of the nights."""

import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import click
from flask import current_app
from flask.cli import with_appcontext

from app.config import Config
from app.jobs.audit import give_heads
from app.jobs.outbox import Dispatcher, sweep_outbox
from app.jobs.periodic import tick as tick_once
from app.jobs.queues import QueueName
from app.jobs.results import RollupWaker
from app.jobs.results import sweep as sweep_once
from app.jobs.workers import work
from app.persistence.database_errors import DatabaseDownError
from app.persistence.owner import role_engine
from app.persistence.roles import DatabaseRole, forget_connections, require_bound_role
from app.persistence.unit_of_work import unit_of_work
from app.services.keys import require_keys


_SWEEP_SECONDS = 5
_TICK_SECONDS = 60


@click.command()
@click.argument("queue", required=False, type=click.Choice([name.value for name in QueueName]))
@with_appcontext
def worker(queue: str | None) -> None:
    """Work on the jobs of one QUEUE; without one, on all, with a worker for each."""
    config: Config = current_app.extensions["bangvang"]
    if queue is None:
        _work_on_all()
    else:
        with _role_of(QueueName(queue), config):
            require_bound_role()
            _require_keys_for(QueueName(queue))
            # A job is done in a process of its own, which must not share a connection with ours.
            forget_connections()
            work(QueueName(queue), config.redis_url)


def _role_of(queue: QueueName, config: Config) -> AbstractContextManager[None]:
    """Return what lets the worker of ``queue`` work as the role that holds what it needs."""
    if queue is QueueName.ROLLUP:
        return role_engine(config.rollup_database_url or config.database_url, DatabaseRole.ROLLUP)
    return nullcontext()


def _require_keys_for(queue: QueueName) -> None:
    # Who only counts may not even ask which keys there are.
    if queue is not QueueName.ROLLUP:
        with unit_of_work():
            require_keys(current_app.extensions["number_seal"])


def _work_on_all() -> None:
    """Run a worker for each queue until one of them ends, and end the others with it."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    # A request to end reaches this process alone: it has to be passed on.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children = [subprocess.Popen([*command, name.value]) for name in QueueName]  # noqa: S603
    try:
        while all(child.poll() is None for child in children):
            time.sleep(1)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


@click.command()
@click.option("--once", is_flag=True, help="Sweep one time and end.")
@with_appcontext
def sweep(*, once: bool) -> None:
    """Wake workers for figures long out of date, and for what the outbox has due."""
    config: Config = current_app.extensions["bangvang"]
    rollups, dispatcher = RollupWaker(config.redis_url), Dispatcher(config.redis_url)
    patience = timedelta(seconds=0 if once else _SWEEP_SECONDS)
    while True:
        try:
            require_bound_role()
            with unit_of_work():
                sweep_once(rollups, patience=patience)
            sweep_outbox(dispatcher)
            give_heads()
        except DatabaseDownError as error:
            current_app.logger.warning("the sweeper found no database: %s", error.orig)
        if once:
            return
        time.sleep(_SWEEP_SECONDS)


@click.command()
@click.option("--once", is_flag=True, help="Run what is due and end.")
@with_appcontext
def tick(*, once: bool) -> None:
    """Run what is done every night, as its hours come. Any number may run: each slot is one's."""
    while True:
        try:
            require_bound_role()
            tick_once()
        except DatabaseDownError as error:
            current_app.logger.warning("the ticker found no database: %s", error.orig)
        if once:
            return
        time.sleep(_TICK_SECONDS)
