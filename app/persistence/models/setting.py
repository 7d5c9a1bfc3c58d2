"""What agencies set for themselves and for those below: values, deadlines, cycles."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.settings import SettingName
from app.persistence.columns import RowId, Small, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import SharedInLine
from tenants.schema import DeadlineKind, DeadlineRule


class Setting(SharedInLine, Base):
    """A value that an agency holds. What it does not hold, it inherits."""

    __tablename__ = "setting"
    __table_args__ = (to_tenant(), UniqueConstraint("province_id", "tenant_id", "name"))

    id: Mapped[RowId]
    name: Mapped[SettingName] = mapped_column(Word(SettingName))
    value: Mapped[Any] = mapped_column(JSONB)
    source: Mapped[str] = mapped_column(default="")
    is_assumed: Mapped[bool] = mapped_column(default=False)
    set_at: Mapped[WrittenAt]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class DeadlineRow(SharedInLine, Base):
    """A deadline that an agency set: every year (``year`` 0) or for one."""

    __tablename__ = "deadline"
    __table_args__ = (
        to_tenant(),
        UniqueConstraint("province_id", "tenant_id", "kind", "year"),
        CheckConstraint("rule IN ('before', 'by')", name="rule"),
        CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", name="date"),
    )

    id: Mapped[RowId]
    kind: Mapped[DeadlineKind] = mapped_column(Word(DeadlineKind))
    year: Mapped[Small] = mapped_column(default=0)
    month: Mapped[Small]
    day: Mapped[Small]
    rule: Mapped[DeadlineRule] = mapped_column(Word(DeadlineRule))
    rolls_off_non_working_days: Mapped[bool] = mapped_column(default=False)
    wording: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    is_assumed: Mapped[bool] = mapped_column(default=False)
    set_at: Mapped[WrittenAt]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class Cycle(SharedInLine, Base):
    """An agency's assessment year."""

    __tablename__ = "cycle"
    __table_args__ = (to_tenant(), UniqueConstraint("province_id", "tenant_id", "year"))

    id: Mapped[RowId]
    year: Mapped[Small]
    registration_opens_on: Mapped[date]
    opened_at: Mapped[WrittenAt]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
