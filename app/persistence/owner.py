"""Lends the database's owner to a command: for setting up and for bulk loads, never for a page."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine

from app.persistence.database import db


@contextmanager
def owner_engine(url: str) -> Iterator[None]:
    """Let the session of the block connect as the owner, and give the application's role back."""
    engine = create_engine(url, hide_parameters=True)
    usual = db.engines[None]
    db.session.remove()
    db.engines[None] = engine  # type: ignore[index]
    try:
        yield
    finally:
        db.session.remove()
        db.engines[None] = usual  # type: ignore[index]
        engine.dispose()
