"""The agencies that this deployment serves, and which stands above which."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, SmallInteger, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.ids import new_id
from app.domain.tenants import TenantKey
from app.persistence.columns import Small, Word, WrittenAt
from app.persistence.database import Base
from tenants.schema import TenantKind


class Tenant(Base):
    """An agency: the association of a province, a department, a commune."""

    __tablename__ = "tenant"
    __table_args__ = (
        ForeignKeyConstraint(["province_id"], ["province.id"]),
        ForeignKeyConstraint(["province_id", "parent_id"], ["tenant.province_id", "tenant.id"]),
        UniqueConstraint("slug"),
    )

    province_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    parent_id: Mapped[UUID | None]
    slug: Mapped[str]
    kind: Mapped[TenantKind] = mapped_column(Word(TenantKind))
    name: Mapped[str]
    name_sort_key: Mapped[str]
    commune_code: Mapped[str | None]
    is_suspended: Mapped[bool] = mapped_column(default=False)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[WrittenAt]

    @property
    def key(self) -> TenantKey:
        """The two columns that the agency's rows begin with."""
        return TenantKey(self.province_id, self.id)


class TenantClosure(Base):
    """Every agency paired with each agency at or above it; depth 0 is itself."""

    __tablename__ = "tenant_closure"
    __table_args__ = (
        ForeignKeyConstraint(["province_id", "ancestor_id"], ["tenant.province_id", "tenant.id"]),
        ForeignKeyConstraint(["province_id", "descendant_id"], ["tenant.province_id", "tenant.id"]),
    )

    province_id: Mapped[Small] = mapped_column(primary_key=True)
    ancestor_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    descendant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, index=True)
    depth: Mapped[Small]
