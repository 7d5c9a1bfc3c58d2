"""The keys of personal numbers as far as the database knows them, and their rotation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.columns import RowId, Small, WrittenAt
from app.persistence.database import Base


class CccdKey(Base):
    """A key that something was sealed with: what tells it from another, and nothing about it."""

    __tablename__ = "cccd_key"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    fingerprint: Mapped[bytes]
    first_used_at: Mapped[WrittenAt]
    retired_at: Mapped[datetime | None]


class KeyRotation(Base):
    """How far the numbers of all agencies have been brought to the active key."""

    __tablename__ = "key_rotation"
    __table_args__ = (
        Index(
            "uq_key_rotation_unfinished",
            text("(finished_at IS NULL)"),
            unique=True,
            postgresql_where="finished_at IS NULL",
        ),
    )

    id: Mapped[RowId]
    key_id: Mapped[int] = mapped_column(SmallInteger, ForeignKey("cccd_key.id"))
    other_key_id: Mapped[int | None] = mapped_column(SmallInteger, ForeignKey("cccd_key.id"))
    # The last agency that is done, in the order of their keys.
    after_province_id: Mapped[Small] = mapped_column(default=0, server_default="0")
    after_tenant_id: Mapped[UUID | None]
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    started_at: Mapped[WrittenAt]
    alive_at: Mapped[WrittenAt]
    finished_at: Mapped[datetime | None]
