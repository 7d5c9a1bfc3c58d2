"""One application for all tests of a process; each test gives it a database of its own.

Thus routes, templates and statements are compiled once, not once more in each of thousands of
tests. What a test changes of its settings, the next one finds as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from redis import Redis
from sqlalchemy import event

from app.config import Config
from app.factory import create_app
from app.jobs.outbox import Dispatcher
from app.jobs.results import RollupWaker
from app.launch.postgres import OWNER, WEB, WORKER, Postgres
from app.launch.valkey import Valkey
from app.persistence.queries import criteria
from app.persistence.unit_of_work import dispatch_with, wake_with


def config_on(postgres: Postgres, valkey: Valkey, database: str) -> Config:
    """Return the settings of an application on one database of the tests."""
    return Config(
        database_url=postgres.url(database, WEB),
        owner_database_url=postgres.url(database, OWNER),
        rollup_database_url=postgres.url(database, WORKER),
        redis_url=valkey.url,
        secret_key="for tests",
        cccd_key="ab" * 32,
    )


def call_workers_of(config: Config) -> None:
    """Let what this process commits be told to the workers of one house, of several in it."""
    wake_with(RollupWaker(config.redis_url))
    dispatch_with(Dispatcher(config.redis_url))


class SharedApplication:
    """An application that is made once and lent to one test after another."""

    def __init__(self, config: Config) -> None:
        self._app = create_app(config)
        self._database = ""
        with self._app.app_context():
            self._engine = self._app.extensions["sqlalchemy"].engine
        event.listen(self._engine, "do_connect", self._choose_database)

    @contextmanager
    def lend(self, config: Config, database: str) -> Iterator[Flask]:
        """Let a test have the application, on a database, as if it had just been made."""
        settings, views = dict(self._app.config), dict(self._app.view_functions)
        self._database = database
        criteria._known.clear()  # noqa: SLF001  (sets never change, save from one database to another)
        self._app.extensions["bangvang"] = config
        call_workers_of(config)
        with Redis.from_url(config.redis_url) as redis:
            redis.flushall()  # the attempts of other tests are no attempts of this one
        self._app.testing = True
        yield self._app
        self._engine.dispose()
        self._app.config.clear()
        self._app.config.update(settings)
        self._app.view_functions.update(views)

    def _choose_database(self, _dialect: Any, _record: Any, _args: Any, named: Any) -> None:
        named["dbname"] = self._database
