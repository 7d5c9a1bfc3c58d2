"""Another time of day, for our own database alone: the clock of the machine is never touched.

The house asks the database what time it is (``app.persistence.clock``). For a while, its logins
find a ``now()`` in a schema of ours before the one of PostgreSQL.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from app.launch.postgres import WEB, WORKER
from app.persistence.database import db
from tests.faults.stage import Stage


_SHIFT = (
    "CREATE SCHEMA shifted",
    "GRANT USAGE ON SCHEMA shifted TO PUBLIC",
    """
    CREATE FUNCTION shifted.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT pg_catalog.now() + CAST('{seconds} seconds' AS interval) $$
    """,
    *(
        f'ALTER ROLE {login} SET search_path = shifted, pg_catalog, "$user", public'
        for login in (WEB, WORKER)
    ),
)
_BACK = (
    *(f"ALTER ROLE {login} RESET search_path" for login in (WEB, WORKER)),
    "DROP SCHEMA shifted CASCADE",
)
# Who is connected keeps the clock of before: pools notice that they are not, and connect again.
_DISCONNECT = f"""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('{WEB}', '{WORKER}')
"""  # noqa: S608  # the names of our own roles
_PAUSE = 0.5


@contextmanager
def database_says(stage: Stage, moment: datetime) -> Iterator[float]:
    """Let the database say for the block that it is ``moment`` now, and go on from there.

    Yields what ``time.monotonic()`` was at that moment.
    """
    with stage.superuser() as connection:
        row = connection.execute("SELECT extract(epoch FROM now())").fetchone()
        began = time.monotonic()
        assert row is not None
        seconds = moment.timestamp() - float(str(row[0]))
        for statement in _SHIFT:
            connection.execute(statement.format(seconds=seconds))
        _connect_anew(stage, connection)
        try:
            yield began
        finally:
            for statement in _BACK:
                connection.execute(statement)
            _connect_anew(stage, connection)


def _connect_anew(stage: Stage, connection: object) -> None:
    with stage.app.app_context():
        db.engine.dispose()
    connection.execute(_DISCONNECT)  # type: ignore[attr-defined]
    time.sleep(_PAUSE)
