"""Human beings, the accounts they sign in with, and the roles they hold in agencies."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.members import Capacity
from app.domain.permissions import Role
from app.persistence.columns import (
    Moment,
    Reference,
    RowId,
    Word,
    WrittenAt,
    to_tenant,
    within_tenant,
)
from app.persistence.database import Base
from app.persistence.ownership import OwnedByTenant


class Identity(Base):
    """One human being, known by nothing but an id.

    The application role may not read this table: it asks ``claim_identity`` for the identity that
    a keyed index of a personal number stands for, and learns nothing else.
    """

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("province_id", "cccd_index"),
        UniqueConstraint("province_id", "cccd_index_other"),
    )

    id: Mapped[RowId]
    province_id: Mapped[int] = mapped_column(SmallInteger, ForeignKey("province.id"))
    cccd_index: Mapped[bytes | None]
    # By the other key, while two are in use.
    cccd_index_other: Mapped[bytes | None]


class Account(Base):
    """What somebody signs in with. It holds no role by itself."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("login"),
        # The key that acts are checked against: an account acts as its own human being alone.
        UniqueConstraint("id", "identity_id"),
    )

    id: Mapped[RowId]
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    login: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    locale: Mapped[str | None]
    is_disabled: Mapped[bool] = mapped_column(default=False)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[WrittenAt]


class Invitation(Base):
    """A link that lets somebody choose the first password of an account, once and for a while.

    Only the hash of its token is kept: whoever reads the table can open nothing.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[RowId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[bytes]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None]
    created_at: Mapped[WrittenAt]


class Membership(OwnedByTenant, Base):
    """A role that an account holds in an agency, from a date and perhaps to one.

    ``capacity`` is the right in which somebody decides for the head, and ``authorised_by`` the
    document that says so; ``lent_by`` is the agency above that a member of the team comes from.
    """

    __tablename__ = "membership"
    __table_args__ = (
        to_tenant(),
        within_tenant("unit_id", "unit"),
        within_tenant("person_id", "person"),
        UniqueConstraint(
            "province_id",
            "tenant_id",
            "account_id",
            "role",
            "unit_id",
            postgresql_nulls_not_distinct=True,
        ),
        ForeignKeyConstraint(["province_id", "lent_by"], ["tenant.province_id", "tenant.id"]),
        CheckConstraint("lent_by IS NULL OR until IS NOT NULL", name="lent_until"),
        CheckConstraint("capacity = '' OR role = 'head'", name="capacity"),
        CheckConstraint(
            "capacity NOT IN ('TL.', 'TUQ.') OR length(trim(authorised_by)) > 0",
            name="authorised",
        ),
        CheckConstraint("capacity <> 'TUQ.' OR until IS NOT NULL", name="dated"),
    )

    id: Mapped[RowId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    capacity: Mapped[Capacity] = mapped_column(
        Word(Capacity), default=Capacity.HEAD, server_default=""
    )
    authorised_by: Mapped[str] = mapped_column(default="", server_default="")
    lent_by: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    since: Mapped[date]
    until: Mapped[date | None]
    granted_by: Mapped[Reference | None]
