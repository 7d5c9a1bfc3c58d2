"""Units of an agency and the people on its roster."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.consent import LegalBasis, Purpose
from app.domain.people import ConsentChannel, Origin
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
from app.persistence.ownership import OwnedByTenant, SharedUpwards


class Unit(SharedUpwards, Base):
    """A division (phòng) or a village (thôn, bản, tổ dân phố) inside an agency."""

    __tablename__ = "unit"
    __table_args__ = (to_tenant(), UniqueConstraint("province_id", "tenant_id", "name"))

    id: Mapped[RowId]
    kind: Mapped[str]
    name: Mapped[str]
    name_sort_key: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)


class Person(OwnedByTenant, Base):
    """Somebody on an agency's roster. Their group and unit are those of today.

    No ethnicity, religion, sex or picture: the product does not collect them. ``version`` counts
    the changes, so that a stale screen is noticed.
    """

    __tablename__ = "person"
    __table_args__ = (
        to_tenant(),
        within_tenant("unit_id", "unit"),
        ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        UniqueConstraint("province_id", "tenant_id", "identity_id"),
        # The key that a dossier's copy of the identity is checked against.
        UniqueConstraint("province_id", "tenant_id", "id", "identity_id"),
        CheckConstraint("birth_year BETWEEN 1900 AND 2100", name="birth_year"),
        CheckConstraint("(cccd_sealed IS NULL) = (cccd_last_four IS NULL)", name="cccd"),
        Index("ix_person_name", "province_id", "tenant_id", "name_match_key"),
        # Whoever is on the lists of several agencies is found without reading the lists.
        Index("ix_person_identity", "province_id", "identity_id", "tenant_id"),
    )

    id: Mapped[RowId]
    identity_id: Mapped[Reference]
    unit_id: Mapped[Reference]
    group_number: Mapped[Small]
    name: Mapped[str]
    name_sort_key: Mapped[str]
    name_match_key: Mapped[str]
    birth_year: Mapped[Small]
    birth_on: Mapped[date | None]
    position: Mapped[str | None]
    cccd_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    cccd_last_four: Mapped[str | None]
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[WrittenAt]
    restricted_at: Mapped[datetime | None]
    restricted_because: Mapped[str] = mapped_column(default="", server_default="")
    erased_at: Mapped[datetime | None]


class Consent(OwnedByTenant, Base):
    """On what basis somebody's data are kept: with time, channel, purpose and what was read."""

    __tablename__ = "consent"
    __table_args__ = (
        to_tenant(),
        within_tenant("person_id", "person"),
        CheckConstraint("basis IN ('consent', 'employment', 'law')", name="basis"),
        Index("ix_consent_person_id", "province_id", "tenant_id", "person_id"),
    )

    id: Mapped[RowId]
    person_id: Mapped[Reference]
    channel: Mapped[ConsentChannel] = mapped_column(Word(ConsentChannel))
    basis: Mapped[LegalBasis] = mapped_column(
        Word(LegalBasis), default=LegalBasis.CONSENT, server_default="consent"
    )
    purpose: Mapped[Purpose] = mapped_column(
        Word(Purpose), default=Purpose.ASSESSMENT, server_default="assessment"
    )
    # The version of the words that were read; empty where nobody kept it.
    wording: Mapped[str] = mapped_column(default="", server_default="")
    given_at: Mapped[Moment]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
