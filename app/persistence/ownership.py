"""Who may read a row besides the agency that owns it."""

from uuid import UUID

from sqlalchemy import SmallInteger, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.transfers import TransferState
from app.persistence.columns import Word


class TenantRow:
    """Mixin for every table whose rows belong to one tenant."""

    province_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, sort_order=-2)
    tenant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, sort_order=-1)


class OwnedByTenant(TenantRow):
    """Rows that nobody but their tenant ever sees."""


class SharedUpwards(TenantRow):
    """Counts, which the agencies above may read; only their own tenant writes them."""


class SharedInLine(TenantRow):
    """Settings, which the agencies above and below may read; only their own tenant writes them."""


class OfferedToTenant(TenantRow):
    """Rows that their tenant offers to one other, who may read them while their state says so."""

    receiver_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[TransferState] = mapped_column(Word(TransferState))


class AskedFromAbove(TenantRow):
    """Requests that an agency above makes to their tenant, and whose answer it may read."""

    asker_id: Mapped[UUID] = mapped_column(Uuid)


class ExpectedBelow(TenantRow):
    """What an agency expects of one below: read by that one, by itself and by those above it."""

    agency_id: Mapped[UUID] = mapped_column(Uuid)


class CountedAbove(TenantRow):
    """Counts of an agency's people who are counted at another; the database alone writes them.

    They may be read where both agencies meet, at ``counted_at``, and above. The agency itself may
    not: it would learn that its people belong to another.
    """

    counted_at: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
