"""The database as text, for looking whether something is kept anywhere in it."""

import psycopg

from app.launch.postgres import OWNER


def dump(postgres, database):
    """Return every row of every table as pg_dump writes them: text, and bytes in hexadecimal."""
    with psycopg.connect(postgres.dsn(database, OWNER)) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        lines = []
        for (table,) in tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
                lines += [bytes(row).decode() for row in rows]
        return "".join(lines)
