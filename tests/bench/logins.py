"""A thousand people sign in at once, against the web server as ``make run`` starts it.

Nothing of it is faked: gunicorn with its processes, real passwords, one in four of them wrong.
Somebody who is at work opens pages before and meanwhile. All of it, the people too, shares the
cores of this machine.
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from sqlalchemy import update

from app.config import Config
from app.domain.permissions import Role
from app.launch.port import HOST
from app.launch.programs import services
from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import hash_password
from tests.bench.measuring import Measurement
from tests.builders.sessions import open_session
from tests.builders.world import DEPARTMENT, World


PEOPLE = 1_000
_PASSWORD = "bốn mùa hoa ban nở"
_WRONG_EVERY = 4
_WRONG = '"act": "sign-in-wrong"'
_PORT = 18_473
_HOST = f"{HOST}:{_PORT}"
_SIGN_IN = f"/{DEPARTMENT}/-/sign-in"
_PAGE = f"/{DEPARTMENT}/-/honours/"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_SECONDS_OF_CALM = 8.0
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    seconds: float
    text: str
    cookie: str


def measure_logins(world: World, config: Config) -> list[Measurement]:
    """Let a thousand people sign in at once; print what they got."""
    logins = _people(world)
    reader = world.make_account(DEPARTMENT, Role.OFFICER)
    with world.app.test_client() as browser:
        with browser.session_transaction() as session:
            session["_user_id"] = open_session(world.app, reader.id)
        cookie = browser.get_cookie("session")
    with _web_server(config) as server:
        calm, storm, meanwhile = asyncio.run(_storm(logins, f"session={cookie.value}"))
        memory = _peak_memory(server.pid)
    return _report(calm, storm, meanwhile, memory)


def _people(world: World) -> Sequence[str]:
    people = [world.make_account(DEPARTMENT, Role.OFFICER) for _ in range(PEOPLE)]
    with world.inside(DEPARTMENT), unit_of_work():
        known = [one.id for one in people]
        stored = hash_password(_PASSWORD)
        db.session.execute(
            update(Account).where(Account.id.in_(known)).values(password_hash=stored)
        )
    return [one.login for one in people]


@contextmanager
def _web_server(config: Config) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": config.secret_key,
        "CCCD_KEY": config.cccd_key,
        "PYTHONUTF8": "1",
    }
    command = services(_PORT)[0].command
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, env=environment, stderr=said, start_new_session=True) as server,
    ):
        try:
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
            said.seek(0)
            # Hundreds of wrong passwords were typed on purpose: only what else it said is shown.
            sys.stderr.writelines(line for line in said if _WRONG not in line)


async def _storm(
    logins: Sequence[str], cookie: str
) -> tuple[list[Answer], list[Answer], list[Answer]]:
    """Return the pages opened in peace, the sign-ins, and the pages opened meanwhile."""
    form = await _first_form()
    token, visitor = _TOKEN.findall(form.text)[0], form.cookie
    calm = await _open_pages(cookie, asyncio.create_task(asyncio.sleep(_SECONDS_OF_CALM)))
    crowd = asyncio.gather(
        *(_sign_in(login, place, token, visitor) for place, login in enumerate(logins))
    )
    meanwhile = await _open_pages(cookie, crowd)
    return calm, list(await crowd), meanwhile


async def _first_form() -> Answer:
    for _ in range(300):
        try:
            return await _ask("GET", _SIGN_IN)
        except OSError:
            await asyncio.sleep(0.2)
    raise AssertionError("the web server does not start")


async def _open_pages(cookie: str, until: "asyncio.Future[object]") -> list[Answer]:
    answers = []
    while not until.done():
        answers.append(await _ask("GET", _PAGE, cookie=cookie))
        await asyncio.sleep(_PAUSE)
    return answers


async def _sign_in(login: str, place: int, token: str, cookie: str) -> Answer:
    password = _PASSWORD if place % _WRONG_EVERY else "a wrong password"
    typed = {"csrf_token": token, "login": login, "password": password}
    return await _ask("POST", _SIGN_IN, body=urlencode(typed), cookie=cookie)


async def _ask(method: str, path: str, *, body: str = "", cookie: str = "") -> Answer:
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(HOST, _PORT)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {_HOST}\r\nConnection: close\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write((head + body).encode())
    raw = (await reader.read()).decode()
    writer.close()
    seconds = time.perf_counter() - began
    top, _, text = raw.partition("\r\n\r\n")
    given = re.search(r"Set-Cookie: (session=[^;]+)", top)
    status = int(top.split(" ", 2)[1]) if top else 0
    return Answer(status, seconds, text, given[1] if given else "")


def _peak_memory(parent: int) -> float:
    """Return the most memory that the processes of the server have had, in MB."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    peaks = [
        int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{one}/status").read_text())[0])
        for one in (str(parent), *children)
    ]
    return sum(peaks) / 1024


def _report(
    calm: list[Answer], storm: list[Answer], meanwhile: list[Answer], memory: float
) -> list[Measurement]:
    statuses = {one.status for one in storm}
    counts = {code: sum(one.status == code for one in storm) for code in sorted(statuses)}
    failures = sum(one.status >= 500 or not one.status for one in (*storm, *meanwhile))
    print(f"logins: {PEOPLE} at once, {counts}, 5xx {failures}, peak memory {memory:.0f} MB")
    took = sorted(one.seconds for one in storm)
    return [
        _row("logins: median", took[len(took) // 2]),
        _row("logins: 95 of 100", took[int(len(took) * 0.95)]),
        _row("logins: the last of all", took[-1]),
        Measurement(
            name="logins: page meanwhile, 95 of 100",
            size=PEOPLE,
            seconds=_p95(meanwhile),
            floor_seconds=_p95(calm),
        ),
    ]


def _p95(answers: list[Answer]) -> float:
    return quantiles([one.seconds for one in answers], n=20)[-1]


def _row(name: str, seconds: float) -> Measurement:
    return Measurement(name=name, size=PEOPLE, seconds=seconds, floor_seconds=None)
