"""What time it is: the database's clock, inside the writing transaction.

One clock for every web process and worker, and deadlines are compared with the clock that also
stamps the rows. Tests set it; nothing else may.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from app.domain.deadlines import vietnam_date
from app.persistence.database import db


_BEGAN = "bangvang.began"


class _Began(NamedTuple):
    """A transaction and when it began: asked once, since ``now()`` stands still within it."""

    transaction: object
    moment: datetime


_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def transaction_time() -> datetime:
    """Return the moment at which the running transaction began, with its time zone."""
    moment = _set_to.get()
    if moment is not None:
        return moment
    connection = db.session.connection()
    running = connection.get_transaction()
    known = connection.info.get(_BEGAN)
    if known is None or known.transaction is not running:
        known = _Began(running, db.session.execute(select(func.now())).scalar_one())
        connection.info[_BEGAN] = known
    return known.moment


def moment_now() -> datetime:
    """Return the database's clock as it goes on, whatever a test has set.

    For what the database stamps itself, and no deadline hangs on: how long a worker is at it.
    """
    moment: datetime = db.session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def today() -> date:
    """Return today's date in Việt Nam."""
    return vietnam_date(transaction_time())


@contextmanager
def clock_set_to(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment``, for a test."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
