"""Runs the programs of a deployment on the house for a while, and takes down what they say."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask.testing import FlaskClient
from redis import Redis

from app.config import Config
from app.jobs.queues import QueueName, open_queue
from app.launch.port import HOST, answers
from app.launch.programs import Program, services


_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 120
# What a deployment leaves out unless asked for: each request, by its path without the query.
_ACCESS = ("--access-logfile", "-", "--access-logformat", '%(h)s "%(m)s %(U)s" %(s)s')
_PAGES = ("roster/", "dossiers/", "settings/units", "members/", "record/", "board/", "no-such")


def what_they_say(
    config: Config, browsers: Mapping[str, FlaskClient], folder: Path
) -> dict[str, bytes]:
    """Return each line that the programs write while agencies work with them, by its number.

    ``browsers`` are signed in, by the address of their agency.
    """
    port = _free_port()
    with ExitStack() as stack:
        for program in services(port):
            stack.enter_context(_running(program, config, folder))
        _wait_until(lambda: answers(port, "/readyz"), "the pages")
        for slug, browser in browsers.items():
            _work(port, slug, browser)
        _wait_until(lambda: _is_written(port, browsers), "a workbook")
        with _lost_job(config):
            _wait_until(lambda: _has_spoken(folder, "short"), "a worker's word of its failure")
    said = {path.stem: path.read_bytes().splitlines() for path in folder.glob("*.said")}
    return {
        f"line {number} of {name}": line
        for name, lines in said.items()
        for number, line in enumerate(lines, start=1)
    }


@contextmanager
def _running(program: Program, config: Config, folder: Path) -> Iterator[None]:
    more = _ACCESS if program.name == "web" else ()
    with (folder / f"{program.name}.said").open("wb") as said:
        running = subprocess.Popen(  # noqa: S603 - our own programs
            [*program.command[:-1], *more, program.command[-1]],
            cwd=_ROOT,
            env=_environment(config, folder),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait(_PATIENCE_SECONDS)


def _environment(config: Config, folder: Path) -> dict[str, str]:
    return os.environ | {
        "BANGVANG_HOME": str(folder),
        "CCCD_KEY": config.cccd_key,
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "ROLLUP_DATABASE_URL": config.rollup_database_url,
        "SECRET_KEY": config.secret_key,
    }


def _free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind((HOST, 0))
        port: int = candidate.getsockname()[1]
        return port


def _work(port: int, slug: str, browser: FlaskClient) -> None:
    """Open pages, look for a name, ask for a workbook, and type what is refused."""
    for page in _PAGES:
        _ask(port, browser, "GET", f"/{slug}/-/{page}")
    _ask(port, browser, "GET", f"/{slug}/-/roster/?" + urlencode({"q": "Lò Thị Quzaa"}))
    _ask(port, browser, "POST", f"/{slug}/-/exports/", {"year": "2026"})
    _ask(port, browser, "POST", f"/{slug}/-/roster/add", {"name": "Lò Thị Quzaa", "birth": "x"})
    stranger = browser.application.test_client()
    with stranger.session_transaction() as session:
        session["csrf_token"] = "token"
    typed = {"login": "quzaa.login", "password": "Quzaa không phải"}
    _ask(port, stranger, "POST", f"/{slug}/-/sign-in", typed)


def _ask(
    port: int,
    browser: FlaskClient,
    method: str,
    path: str,
    fields: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    cookie = browser.get_cookie("session")
    headers = {"X-CSRF-Token": "token", "Content-Type": "application/x-www-form-urlencoded"}
    if cookie is not None:
        headers["Cookie"] = f"session={cookie.value}"
    connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE_SECONDS)
    connection.request(method, path, urlencode(fields or {}), headers)
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, body


def _is_written(port: int, browsers: Mapping[str, FlaskClient]) -> bool:
    slug, browser = next(iter(browsers.items()))
    return f'href="/{slug}/-/exports/' in _ask(port, browser, "GET", f"/{slug}/-/exports/")[1]


@contextmanager
def _lost_job(config: Config) -> Iterator[None]:
    """Give a worker a job that fails: of what its trace holds, a word would be a leak."""
    with Redis.from_url(config.redis_url) as redis:
        queue = open_queue(QueueName.SHORT, redis)
        job = queue.enqueue("app.jobs.results.recompute", "Quzaa", "Quzaa", "Quzaa")
        yield
        job.delete()


def _has_spoken(folder: Path, program: str) -> bool:
    return bool((folder / f"{program}.said").read_bytes())


def _wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come")
        time.sleep(0.2)


def programs_heard(lines: Collection[str]) -> set[str]:
    """Return the names of the programs that said anything."""
    return {name.rpartition(" ")[2] for name in lines}
