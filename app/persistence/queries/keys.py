"""Questions about the rotation of keys."""

from sqlalchemy import select

from app.persistence.database import db
from app.persistence.models import KeyRotation


def find_rotation() -> KeyRotation | None:
    """Return the newest rotation."""
    query = select(KeyRotation).order_by(KeyRotation.started_at.desc(), KeyRotation.id.desc())
    return db.session.scalars(query.limit(1)).one_or_none()
