"""A worker's word that it is at work, given by a second thread for as long as a line takes."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app

from app.domain.outbox import BEAT
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.database_errors import DatabaseDownError
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import OvertakenError, Taken, say_alive


log = logging.getLogger(__name__)


@contextmanager
def beating(key: TenantKey, taken: Taken) -> Iterator[None]:
    """Say every few seconds that a worker is at the line, until the block ends."""
    over = threading.Event()
    # The thread asks the application itself, and not the stand-in that this thread knows.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    heart = threading.Thread(target=_beat, args=(app, key, taken, over), daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


def _beat(app: Flask, key: TenantKey, taken: Taken, over: threading.Event) -> None:
    with app.app_context(), tenant_scope(key):
        while not over.wait(BEAT.total_seconds()):
            try:
                with unit_of_work():
                    say_alive(taken)
            except OvertakenError:
                log.warning("line %s has been given to another worker", taken.id)
                return
            except DatabaseDownError as error:
                log.warning("line %s goes on unheard: %s", taken.id, error.orig)
        db.session.remove()
