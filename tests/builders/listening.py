"""Listens to what an application asks of its database."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from app.persistence.database import db


@contextmanager
def statements_of(app: Flask) -> Iterator[list[str]]:
    """Collect every statement that the application sends while the block runs."""
    with app.app_context():
        engine = db.engine
    said: list[str] = []

    def note(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
