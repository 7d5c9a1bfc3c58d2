"""What people ask about their data, and how often personal numbers were shown or looked up."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.cccd import NumberUseKind
from app.domain.data_requests import RequestChannel, RequestKind, RequestState
from app.persistence.columns import (
    Moment,
    Reference,
    RowId,
    Small,
    Word,
    WrittenAt,
    to_tenant,
    within_tenant,
)
from app.persistence.database import Base
from app.persistence.ownership import OwnedByTenant


class NumberUse(OwnedByTenant, Base):
    """That somebody had numbers shown, or looked numbers up. Kept as long as a limit needs it."""

    __tablename__ = "number_use"
    __table_args__ = (
        to_tenant(),
        Index("ix_number_use_at", "province_id", "tenant_id", "account_id", "kind", "at"),
    )

    id: Mapped[RowId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[NumberUseKind] = mapped_column(Word(NumberUseKind))
    times: Mapped[Small]
    at: Mapped[WrittenAt]


class DataRequest(OwnedByTenant, Base):
    """What somebody asked about their own data, and until when it has to be answered and done."""

    __tablename__ = "data_request"
    __table_args__ = (
        to_tenant(),
        within_tenant("person_id", "person"),
        CheckConstraint("state IN ('received', 'accepted', 'done', 'refused')", name="state"),
        CheckConstraint(
            "(state IN ('done', 'refused')) = (settled_at IS NOT NULL)", name="settled"
        ),
        CheckConstraint(
            "state <> 'refused' OR length(trim(outcome)) > 0", name="refusal_has_reason"
        ),
        Index("ix_data_request_state", "province_id", "tenant_id", "state", "done_due_on"),
    )

    id: Mapped[RowId]
    person_id: Mapped[Reference]
    kind: Mapped[RequestKind] = mapped_column(Word(RequestKind))
    channel: Mapped[RequestChannel] = mapped_column(Word(RequestChannel))
    words: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[RequestState] = mapped_column(Word(RequestState))
    asked_at: Mapped[Moment]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    answer_due_on: Mapped[date]
    done_due_on: Mapped[date]
    extended_because: Mapped[str] = mapped_column(default="", server_default="")
    answered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str] = mapped_column(default="", server_default="")
