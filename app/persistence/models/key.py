"""The keys of personal numbers as far as the database knows them, and their rotation."""

from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.columns import RowId, WrittenAt
from app.persistence.database import Base


class CccdKey(Base):
    """A key that something was sealed with: what tells it from another, and nothing about it."""

    __tablename__ = "cccd_key"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    fingerprint: Mapped[bytes]
    first_used_at: Mapped[WrittenAt]
    retired_at: Mapped[datetime | None]


class KeyRotation(Base):
    """That all numbers are to be brought to a key. How far each agency is, its own line says."""

    __tablename__ = "key_rotation"

    id: Mapped[RowId]
    key_id: Mapped[int] = mapped_column(SmallInteger, ForeignKey("cccd_key.id"))
    started_at: Mapped[WrittenAt]
