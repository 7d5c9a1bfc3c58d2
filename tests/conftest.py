"""The real parts that tests run on: a PostgreSQL cluster, a Valkey, a database for each test."""

import itertools
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql

from app.config import Config
from app.domain.deadlines import VIETNAM
from app.launch.postgres import OWNER, SUPERUSER, Postgres
from app.launch.valkey import Valkey
from app.persistence.clock import clock_set_to
from tests.builders.sessions import open_session
from tests.builders.shared import SharedApplication, config_on
from tests.builders.world import World, load_catalogue_and_criteria


ROOT = Path(__file__).parents[1]
THE_DAY = datetime(2026, 11, 21, 9, 0, tzinfo=VIETNAM)
_numbers = itertools.count(1)
_ALWAYS = -1
_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of its own in it
_DISK = Path("/var/tmp")  # noqa: S108
_PLENTY = 6 * 2**30
_LONGEST = frozenset({"scenarios", "isolation"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, lest one process play a whole year while the other waits."""
    items.sort(key=lambda item: _LONGEST.isdisjoint(item.path.parts))


@pytest.fixture(autouse=True)
def no_outside_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests talk to this machine alone."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test called the outside world: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(autouse=True)
def the_day_of_the_tests() -> Iterator[None]:
    """Let every test happen on the same morning, whatever day it is run on."""
    with clock_set_to(THE_DAY):
        yield


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bangvang-tests-", dir=_quickest_place()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _quickest_place() -> Path:
    """Return memory where there is plenty: a database for each test is a lot to write to a disk."""
    is_there = os.access(_MEMORY, os.W_OK)
    is_plenty = is_there and shutil.disk_usage(_MEMORY).free > _PLENTY
    return _MEMORY if is_plenty else _DISK


@pytest.fixture(scope="session")
def postgres(home: Path) -> Iterator[Postgres]:
    with Postgres(home / "postgres", is_durable=False) as server:
        server.create_roles()
        yield server


@pytest.fixture(scope="session")
def shared_valkey(home: Path) -> Iterator[Valkey]:
    with Valkey(home / "valkey", is_durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def valkey(shared_valkey: Valkey) -> Valkey:
    return shared_valkey


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """A database at the newest migration, with the catalogue and the criteria sets."""
    postgres.create_database("template_of_tests", OWNER)
    url = postgres.url("template_of_tests", OWNER)
    migrate(url)
    load_catalogue_and_criteria(url)
    return "template_of_tests"


def migrate(url: str, revision: str = "head") -> None:
    settings = AlembicConfig(toml_file=ROOT / "pyproject.toml")
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.attributes["url"] = url
    command.upgrade(settings, revision)


@pytest.fixture
def database(postgres: Postgres, template: str) -> Iterator[str]:
    """The name of a fresh copy of the template, for one test."""
    yield from copy_of(postgres, template)


def copy_of(postgres: Postgres, source: str) -> Iterator[str]:
    """Make a copy of a database, yield its name, and drop it afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    postgres.create_database(name, OWNER, template=source)
    yield name
    drop_database(postgres, name)


def drop_database(postgres: Postgres, name: str) -> None:
    """Give back the room of a database, whoever has forgotten to leave it."""
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        connection.execute(statement.format(sql.Identifier(name)))


@pytest.fixture
def config(postgres: Postgres, valkey: Valkey, database: str) -> Config:
    return config_on(postgres, valkey, database)


@pytest.fixture(scope="session")
def shared_application(postgres: Postgres, shared_valkey: Valkey) -> SharedApplication:
    return SharedApplication(config_on(postgres, shared_valkey, "postgres"))


@pytest.fixture
def app(shared_application: SharedApplication, config: Config, database: str) -> Iterator[Flask]:
    with shared_application.lend(config, database) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> World:
    """Agencies, people and accounts, made as a test asks for them."""
    return World(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """Return a browser of somebody who has signed in, and stays so whatever the clock says.

    With ``factor_minutes`` the session is an ordinary one, which runs out: the second factor was
    given so many minutes ago, or not at all if that is None.
    """

    def enter(
        account: object, *, language: str = "en", factor_minutes: float | None = _ALWAYS
    ) -> FlaskClient:
        browser = app.test_client()
        stays = timedelta(days=2000) if factor_minutes == _ALWAYS else timedelta(0)
        given = 0 if factor_minutes == _ALWAYS else factor_minutes
        token = open_session(app, account.id, factor_minutes=given, ahead=stays)
        with browser.session_transaction() as session:
            session["_user_id"] = token
            session["csrf_token"] = "token"
            session["language"] = language
        browser.environ_base["HTTP_X_CSRF_TOKEN"] = "token"
        return browser

    return enter
