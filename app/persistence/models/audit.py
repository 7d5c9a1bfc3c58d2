"""Who did what, beside the dossiers' own events. Appended, never changed."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.audit import Act
from app.persistence.columns import RowId, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import OwnedByTenant


class AuditEvent(OwnedByTenant, Base):
    """An act, written in the transaction of the act itself."""

    __tablename__ = "audit_event"
    __table_args__ = (
        to_tenant(),
        Index("ix_audit_event_at", "province_id", "tenant_id", "at"),
    )

    id: Mapped[RowId]
    at: Mapped[WrittenAt]
    act: Mapped[Act] = mapped_column(Word(Act))
    actor_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str]
    object_kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
