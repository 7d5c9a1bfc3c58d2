"""Runs a command as the database's owner, whom row-level security does not bind."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from app.config import Config
from app.persistence.owner import owner_engine


__all__ = ["as_owner"]


@contextmanager
def as_owner() -> Iterator[Config]:
    """Let the block write agencies and criteria sets, which the application may only read."""
    config: Config = current_app.extensions["bangvang"]
    with owner_engine(config.owner_database_url or config.database_url):
        yield config
