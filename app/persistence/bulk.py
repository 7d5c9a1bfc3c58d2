"""Writes many rows at once, with COPY: for loads by the owner, never for a page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from app.persistence.database import Base, db


Row = Mapping[str, Any]


class Ledger:
    """Rows collected for several tables, written in the order in which the tables are given.

    Triggers and foreign keys see every row, in the order in which it was added.
    """

    def __init__(self, order: Sequence[type[Base]]) -> None:
        self._rows: dict[type[Base], list[Row]] = {table: [] for table in order}
        self._written = dict.fromkeys(order, 0)

    def add(self, table: type[Base], **values: Any) -> None:
        """Keep a row; all rows of a table name the same columns."""
        self._rows[table].append(values)

    def count(self, table: type[Base]) -> int:
        """Return how many rows of ``table`` wait to be written."""
        return len(self._rows[table])

    def total(self, table: type[Base]) -> int:
        """Return how many rows of ``table`` have been written."""
        return self._written[table]

    def write(self) -> None:
        """Write what was collected, into the running transaction, and forget it."""
        for table, rows in self._rows.items():
            if rows:
                copy_rows(table, rows)
                self._written[table] += len(rows)
                rows.clear()


def copy_rows(table: type[Base], rows: Sequence[Row]) -> None:
    """Copy rows into a table; a dictionary goes into a column of JSON."""
    columns = tuple(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.__tablename__), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with _connection().cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_plain(row[column]) for column in columns])


def analyse(tables: Iterable[type[Base]]) -> None:
    """Let the planner know what was loaded, before anybody waits for a page."""
    for table in tables:
        _connection().execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.__tablename__)))


@contextmanager
def references_proved_at_once(tables: Sequence[type[Base]]) -> Iterator[None]:
    """Prove the foreign keys of some tables over all rows in the end, and not at each row.

    They are taken off and put back, word for word, in the running transaction; putting one back
    proves every row of the table, and fails as a single row would have. Indexes that prove nothing
    are built again at once as well. Until the transaction ends, others wait for these tables and
    for those that they refer to, even to read.
    """
    names = [table.__tablename__ for table in tables]
    taken_off = [_connection().execute(one, [names]).fetchall() for one in (_REFERENCES, _INDEXES)]
    for off, _ in (one for kind in taken_off for one in kind):
        _connection().execute(off)
    yield
    for _, back in (one for kind in reversed(taken_off) for one in kind):
        _connection().execute(back)


_REFERENCES = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
            pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (%s::regclass[])
    ORDER BY conrelid, conname
"""
_INDEXES = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE NOT indisunique AND indrelid = ANY (%s::regclass[])
    ORDER BY indrelid, indexrelid
"""


def _connection() -> Connection[Any]:
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, Connection)  # noqa: S101 - the only driver there is
    return connection


def _plain(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value
