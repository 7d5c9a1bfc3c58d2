"""Questions about the rotation of keys."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.persistence.database import db
from app.persistence.models import KeyRotation


def find_rotation() -> KeyRotation | None:
    """Return the newest rotation, finished or not."""
    query = select(KeyRotation).order_by(KeyRotation.started_at.desc(), KeyRotation.id.desc())
    return db.session.scalars(query.limit(1)).one_or_none()


def overdue_rotation(silence: timedelta) -> UUID | None:
    """Return the rotation that is not finished and that nobody has worked on for a while."""
    return db.session.scalars(
        select(KeyRotation.id).where(
            KeyRotation.finished_at.is_(None), KeyRotation.alive_at <= func.now() - silence
        )
    ).one_or_none()
