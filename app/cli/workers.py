"""Runs the background: a worker for one queue, and the sweeper."""

import time
from datetime import timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from app.config import Config
from app.jobs.exports import ExportWaker, sweep_exports
from app.jobs.queues import QueueName, open_queue
from app.jobs.results import RollupWaker
from app.jobs.results import sweep as sweep_once
from app.persistence.database_errors import DatabaseDownError
from app.persistence.unit_of_work import unit_of_work


# RQ looks for abandoned jobs only between two waits, and waits for worker_ttl - 15 seconds.
_WORKER_SECONDS = 60
_MAINTENANCE_SECONDS = 30
_MONITORING_SECONDS = 10
_SWEEP_SECONDS = 5


@click.command()
@click.argument("queue", type=click.Choice([name.value for name in QueueName]))
@with_appcontext
def worker(queue: str) -> None:
    """Work on the jobs of one QUEUE, each in a process of its own."""
    config: Config = current_app.extensions["bangvang"]
    connection = Redis.from_url(config.redis_url)
    Worker(
        [open_queue(QueueName(queue), connection)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=_WORKER_SECONDS,
        maintenance_interval=_MAINTENANCE_SECONDS,
        job_monitoring_interval=_MONITORING_SECONDS,
    ).work(logging_level="WARNING")


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
