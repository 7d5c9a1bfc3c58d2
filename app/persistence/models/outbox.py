"""What has to be done after an act, written in the act's own transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.outbox import Kind, LineState
from app.persistence.columns import RowId, Small, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import OwnedByTenant


_ASKED = "state IN ('waiting', 'sent', 'parked')"


class OutboxLine(OwnedByTenant, Base):
    """Work for a job. The row is the truth, the message in the queue a wake-up call.

    It holds ids and no words: what is to be done is read from the rows that it names.
    ``attempts`` counts the tries since somebody last asked; ``fence`` how often it was taken up,
    and is what a worker shows when it writes: whoever has an older one has been given up. A line
    ``is_long`` once it has not been done in a turn of the short ones.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        to_tenant(),
        CheckConstraint("state IN ('waiting', 'sent', 'running', 'done', 'parked')", name="state"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done"),
        CheckConstraint("(state = 'parked') = (parked_at IS NOT NULL)", name="parked"),
        CheckConstraint("last_error ~ '^[A-Za-z_]*$'", name="error"),
        # Whoever asks for what is asked for already, and not begun, asks for the same.
        Index(
            "uq_outbox_asked",
            "province_id",
            "tenant_id",
            "kind",
            "subject_id",
            "year",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text(_ASKED),
        ),
        Index("ix_outbox_due", "next_at", postgresql_where=text("state = 'waiting'")),
        Index(
            "ix_outbox_under_way",
            "province_id",
            "tenant_id",
            postgresql_where=text("state IN ('sent', 'running')"),
        ),
    )

    id: Mapped[RowId]
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    subject_id: Mapped[UUID | None]
    year: Mapped[int | None] = mapped_column(SmallInteger)
    state: Mapped[LineState] = mapped_column(
        Word(LineState), default=LineState.WAITING, server_default=LineState.WAITING.value
    )
    posted_at: Mapped[WrittenAt]
    next_at: Mapped[WrittenAt]
    sent_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    alive_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    attempts: Mapped[Small] = mapped_column(default=0, server_default="0")
    fence: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    total: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    is_long: Mapped[bool] = mapped_column(default=False, server_default="false")
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")
