"""What was done at which hour of which day, and what it found."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.alarms import AlarmKind
from app.domain.periodic import Periodic, RunOutcome
from app.persistence.columns import Moment, RowId, Small, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import SharedUpwards


class PeriodicRun(Base):
    """One slot of periodic work. Whoever inserts it runs it; of two, one finds it there.

    ``stood_at`` is the agency that the run is at, noted before it is looked at.
    """

    __tablename__ = "periodic_run"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('first', 'running', 'done', 'failed', 'missed')", name="outcome"
        ),
        CheckConstraint("last_error ~ '^[A-Za-z_]*$'", name="error"),
    )

    name: Mapped[Periodic] = mapped_column(Word(Periodic), primary_key=True)
    slot: Mapped[Moment] = mapped_column(primary_key=True)
    outcome: Mapped[RunOutcome] = mapped_column(Word(RunOutcome))
    attempts: Mapped[Small] = mapped_column(default=1, server_default="1")
    started_at: Mapped[WrittenAt]
    alive_at: Mapped[WrittenAt]
    finished_at: Mapped[datetime | None]
    found: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    stood_at: Mapped[UUID | None]
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")


class Alarm(SharedUpwards, Base):
    """What a periodic check found wrong with an agency, for it and for those above to see.

    A count and never a person. It is appended to and stays.
    """

    __tablename__ = "alarm"
    __table_args__ = (to_tenant(), CheckConstraint("found > 0", name="found"))

    id: Mapped[RowId]
    kind: Mapped[AlarmKind] = mapped_column(Word(AlarmKind))
    year: Mapped[int | None] = mapped_column(SmallInteger)
    found: Mapped[int] = mapped_column(Integer)
    raised_at: Mapped[WrittenAt]
