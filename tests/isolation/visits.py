"""Knocks on doors, one request at a time, and takes back whatever each of them changed."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Connection, make_url, text

from app.persistence.database import db
from tests.isolation.forms import Fields


WRITTEN = text(
    "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
    " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
)

# What is nobody's business but the matrix's: the rows of every other agency, as one number. The
# function runs as the owner, whom row-level security does not bind.
_DIGEST = """
CREATE FUNCTION rows_of_others(ours uuid) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
AS $$
DECLARE
    digest text := '';
    part text;
    name text;
BEGIN
    FOR name IN
        SELECT table_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY 1
    LOOP
        EXECUTE format(
            'SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM %I t'
            ' WHERE tenant_id <> $1', name
        ) INTO part USING ours;
        digest := digest || name || '=' || part || ' ';
    END LOOP;
    RETURN digest;
END $$;
GRANT EXECUTE ON FUNCTION rows_of_others(uuid) TO PUBLIC;
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and which tables were written to on the way."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    written: Mapping[str, int]
    others: str = ""

    @property
    def location(self) -> str:
        """Where it leads on to."""
        return self.headers.get("Location", "")

    def told(self, *ids: str, at: str) -> tuple[int, str, tuple[tuple[str, str], ...]]:
        """Return the whole answer of the agency ``at``, without the ids that were asked for."""
        body, headers = self.body.decode(errors="replace"), dict(self.headers)
        headers.pop("Set-Cookie", None)
        headers.pop("Content-Length", None)
        signs = {at: "~"} | dict.fromkeys(ids, "-")
        # An address that is carried on in another one is written with its slashes quoted.
        signs |= {quote(one, safe=""): sign for one, sign in signs.items()}
        # The address of an agency is the beginning of those below it: the longest goes first.
        for one in sorted(signs, key=len, reverse=True):
            body = body.replace(one, signs[one])
            headers = {name: value.replace(one, signs[one]) for name, value in headers.items()}
        return self.status, body, tuple(sorted(headers.items()))


def add_digest(owner_url: str) -> None:
    """Let a test see whether the rows of other agencies changed, from inside a transaction."""
    url = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        connection.execute(_DIGEST)


class Visits:
    """Requests on one connection, each in a savepoint that is rolled back."""

    def __init__(self, connection: Connection, redis: Redis) -> None:
        self.connection, self.redis = connection, redis
        self.seen: dict[str, int] = {}
        self._written()

    def knock(
        self,
        browser: FlaskClient,
        method: str,
        address: str,
        fields: Fields = (),
        *,
        ours: object = None,
        quiet: Collection[str] = (),
        **more: Any,
    ) -> Answer:
        """Send one request; once it wrote, look at the rows of all agencies but ``ours``."""
        cookies = copy(browser._cookies)  # noqa: SLF001 - there is no other way to keep them
        change = self.connection.begin_nested()
        # Buffered: a file that is handed out is closed again.
        answer = browser.open(address, method=method, data=_as_data(fields), buffered=True, **more)
        written = self._written()
        others = self.rows_of_others(ours) if ours and written.keys() - set(quiet) else ""
        change.rollback()
        if method != "GET":
            self._forget_tries()
        browser._cookies = cookies  # noqa: SLF001
        return Answer(answer.status_code, answer.data, dict(answer.headers), written, others)

    def _forget_tries(self) -> None:
        # Wrong passwords are counted outside the database, and the next one would have to wait.
        for key in self.redis.scan_iter(match="*tries:*"):
            self.redis.delete(key)

    def rows_of_others(self, ours: object) -> str:
        """Return one text that says how every row of every other agency stands."""
        asked = self.connection.execute(text("SELECT rows_of_others(:ours)"), {"ours": ours})
        return str(asked.scalar_one())

    def _written(self) -> dict[str, int]:
        now = {name: int(rows) for name, rows in self.connection.execute(WRITTEN)}
        new = {name: rows - self.seen.get(name, 0) for name, rows in now.items()}
        self.seen = now
        return {name: rows for name, rows in new.items() if rows}


def _as_data(fields: Fields) -> dict[str, list[str]] | None:
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return data or None


@contextmanager
def visits(app: Flask) -> Iterator[Visits]:
    """Let every request of the block use one connection, whose changes never stay."""
    with app.app_context():
        engines: Any = db.engines
    # Outside the context: a request that found one would take it, and its session, for its own.
    usual = engines[None]
    with usual.connect() as connection, connection.begin() as transaction:
        engines[None] = connection
        redis = Redis.from_url(app.extensions["bangvang"].redis_url)
        try:
            yield Visits(connection, redis)
        finally:
            engines[None] = usual
            redis.close()
            transaction.rollback()
