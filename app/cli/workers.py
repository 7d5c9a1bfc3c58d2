"""Runs the background: a worker for one queue, and the sweeper."""

import time
from datetime import timedelta

import click
from flask import current_app
from flask.cli import with_appcontext

from app.config import Config
from app.jobs.exports import ExportWaker, sweep_exports
from app.jobs.queues import QueueName
from app.jobs.results import RollupWaker
from app.jobs.results import sweep as sweep_once
from app.jobs.workers import work
from app.persistence.database_errors import DatabaseDownError
from app.persistence.unit_of_work import unit_of_work


_SWEEP_SECONDS = 5


@click.command()
@click.argument("queue", type=click.Choice([name.value for name in QueueName]))
@with_appcontext
def worker(queue: str) -> None:
    """Work on the jobs of one QUEUE, each in a process of its own."""
    config: Config = current_app.extensions["bangvang"]
    work(QueueName(queue), config.redis_url)


@click.command()
@click.option("--once", is_flag=True, help="Sweep one time and end.")
@with_appcontext
def sweep(*, once: bool) -> None:
    """Wake workers for figures long out of date, and for workbooks that nobody writes."""
    config: Config = current_app.extensions["bangvang"]
    rollups, exports = RollupWaker(config.redis_url), ExportWaker(config.redis_url)
    patience = timedelta(seconds=0 if once else _SWEEP_SECONDS)
    while True:
        try:
            with unit_of_work():
                sweep_once(rollups, patience=patience)
                sweep_exports(exports, patience=patience)
        except DatabaseDownError as error:
            current_app.logger.warning("the sweeper found no database: %s", error.orig)
        if once:
            return
        time.sleep(_SWEEP_SECONDS)
