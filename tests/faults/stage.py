"""A whole deployment in a temporary folder, started as ``make run`` starts it, to be maltreated.

``app.launch`` starts PostgreSQL, Valkey, the web server and the workers, and is what brings them
back; the stage only builds agencies and people into it, and looks.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.config import Config
from app.domain.deadlines import vietnam_date
from app.factory import create_app
from app.launch import children
from app.launch.port import HOST, answers
from tests.builders.sessions import open_session
from tests.builders.world import Someone, World
from tests.faults.browsers import Browser, cookie_of
from tests.faults.nursery import Nursery
from tests.faults.processes import Process


_ROOT = Path(__file__).parents[2]
_START_SECONDS = 180.0
_STOP_SECONDS = 60.0
_FOREIGN = (
    "BANGVANG_HOSTS",
    "BANGVANG_LIMITS",
    "BANGVANG_URL",
    "CCCD_KEYS",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "REDIS_URL",
    "ROLLUP_DATABASE_URL",
)


class NotGreenError(Exception):
    """The stage did not come to rest in the time it has; says what was still to do."""


class Stage:
    """The deployment under test, and the application of whoever looks at it from outside."""

    def __init__(self, home: Path, port: int, launcher: Process, config: Config) -> None:
        self.home = home
        self.port = port
        self.launcher = launcher
        self.config = config
        self.app: Flask = create_app(config)
        self.world = World(self.app)
        self.owner = create_engine(config.owner_database_url, pool_pre_ping=True)
        self.year = vietnam_date(datetime.now(UTC)).year
        self.nursery = Nursery(home)

    def program(self, words: str) -> Process | None:
        """Return the process of the deployment that was started with these words."""
        return next((one for one in self.launcher.children() if words in one.command), None)

    def browser(self, slug: str, someone: Someone | None = None) -> Browser:
        """Return the browser of somebody who stays signed in whatever the clock says."""
        token = None
        if someone is not None:
            token = open_session(self.app, someone.id, ahead=_FOR_EVER)
        return Browser(self.port, slug, cookie_of(self.app, token))

    def superuser(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Return a connection that may do anything to our own cluster."""
        url = make_url(self.config.owner_database_url)
        address = f"host={url.query['host']} dbname={url.database} user=postgres"
        return psycopg.connect(address, autocommit=True)

    def trouble(self) -> str | None:
        """Return what keeps the stage from being green, or None."""
        if not answers(self.port, "/readyz"):
            return "/readyz does not say that all is well"
        try:
            with self.owner.connect() as connection:
                found = connection.execute(text(_UNFINISHED)).mappings().one()
        except DBAPIError as error:
            return f"the database is away: {type(error).__name__}"
        left = [f"{count} {name}" for name, count in found.items() if count]
        return ", ".join(left) or None

    def await_green(self, seconds: float, *, since: float | None = None) -> float:
        """Return after how many seconds everything was done; raise ``NotGreenError`` if not."""
        began = time.monotonic() if since is None else since
        while (problem := self.trouble()) is not None:
            if time.monotonic() - began > seconds:
                raise NotGreenError(f"after {seconds:.0f} s: {problem}")
            time.sleep(0.1)
        return time.monotonic() - began

    def list_people(self, slug: str, number: int) -> list[UUID]:
        """Put new people on the roster of an agency; return their dossiers, still untouched."""
        key = self.world.key_of(slug)
        values = {"p": key.province_id, "t": key.tenant_id, "year": self.year, "n": number}
        with self.owner.begin() as connection:
            connection.execute(text(_PEOPLE), values)
            found = connection.execute(text(_DOSSIERS), values).scalars().all()
            connection.execute(text(_MARK), values)
        return list(found)


_FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC) - datetime.now(UTC)

_UNFINISHED = """
    SELECT (SELECT count(*) FROM rollup_mark) AS "figures out of date",
        (SELECT count(*) FROM export WHERE state IN ('queued', 'running')) AS "workbooks to write",
        (SELECT count(*) FROM outbox WHERE state <> 'done') AS "jobs not done",
        (SELECT count(*) FROM periodic_run WHERE outcome = 'running') AS "nights under way"
"""
_PEOPLE = """
    WITH human AS (
        INSERT INTO identity (id, province_id)
        SELECT gen_random_uuid(), :p FROM generate_series(1, :n) RETURNING id
    )
    INSERT INTO person (province_id, tenant_id, id, identity_id, unit_id, group_number, name,
        name_sort_key, name_match_key, birth_year, origin, is_active)
    SELECT :p, :t, gen_random_uuid(), human.id,
        (SELECT id FROM unit WHERE tenant_id = :t ORDER BY name_sort_key LIMIT 1), 3,
        'Lò Thị Pánh', 'lò thị pánh', 'lo thi panh', 1988, 'imported', true
    FROM human
"""
_DOSSIERS = """
    INSERT INTO dossier (province_id, tenant_id, id, year, person_id, identity_id, unit_id,
        criteria_set, group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years, state, self_scores, evidence, agreed_reasons, returned_reasons,
        has_digital_skills, is_digitally_fluent, is_outstanding, is_on_behalf)
    SELECT :p, :t, gen_random_uuid(), :year, person.id, identity_id, unit_id,
        rule.criteria_set, rule.group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years, 'listed', array_fill(NULL::smallint, ARRAY[10]),
        array_fill(''::text, ARRAY[10]), '{}', '{}', false, false, false, false
    FROM person JOIN criteria_rule AS rule
        ON rule.criteria_set = 'qd-324-2023@1' AND rule.group_number = person.group_number
    WHERE person.tenant_id = :t AND NOT EXISTS (
        SELECT FROM dossier WHERE dossier.tenant_id = :t AND dossier.person_id = person.id
    )
    RETURNING id
"""
_MARK = "INSERT INTO rollup_mark (province_id, tenant_id, year) VALUES (:p, :t, :year)"


@contextmanager
def open_stage() -> Iterator[Stage]:
    """Start a deployment of its own on this machine alone; nothing of it is left afterwards."""
    home = Path(tempfile.mkdtemp(prefix="bangvang-faults-", dir="/var/tmp"))
    # PostgreSQL runs under an account of its own, which has to pass.
    home.chmod(0o711)
    port = _free_port()
    _name_the_stage(home, port)
    with (home / "log").open("wb") as log:
        process = children.spawn(
            [sys.executable, "-m", "app.launch"], output=log, farewell=signal.SIGTERM
        )
        try:
            _await_start(process, home, port)
            stage = Stage(home, port, Process(process.pid), Config.from_environment())
            with stage.nursery:
                yield stage
            stage.owner.dispose()
        finally:
            children.end(process, signal.SIGTERM, patience=_STOP_SECONDS)
            shutil.rmtree(home, ignore_errors=True)


def _name_the_stage(home: Path, port: int) -> None:
    """Let every process started from here find this deployment, and no other."""
    os.chdir(_ROOT)
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(BANGVANG_HOME=str(home), PORT=str(port), BANGVANG_DEMO="0")


def _await_start(process: "subprocess.Popen[bytes]", home: Path, port: int) -> None:
    limit = time.monotonic() + _START_SECONDS
    while "is ready at" not in (home / "log").read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > limit:
            raise NotGreenError(f"the stage does not start:\n{last_words(home)}")
        time.sleep(0.2)
    assert answers(port, "/readyz")


def last_words(home: Path, lines: int = 30) -> str:
    """Return what the programs of a stage said last."""
    return "\n".join((home / "log").read_text(errors="replace").splitlines()[-lines:])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])
