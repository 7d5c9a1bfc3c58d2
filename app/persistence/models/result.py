"""Rolled-up figures, and the marks that say which of them are out of date."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.dossiers import State
from app.domain.pace import DayFigure
from app.persistence.columns import Moment, Reference, Small, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.digests import (
    DIGEST_OF_OVERLAPS,
    DIGEST_OF_RESULT,
    DIGEST_OF_SUM,
    DIGEST_OF_SUM_BETWEEN,
    MEETING,
    TO_SUM,
    TO_SUM_BETWEEN,
)
from app.persistence.ownership import CountedAbove, OwnedByTenant, SharedUpwards


def _to_agency(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["province_id", column], ["tenant.province_id", "tenant.id"])


class RollupMark(SharedUpwards, Base):
    """Says that an agency's figures of a year are out of date. Appended with every change.

    A row for each change and not one per agency: updating one row would make writers wait for
    each other, and skipping an existing row was seen to lose a change. The agencies above see the
    marks: they say what is pending below. ``tries`` counts how often counting it was begun, in a
    transaction of its own: whatever becomes of the process, the next one knows.
    """

    __tablename__ = "rollup_mark"
    __table_args__ = (
        to_tenant(),
        Index("ix_rollup_mark_due", "province_id", "tenant_id", "year"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    year: Mapped[Small]
    marked_at: Mapped[WrittenAt]
    tries: Mapped[Small] = mapped_column(default=0, server_default="0")


class UnitResult(SharedUpwards, Base):
    """How many people of a unit and group stand in one state: counts, never persons."""

    __tablename__ = "unit_result"
    __table_args__ = (to_tenant(),)

    year: Mapped[Small] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    group_number: Mapped[Small] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(Word(State), primary_key=True)
    # Empty while nothing is decided: a key has no room for NULL.
    outcome: Mapped[str] = mapped_column(Text, primary_key=True)
    people: Mapped[int]
    outstanding: Mapped[int]
    with_digital_skills: Mapped[int]
    digitally_fluent: Mapped[int]
    digest: Mapped[int] = mapped_column(BigInteger, Computed(DIGEST_OF_RESULT), deferred=True)
    to_sum: Mapped[int] = mapped_column(BigInteger, Computed(TO_SUM), deferred=True)


class ResultStatus(SharedUpwards, Base):
    """When an agency's figures were last computed, and when it published last.

    A count of the whole province that finds them right leaves the moment as it is, since nothing
    has changed. ``fence`` is the newest mark that the figures account for: a recomputation that
    accounts for an older one is refused.
    """

    __tablename__ = "result_status"
    __table_args__ = (to_tenant(),)

    year: Mapped[Small] = mapped_column(primary_key=True)
    computed_at: Mapped[Moment]
    fence: Mapped[int] = mapped_column(BigInteger)
    last_decided_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


class Sums:
    """Mixin: how many people are counted in each figure, under the figure's own name."""

    eligible: Mapped[int]
    registered: Mapped[int]
    self_assessed: Mapped[int]
    appraised: Mapped[int]
    decided: Mapped[int]
    recognised: Mapped[int]
    not_recognised: Mapped[int]
    outstanding: Mapped[int]
    with_digital_skills: Mapped[int]
    digitally_fluent: Mapped[int]


class AgencyResult(Sums, SharedUpwards, Base):
    """What the figures of an agency's units add up to, so that no page adds up all of a province.

    The database keeps it: whatever changes ``unit_result`` changes it in the same statement.
    """

    __tablename__ = "agency_result"
    __table_args__ = (to_tenant(),)

    year: Mapped[Small] = mapped_column(primary_key=True)
    group_number: Mapped[Small] = mapped_column(primary_key=True)
    digest: Mapped[int] = mapped_column(BigInteger, Computed(DIGEST_OF_SUM), deferred=True)


class AgencyOverlap(Sums, SharedUpwards, Base):
    """How many people of ``agency_id`` are counted at others, kept by the agency where both meet.

    Kept by the database, as ``AgencyResult`` is. Neither of the two agencies may read it.
    """

    __tablename__ = "agency_overlap"
    __table_args__ = (to_tenant(), _to_agency("agency_id"))

    year: Mapped[Small] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    group_number: Mapped[Small] = mapped_column(primary_key=True)
    digest: Mapped[int] = mapped_column(BigInteger, Computed(DIGEST_OF_SUM_BETWEEN), deferred=True)


class DailyResult(SharedUpwards, Base):
    """How many of the people counted now were first counted on a day: counts, never persons.

    Kept for the figures of which a pace is taken; days long past are left as they were counted.
    """

    __tablename__ = "daily_result"
    __table_args__ = (
        to_tenant(),
        CheckConstraint(
            "figure IN ('registered', 'recognised', 'with_digital_skills', 'digitally_fluent')",
            name="figure",
        ),
        CheckConstraint("people > 0", name="people"),
    )

    year: Mapped[Small] = mapped_column(primary_key=True)
    figure: Mapped[DayFigure] = mapped_column(Word(DayFigure), primary_key=True)
    counted_on: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int]


class Overlap(OwnedByTenant, Base):
    """Somebody of an agency who is counted at ``kept_at``, wherever ``counted_at`` looks from.

    No program may read it: it joins two agencies' people. The database derives the counts from it.
    """

    __tablename__ = "overlap"
    __table_args__ = (
        to_tenant(),
        _to_agency("kept_at"),
        _to_agency("counted_at"),
        Index("ix_overlap_kept", "province_id", "kept_at", "year"),
        Index("ix_overlap_identity", "identity_id", "year"),
    )

    year: Mapped[Small] = mapped_column(primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kept_at: Mapped[Reference]
    counted_at: Mapped[Reference]
    group_number: Mapped[Small]
    state: Mapped[State] = mapped_column(Word(State))
    outcome: Mapped[str]
    is_outstanding: Mapped[bool]
    has_digital_skills: Mapped[bool | None]
    is_digitally_fluent: Mapped[bool | None]
    cell: Mapped[int] = mapped_column(BigInteger, Computed(MEETING), deferred=True)


class OverlapResult(CountedAbove, Base):
    """How many people of an agency are counted at ``kept_at`` instead, above both."""

    __tablename__ = "overlap_result"
    __table_args__ = (
        to_tenant(),
        _to_agency("kept_at"),
        _to_agency("counted_at"),
        Index("ix_overlap_result_counted", "province_id", "counted_at", "year"),
    )

    year: Mapped[Small] = mapped_column(primary_key=True)
    kept_at: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    group_number: Mapped[Small] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(Word(State), primary_key=True)
    outcome: Mapped[str] = mapped_column(Text, primary_key=True)
    people: Mapped[int]
    outstanding: Mapped[int]
    with_digital_skills: Mapped[int]
    digitally_fluent: Mapped[int]
    digest: Mapped[int] = mapped_column(BigInteger, Computed(DIGEST_OF_OVERLAPS), deferred=True)
    to_sum: Mapped[int] = mapped_column(BigInteger, Computed(TO_SUM_BETWEEN), deferred=True)
