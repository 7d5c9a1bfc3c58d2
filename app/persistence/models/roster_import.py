"""Uploaded lists, kept while somebody corrects and imports them, and what is left to bring in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.domain.roster import ImportState
from app.persistence.columns import (
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


class RosterImport(OwnedByTenant, Base):
    """A list that somebody uploaded: its sheet, sealed, and what its columns tell.

    The sheet goes as soon as nothing is left to correct, and after a few days in any case; the
    headings stay, so that the agency's next list is understood at once. Of a long list,
    ``rows_done`` good rows have been brought in, and ``refused`` ones are left to correct.
    """

    __tablename__ = "roster_import"
    __table_args__ = (
        to_tenant(),
        within_tenant("unit_id", "unit"),
        Index("ix_roster_import_created_at", "province_id", "tenant_id", "created_at"),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    file_name: Mapped[str]
    state: Mapped[ImportState] = mapped_column(Word(ImportState))
    sheet_sealed: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    headings: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    unit_id: Mapped[UUID | None]
    group_number: Mapped[Small | None]
    rows: Mapped[int] = mapped_column(default=0, server_default="0")
    rows_done: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    people: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[WrittenAt]
    imported_at: Mapped[datetime | None]


class RosterImportPart(OwnedByTenant, Base):
    """Some good rows of a long list that are still to be brought in, sealed.

    Namesakes are in one part, so that each part can be held against the roster by itself. It goes
    in the transaction that lists its people.
    """

    __tablename__ = "roster_import_part"
    __table_args__ = (
        to_tenant(),
        ForeignKeyConstraint(
            ["province_id", "tenant_id", "import_id"],
            ["roster_import.province_id", "roster_import.tenant_id", "roster_import.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("province_id", "tenant_id", "import_id", "position"),
        CheckConstraint("rows > 0", name="rows"),
    )

    id: Mapped[RowId]
    import_id: Mapped[Reference]
    position: Mapped[int]
    rows: Mapped[int]
    sheet_sealed: Mapped[bytes] = mapped_column(LargeBinary)
