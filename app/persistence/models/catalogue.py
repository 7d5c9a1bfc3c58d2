"""The national catalogue: provinces, communes, and which units they came from."""

from datetime import date

from sqlalchemy import ForeignKeyConstraint, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.columns import RowId, Small
from app.persistence.database import Base


class Province(Base):
    """A province or centrally-run city; its key is the two-digit code of the statistics office."""

    __tablename__ = "province"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Commune(Base):
    """A commune, ward or special zone, for as long as its name and kind were valid."""

    __tablename__ = "commune"
    __table_args__ = (ForeignKeyConstraint(["province_id"], ["province.id"]),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    province_id: Mapped[Small]
    name: Mapped[str]
    kind: Mapped[str]
    slug: Mapped[str]


class CommunePredecessor(Base):
    """Old territory that went into a commune: many to many, sometimes in part.

    Never matched by name: names were reused for other territory in 2025.
    """

    __tablename__ = "commune_predecessor"
    __table_args__ = (
        ForeignKeyConstraint(["code", "valid_from"], ["commune.code", "commune.valid_from"]),
    )

    id: Mapped[RowId]
    code: Mapped[str]
    valid_from: Mapped[date]
    predecessor_code: Mapped[str | None]
    predecessor_name: Mapped[str]
    is_partial: Mapped[bool] = mapped_column(default=False)
    legal_basis: Mapped[str | None]
