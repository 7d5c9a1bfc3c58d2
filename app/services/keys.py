"""Holds the key ring against what the data were sealed with: a wrong or lost key is noticed.

Whatever seals, opens or looks up asks first. A key that is there for the first time is noted; one
that is not the same as before, or is no longer there, stops the act: nothing is ever written with
a key that would leave the rest unreadable.
"""

from collections.abc import Mapping

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from app.persistence.database import db
from app.persistence.key_ring import KeyRing, KeyRingError, KeyState
from app.persistence.models import CccdKey
from app.persistence.sealing import NumberSeal, fingerprint


def require_keys(seal: NumberSeal) -> None:
    """Note keys that are new; raise ``KeyRingError`` unless the ring reads all that is sealed."""
    _note_new_keys(seal.ring)
    problem = find_key_problem(seal.ring)
    if problem:
        raise KeyRingError(problem)


def find_key_problem(ring: KeyRing) -> str | None:
    """Return what keeps the ring from reading the numbers that there are, or None."""
    given = {key.id: key for key in ring.keys if key.state is not KeyState.RETIRED}
    for known in db.session.scalars(select(CccdKey).order_by(CccdKey.id)):
        if known.retired_at is not None:
            if known.id == ring.active.id:
                return f"key {known.id} has been retired, and must not be active"
            continue
        if known.id not in given:
            return f"numbers are sealed with key {known.id}, which the key ring cannot read"
        if fingerprint(given[known.id]) != known.fingerprint:
            return f"key {known.id} is not the key that numbers were sealed with"
    return None


def key_problem(ring: KeyRing) -> str | None:
    """Return the same as a health check asks it: an answer, whatever state the database is in."""
    try:
        return find_key_problem(ring)
    except SQLAlchemyError as error:
        return type(error).__name__
    finally:
        db.session.rollback()


def values_by_key() -> Mapping[tuple[str, int], int]:
    """Return how many numbers, sheets and indexes of all agencies were made with which key."""
    rows = db.session.execute(text("SELECT kind, key_id, number FROM values_by_key()"))
    return {(kind, key_id): number for kind, key_id, number in rows}


def _note_new_keys(ring: KeyRing) -> None:
    known = set(db.session.scalars(select(CccdKey.id)))
    for key in ring.keys:
        if key.state is not KeyState.RETIRED and key.id not in known:
            db.session.execute(
                insert(CccdKey)
                .values(id=key.id, fingerprint=fingerprint(key))
                .on_conflict_do_nothing()
            )
