"""Lends a program another login than the pages': the owner to set up, a narrower role to work as.

The owner is for setting up and for bulk loads, never for a page.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine

from app.persistence.database import db
from app.persistence.roles import DatabaseRole, connect_arguments


@contextmanager
def owner_engine(url: str) -> Iterator[None]:
    """Let the session of the block connect as the owner, and give the application's role back."""
    with _lent(create_engine(url, hide_parameters=True)):
        yield


@contextmanager
def role_engine(url: str, role: DatabaseRole) -> Iterator[None]:
    """Let the session of the block work as ``role``, and give the application's role back."""
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args=connect_arguments(role)
    )
    with _lent(engine):
        yield


@contextmanager
def _lent(engine: Engine) -> Iterator[None]:
    usual = db.engines[None]
    db.session.remove()
    db.engines[None] = engine  # type: ignore[index]
    try:
        yield
    finally:
        db.session.remove()
        db.engines[None] = usual  # type: ignore[index]
        engine.dispose()
