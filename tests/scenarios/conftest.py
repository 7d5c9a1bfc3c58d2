"""A whole house for scenarios: a web server, a worker for each queue, the sweeper, a browser."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app.config import Config
from app.jobs.queues import QueueName
from tests.builders.world import World
from tests.scenarios.people import DESK, Reception, open_this_year
from tests.scenarios.reading import watch


ROOT = Path(__file__).parents[2]

# Without these, a closed network makes Chromium try many refused connections at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def the_day_of_the_tests() -> None:
    """Leave the clock alone: the house under test runs on the real one."""


@pytest.fixture
def year(world: World) -> int:
    """The year that it really is, open in every agency."""
    return open_this_year(world)


@pytest.fixture
def reception(app: Flask, open_browser: Callable[..., Page], house: str) -> Reception:
    """Whoever opens windows for the people of a scenario."""
    return Reception(app, open_browser, house)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("there is no Chromium on this machine: no scenario was played in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


class QuietHandler(WSGIRequestHandler):
    """Answers without a line in the log for each picture."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture
def house(app: Flask, config: Config) -> Iterator[str]:
    """The address of a running house, with workers as in a real one."""
    with ExitStack() as stack:
        for command in (*(("worker", name.value) for name in QueueName), ("sweep",)):
            stack.enter_context(running(config, *command))
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@contextmanager
def running(config: Config, *command: str) -> Iterator[None]:
    """Run a command of the house beside the test, and end it."""
    process = subprocess.Popen(  # noqa: S603  (our own command)
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": config.database_url,
            "OWNER_DATABASE_URL": config.owner_database_url,
            "ROLLUP_DATABASE_URL": config.rollup_database_url,
            "REDIS_URL": config.redis_url,
            "SECRET_KEY": config.secret_key,
            "CCCD_KEY": config.cccd_key,
        },
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def open_browser(chromium: Browser, house: str) -> Iterator[Callable[..., Page]]:
    """Open a window for somebody: at a desk or with a phone, in a language."""
    contexts: list[BrowserContext] = []

    def open_window(*, size: dict[str, int] = DESK, language: str = "vi", **more: object) -> Page:
        context = chromium.new_context(
            base_url=house, viewport=size, locale=language, accept_downloads=True, **more
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch(page, house)
        return page

    yield open_window
    for context in contexts:
        context.close()
