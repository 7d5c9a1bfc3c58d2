"""Who has signed in, and where: the browser holds nothing but a random token."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.sessions import Ending
from app.persistence.columns import Moment, RowId, Small, Word
from app.persistence.database import Base


class WebSession(Base):
    """Somebody signed in with one browser.

    Only the hash of the token is kept, and the application may write but not read it: it asks
    ``find_web_session`` whose row a token opens. ``factor_at`` is when the second factor was given,
    ``challenge`` what a passkey has been asked to sign.
    """

    __tablename__ = "web_session"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_web_session_account_id", "account_id", "ended_at"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended"),
    )

    id: Mapped[RowId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    factor_at: Mapped[datetime | None]
    address: Mapped[str]
    agent: Mapped[str]
    wrong_codes: Mapped[Small] = mapped_column(default=0)
    challenge: Mapped[bytes | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[Ending | None] = mapped_column(Word(Ending))
