"""Workbooks that a job writes for somebody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.domain.exports import ExportKind, ExportState
from app.persistence.columns import RowId, Small, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import OwnedByTenant


class Export(OwnedByTenant, Base):
    """A workbook asked for, in the making, or ready to be fetched."""

    __tablename__ = "export"
    __table_args__ = (to_tenant(),)

    id: Mapped[RowId]
    kind: Mapped[ExportKind] = mapped_column(Word(ExportKind))
    year: Mapped[Small]
    locale: Mapped[str]
    state: Mapped[ExportState] = mapped_column(Word(ExportState))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    file_name: Mapped[str | None]
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    problem: Mapped[str | None]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[WrittenAt]
    # When its worker last said that it is at work.
    alive_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
