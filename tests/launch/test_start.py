"""The whole start, on a deployment of one page: from an empty folder, and after violence."""

import os
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest


_PROJECT = Path(__file__).resolve().parents[2]
_START = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from app.launch.start import start
start(pathlib.Path(sys.argv[2]))
"""
_DEPLOYMENT = Path(__file__).parent / "deployment"


@pytest.fixture
def launcher(folder, free_port):
    """Return what starts the deployment on one folder and port, and ends what is left of it."""
    started = []
    foreign = {"DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "BANGVANG_DEMO"}
    environment = {name: text for name, text in os.environ.items() if name not in foreign}
    environment |= {"BANGVANG_HOME": str(folder), "PORT": str(free_port)}

    def launch(**more):
        process = subprocess.Popen(  # noqa: S603  # our own words
            [sys.executable, "-c", _START, _PROJECT, _DEPLOYMENT],
            env=environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield launch
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def _read_until(process, sentence):
    """Return what was said up to a sentence; a launcher that ends without saying it fails."""
    said = ""
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    for line in process.stdout:
        said += line
        if sentence in line:
            watchdog.cancel()
            return said
    pytest.fail(f"'{sentence}' was never said:\n{said}")


def _notes(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
        return int(answer.read())


def test_one_command_starts_everything_and_ctrl_c_ends_it(launcher, folder, free_port):
    process = launcher()
    said = _read_until(process, "The accounts: Nguyễn Thị Hường")
    assert "setup    | Tenants applied, demonstration 1\n" in said
    assert f"Bảng Vàng is ready at http://127.0.0.1:{free_port}\n" in said
    assert _notes(free_port) == 1
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in said + rest
    assert not (folder / "postgres" / "data" / "postmaster.pid").exists()


def test_a_killed_launcher_and_database_heal_and_lose_nothing(launcher, folder, free_port):
    killed = launcher(BANGVANG_DEMO="0")
    _read_until(killed, "is ready at")
    database = int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    killed.kill()
    os.kill(database, signal.SIGKILL)
    _read_until(launcher(BANGVANG_DEMO="0"), "is ready at")
    assert _notes(free_port) == 2


def test_a_database_killed_under_a_running_launcher_comes_back(launcher, folder, free_port):
    process = launcher(BANGVANG_DEMO="0")
    _read_until(process, "is ready at")
    database = int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(database, signal.SIGKILL)
    _read_until(process, "postgres | killed by SIGKILL; starting again in 1 s")
    _read_until(process, "postgres | back at its address")
    assert _notes(free_port) == 1
