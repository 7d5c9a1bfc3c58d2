"""Who did what, beside the dossiers' own events, and the chain that holds both. Never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.audit import Act, Source
from app.persistence.columns import Moment, Reference, RowId, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import OwnedByTenant, SharedUpwards


class AuditEvent(OwnedByTenant, Base):
    """An act, written in the transaction of the act itself."""

    __tablename__ = "audit_event"
    __table_args__ = (to_tenant(),)

    id: Mapped[RowId]
    at: Mapped[WrittenAt]
    act: Mapped[Act] = mapped_column(Word(Act))
    actor_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str]
    object_kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class AuditLink(OwnedByTenant, Base):
    """A link of the agency's chain: one act, or one event of a dossier.

    Written by the database alone, as the transaction of the act ends. ``digest`` covers what may
    never change, ``personal`` the words that an erasure may blank; ``app.domain.audit_chain`` says
    how. Without its ``salt``, ``personal`` tells nothing of the words.
    """

    __tablename__ = "audit_link"
    __table_args__ = (to_tenant(), UniqueConstraint("province_id", "tenant_id", "row_id"))

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[Source] = mapped_column(Word(Source))
    row_id: Mapped[Reference]
    at: Mapped[Moment]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    personal: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[UUID | None]
    erased_by: Mapped[UUID | None]
    prev: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(OwnedByTenant, Base):
    """The last link of the agency's chain; its lock lets writers link one after another."""

    __tablename__ = "audit_head"
    __table_args__ = (to_tenant(),)

    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditUnlinked(OwnedByTenant, Base):
    """What the running transaction has yet to link: rows that no other transaction ever sees."""

    __tablename__ = "audit_unlinked"
    __table_args__ = (to_tenant(),)

    id: Mapped[RowId]
    source: Mapped[Source] = mapped_column(Word(Source))
    row_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class AuditDailyHead(SharedUpwards, Base):
    """The head of a chain as it stood on a day: given to the agencies above, never taken back."""

    __tablename__ = "audit_daily_head"
    __table_args__ = (to_tenant(),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[WrittenAt]


class AuditCheck(SharedUpwards, Base):
    """How many of the heads that an agency has given its chain still holds: counts alone."""

    __tablename__ = "audit_check"
    __table_args__ = (to_tenant(),)

    checked_at: Mapped[datetime]
    heads: Mapped[int]
    missing: Mapped[int]
    first_missing_on: Mapped[date | None]
