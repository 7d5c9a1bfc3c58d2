"""A worker that is told no queue serves them all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis
from rq import Worker

from app.jobs.queues import QueueName


PATIENCE_SECONDS = 40


@pytest.fixture
def strangers(config):
    """Workers of other tests, which may have been killed without signing off."""
    return set(workers_at(config.redis_url))


@pytest.fixture
def workers(strangers, config):
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        cwd=Path(__file__).parents[2],
        env={
            **os.environ,
            "DATABASE_URL": config.database_url,
            "ROLLUP_DATABASE_URL": config.rollup_database_url,
            "REDIS_URL": config.redis_url,
            "SECRET_KEY": config.secret_key,
            "CCCD_KEY": config.cccd_key,
        },
    )
    yield process
    process.kill()
    process.wait()


def workers_at(redis_url: str) -> dict[str, set[str]]:
    """Name the workers that have signed on, with the queues they serve."""
    with Redis.from_url(redis_url) as connection:
        return {one.name: set(one.queue_names()) for one in Worker.all(connection=connection)}


def wait_until(is_so) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.2)
    return False


def served(redis_url: str, strangers: set[str]) -> set[str]:
    found = workers_at(redis_url)
    return set().union(*(queues for name, queues in found.items() if name not in strangers))


def test_a_worker_without_a_queue_serves_every_queue_and_ends_them_together(
    strangers, workers, config
):
    every = {name.value for name in QueueName}
    assert wait_until(lambda: served(config.redis_url, strangers) == every)
    workers.send_signal(signal.SIGTERM)
    assert workers.wait(timeout=PATIENCE_SECONDS) == 0
    assert served(config.redis_url, strangers) == set()
