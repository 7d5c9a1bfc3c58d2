"""Lends a program another login than the pages': the owner to set up, a narrower role to work as.

The owner is for setting up and for bulk loads, never for a page.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app.persistence.database import db
from app.persistence.roles import DatabaseRole, connect_arguments


OWNERS_OPTIONS = {"hide_parameters": True, "execution_options": {"is_owner": True}}
"""How the owner's engine is made: statements are told apart by it."""


@contextmanager
def owner_engine(url: str) -> Iterator[None]:
    """Let the session of the block connect as the owner, and give the application's role back."""
    with _lent(create_engine(url, **OWNERS_OPTIONS)):
        yield


@contextmanager
def role_engine(url: str, role: DatabaseRole) -> Iterator[None]:
    """Let the session of the block work as ``role``, and give the application's role back."""
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args=connect_arguments(role)
    )
    with _lent(engine):
        yield


def is_owner(session: Session) -> bool:
    """Tell whether the session works as the owner, whom row-level security does not bind."""
    return bool(session.get_bind().get_execution_options().get("is_owner", False))


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
