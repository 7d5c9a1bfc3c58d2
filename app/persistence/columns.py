"""Kinds of columns that several tables share."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import DateTime, Dialect, ForeignKeyConstraint, SmallInteger, Text, Uuid, func
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

from app.domain.ids import new_id


E = TypeVar("E", bound=StrEnum)


class Word(TypeDecorator[E], Generic[E]):
    """A member of an enumeration, kept as text.

    Not a native enumeration: its comparison is not leakproof, so that under row-level security an
    index on it would go unused.
    """

    impl = Text
    cache_ok = True

    def __init__(self, members: type[E]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Write the member's value."""
        del dialect
        return None if value is None else self.members(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        """Read the member back."""
        del dialect
        return None if value is None else self.members(value)


RowId = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
Reference = Annotated[UUID, mapped_column(Uuid)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
WrittenAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Small = Annotated[int, mapped_column(SmallInteger)]


def to_tenant() -> ForeignKeyConstraint:
    """Tie the first two columns to the agency that owns the row."""
    return ForeignKeyConstraint(["province_id", "tenant_id"], ["tenant.province_id", "tenant.id"])


def within_tenant(column: str, table: str) -> ForeignKeyConstraint:
    """Tie ``column`` to a row of ``table`` of the same agency, and of no other."""
    return ForeignKeyConstraint(
        ["province_id", "tenant_id", column],
        [f"{table}.province_id", f"{table}.tenant_id", f"{table}.id"],
    )
