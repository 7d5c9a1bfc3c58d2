"""Dossiers that one agency offers to another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.columns import Moment, Reference, RowId, Small, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import OfferedToTenant


class Transfer(OfferedToTenant, Base):
    """A dossier offered to another agency of the province, and what became of the offer.

    Holds what the receiver may see before it accepts, and no more. ``settled`` is the first
    answer, or the sender's withdrawal; ``received_id`` the dossier that it became there.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        to_tenant(),
        ForeignKeyConstraint(["province_id", "receiver_id"], ["tenant.province_id", "tenant.id"]),
        ForeignKeyConstraint(
            ["province_id", "tenant_id", "dossier_id"],
            ["dossier.province_id", "dossier.tenant_id", "dossier.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("receiver_id <> tenant_id", name="elsewhere"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("(state = 'proposed') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone"),
        CheckConstraint(
            "(state IN ('accepted', 'undone')) = (received_id IS NOT NULL)", name="received"
        ),
        CheckConstraint(
            "state IN ('proposed', 'accepted', 'refused', 'withdrawn', 'lapsed', 'undone')",
            name="state",
        ),
        Index(
            "uq_transfer_open",
            "province_id",
            "tenant_id",
            "dossier_id",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        Index("ix_transfer_dossier", "province_id", "tenant_id", "dossier_id"),
        Index("ix_transfer_receiver", "province_id", "receiver_id", "state"),
    )

    id: Mapped[RowId]
    sender_name: Mapped[str]
    receiver_name: Mapped[str]
    dossier_id: Mapped[Reference]
    year: Mapped[Small]
    name: Mapped[str]
    birth_year: Mapped[Small]
    position: Mapped[str | None]
    group_number: Mapped[Small]
    reason: Mapped[str]
    proposed_at: Mapped[Moment]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_by_name: Mapped[str]
    received_id: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_by_name: Mapped[str | None]
    settled_reason: Mapped[str | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    undone_by_name: Mapped[str | None]
    undone_reason: Mapped[str | None]
