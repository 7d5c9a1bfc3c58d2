"""Requests of the agencies above to look into one file."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.inspections import InspectionState
from app.persistence.columns import RowId, Small, Word, WrittenAt, to_tenant, within_tenant
from app.persistence.database import Base
from app.persistence.ownership import AskedFromAbove


class Inspection(AskedFromAbove, Base):
    """A line of a decision that an agency above wants to look into, and for how long it may.

    The agency that is asked owns the row. The dossier behind the line is found when it grants the
    request: asking tells nobody whether there is such a line.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        to_tenant(),
        ForeignKeyConstraint(["province_id", "asker_id"], ["tenant.province_id", "tenant.id"]),
        within_tenant("dossier_id", "dossier"),
        CheckConstraint("asker_id <> tenant_id", name="from_above"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("state IN ('asked', 'granted', 'refused', 'revoked')", name="state"),
        CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)"
            " AND (state IN ('granted', 'revoked')) = (dossier_id IS NOT NULL)"
            " AND (dossier_id IS NULL) = (expires_at IS NULL)",
            name="answer",
        ),
        CheckConstraint("expires_at <= answered_at + interval '72 hours'", name="hours"),
        Index("ix_inspection_asker", "province_id", "asker_id", "asked_at"),
    )

    id: Mapped[RowId]
    number: Mapped[str]
    signed_on: Mapped[date]
    line: Mapped[Small]
    reason: Mapped[str]
    state: Mapped[InspectionState] = mapped_column(
        Word(InspectionState), server_default=InspectionState.ASKED.value
    )
    asked_at: Mapped[WrittenAt]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str]
    dossier_id: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_by_name: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    expires_at: Mapped[datetime | None]
