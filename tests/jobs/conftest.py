"""A Valkey for each test, since queues outlive tests, and real worker processes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.launch.valkey import Valkey
from tests.conftest import ROOT


@pytest.fixture
def valkey(tmp_path):
    with Valkey(tmp_path / "valkey", is_durable=False) as server:
        yield server
        # A test that killed it may have left it down.
        if server.process.poll() is not None:
            server.start()


@pytest.fixture
def workers(config, tmp_path):
    """Start workers as the operator does; none outlives the test."""

    @contextmanager
    def at_work(queue):
        log = tmp_path / f"{queue}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603  (a queue of our own)
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker", queue],
                cwd=ROOT,
                env=os.environ | environment(config),
                stdout=output,
                stderr=output,
            )
        try:
            yield process
        finally:
            end(process)

    return at_work


def environment(config):
    return {
        "DATABASE_URL": config.database_url,
        "OWNER_DATABASE_URL": config.owner_database_url,
        "ROLLUP_DATABASE_URL": config.rollup_database_url,
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": config.secret_key,
        "CCCD_KEY": config.cccd_key,
    }


def end(process):
    """Kill a worker and the process of the job that it may be at, which has a group of its own."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for pid in children.read_text().split() if children.exists() else ():
        os.kill(int(pid), signal.SIGKILL)
    process.kill()
    process.wait(timeout=10)


def wait_until(is_so, *, seconds=30):
    """Return as soon as ``is_so`` does; fail after a while."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError(f"not so after {seconds} s: {is_so}")
