"""What people prove themselves with beside a password."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.columns import Moment, RowId
from app.persistence.database import Base


class TotpFactor(Base):
    """An app that shows a code every half minute. It counts once a code of it was typed.

    ``last_step`` is the half minute of the newest code that was accepted: none is accepted twice.
    """

    __tablename__ = "factor_totp"
    __table_args__ = (
        Index(
            "ix_factor_totp_confirmed",
            "account_id",
            unique=True,
            postgresql_where="confirmed_at IS NOT NULL",
        ),
    )

    id: Mapped[RowId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    secret_sealed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[Moment]
    confirmed_at: Mapped[datetime | None]


class Passkey(Base):
    """A key kept by a phone, a computer or a stick: only its public half is here."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"),)

    id: Mapped[RowId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    credential_id: Mapped[bytes]
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    created_at: Mapped[Moment]
    last_used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A printed code that stands in for the factor, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("code_hash"),)

    id: Mapped[RowId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[bytes]
    created_at: Mapped[Moment]
    used_at: Mapped[datetime | None]
