"""Takes one of the two walls down for the length of a test, so that the other is proved alone.

The house itself has no switch: the first wall is taken down by removing its listeners, the second
by the owner of a test's database.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum

import psycopg
from psycopg import sql
from sqlalchemy import event, make_url
from sqlalchemy.orm import Session

from app.persistence import tenancy, unnarrowed


_LISTENERS = (
    ("do_orm_execute", tenancy._narrow_to_tenant),  # noqa: SLF001
    ("do_orm_execute", unnarrowed._refuse_what_is_not_narrowed),  # noqa: SLF001
    ("before_flush", tenancy._refuse_foreign_rows),  # noqa: SLF001
)


class Standing(StrEnum):
    """Which walls stand."""

    BOTH = "both walls"
    RLS_ONLY = "row-level security alone"
    ORM_ONLY = "the ORM's wall alone"


@contextmanager
def standing(walls: Standing, owner_url: str) -> Iterator[None]:
    """Let only ``walls`` stand; ``owner_url`` is ``config.owner_database_url``."""
    lowered = {
        Standing.BOTH: nullcontext,
        Standing.RLS_ONLY: orm_wall_down,
        Standing.ORM_ONLY: lambda: rls_wall_down(owner_url),
    }
    with lowered[walls]():
        yield


@contextmanager
def orm_wall_down() -> Iterator[None]:
    """Let no statement be narrowed and no foreign row be refused before PostgreSQL sees it."""
    for name, listener in _LISTENERS:
        event.remove(Session, name, listener)
    try:
        yield
    finally:
        for name, listener in _LISTENERS:
            event.listen(Session, name, listener)


@contextmanager
def rls_wall_down(owner_url: str) -> Iterator[None]:
    """Let row-level security bind nobody in one database, until the block ends."""
    with _owner(owner_url) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')"
            )
        ]
    _alter(owner_url, tables, "DISABLE")
    try:
        yield
    finally:
        _alter(owner_url, tables, "ENABLE")


def _alter(owner_url: str, tables: list[str], verb: str) -> None:
    statement = sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY")
    with _owner(owner_url) as connection:
        # A transaction that a test left open fails the test, and does not stop it for ever.
        connection.execute("SET lock_timeout = '5s'")
        for table in tables:
            connection.execute(statement.format(sql.Identifier(table), sql.SQL(verb)))


def _owner(owner_url: str) -> psycopg.Connection[tuple[object, ...]]:
    url = make_url(owner_url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))
