"""Reports that agencies submit upwards: expected, frozen, moved by events, counted officially."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.dossiers import State
from app.domain.expected_reports import ListChange
from app.domain.extensions import RequestState
from app.domain.reports import (
    Counting,
    ReportEvent,
    ReportState,
    counting,
    last_day_before,
)
from app.persistence.columns import Moment, Reference, RowId, Small, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import (
    ExpectedBelow,
    OwnedByTenant,
    SharedInLine,
    SharedUpwards,
)


def _to_report() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["province_id", "tenant_id", "year"],
        ["report.province_id", "report.tenant_id", "report.year"],
    )


def _to_agency(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["province_id", column], ["tenant.province_id", "tenant.id"])


class Report(SharedUpwards, Base):
    """An agency's report of a year. Its state is what its events say; a trigger writes it.

    ``revision`` counts the events; ``version`` is the last one submitted, ``accepted_version``
    the one that counts above.
    """

    __tablename__ = "report"
    __table_args__ = (to_tenant(),)

    year: Mapped[Small] = mapped_column(primary_key=True)
    state: Mapped[ReportState] = mapped_column(Word(ReportState), server_default="open")
    revision: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[Small] = mapped_column(server_default="0")
    accepted_version: Mapped[int | None] = mapped_column(SmallInteger)
    received_version: Mapped[int | None] = mapped_column(SmallInteger)
    received_at: Mapped[datetime | None]
    changed_at: Mapped[WrittenAt]

    @property
    def counts(self) -> Counting:
        """Which version counts above."""
        return counting(self.version, self.accepted_version)


class ReportSnapshot(SharedUpwards, Base):
    """A version as it was signed: what it says, its paper and its workbook, with their hashes.

    The files are kept and never made again: criteria, names, agencies and the code that writes
    papers may all have changed by the time somebody opens them. The oldest have no workbook.
    """

    __tablename__ = "report_snapshot"
    __table_args__ = (to_tenant(), _to_report())

    year: Mapped[Small] = mapped_column(primary_key=True)
    version: Mapped[Small] = mapped_column(primary_key=True)
    content: Mapped[str]
    hash: Mapped[str]
    paper: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    paper_hash: Mapped[str]
    workbook: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    workbook_hash: Mapped[str | None]
    fence: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(server_default="")
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    signer_name: Mapped[str]
    signer_title: Mapped[str]
    signed_at: Mapped[Moment]


class ReportEventRow(SharedUpwards, Base):
    """What moved a report. Appended by its own side; the database fills in from where to where.

    What the house itself did has no account.
    """

    __tablename__ = "report_event"
    __table_args__ = (
        to_tenant(),
        _to_report(),
        CheckConstraint("(event = 'lapse') = (actor_account_id IS NULL)", name="actor"),
        Index("ix_report_event_year", "province_id", "tenant_id", "year", "at"),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    at: Mapped[WrittenAt]
    event: Mapped[ReportEvent] = mapped_column(Word(ReportEvent))
    from_state: Mapped[str] = mapped_column(server_default="")
    to_state: Mapped[str] = mapped_column(server_default="")
    version: Mapped[Small] = mapped_column(server_default="0")
    actor_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    items: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")


class ExpectedReport(ExpectedBelow, Base):
    """That an agency is to report to this one: frozen as the year opens.

    Whoever comes later has an ``ExpectedChange`` beside it, and so has whoever is taken off.
    """

    __tablename__ = "expected_report"
    __table_args__ = (
        to_tenant(),
        _to_agency("agency_id"),
        Index("ix_expected_report_agency", "province_id", "agency_id", "year"),
    )

    year: Mapped[Small] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    due_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    source: Mapped[str] = mapped_column(server_default="")
    frozen_at: Mapped[WrittenAt]


class ExpectedChange(ExpectedBelow, Base):
    """That an agency came onto the frozen list later, or was taken off it: by whom, and why."""

    __tablename__ = "expected_change"
    __table_args__ = (
        to_tenant(),
        _to_agency("agency_id"),
        Index("ix_expected_change_agency", "province_id", "agency_id", "year"),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    agency_id: Mapped[Reference]
    change: Mapped[ListChange] = mapped_column(Word(ListChange))
    reason: Mapped[str]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changer_name: Mapped[str]
    changed_at: Mapped[WrittenAt]


class ClosingMove(SharedInLine, Base):
    """That a year's reports are closed later than was said: until when, by whom, and why."""

    __tablename__ = "closing_move"
    __table_args__ = (
        to_tenant(),
        UniqueConstraint("province_id", "tenant_id", "year", "former_at"),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    former_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    reason: Mapped[str]
    moved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    mover_name: Mapped[str]
    moved_at: Mapped[WrittenAt]

    @property
    def former_day(self) -> date:
        """The last day on which anything was taken in, before it was moved."""
        return last_day_before(self.former_at)

    @property
    def last_day(self) -> date:
        """The last day on which anything is taken in since."""
        return last_day_before(self.closes_at)


class ReportExtension(ExpectedBelow, Base):
    """More time for one report: who asked, why, who approved it, and until when.

    ``request_id`` names the request that was granted, where one came in writing here.
    """

    __tablename__ = "report_extension"
    __table_args__ = (
        to_tenant(),
        ForeignKeyConstraint(
            ["province_id", "tenant_id", "year", "agency_id"],
            [
                "expected_report.province_id",
                "expected_report.tenant_id",
                "expected_report.year",
                "expected_report.agency_id",
            ],
        ),
        Index("ix_report_extension_agency", "province_id", "agency_id", "year"),
        Index("uq_report_extension_request", "province_id", "tenant_id", "request_id", unique=True),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    agency_id: Mapped[Reference]
    requester: Mapped[str]
    reason: Mapped[str]
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    approver_name: Mapped[str]
    ends_at: Mapped[Moment]
    approved_at: Mapped[WrittenAt]
    request_id: Mapped[UUID | None] = mapped_column(Uuid)

    @property
    def last_day(self) -> date:
        """The last day of the time that was granted."""
        return last_day_before(self.ends_at)


class ExtensionRequest(SharedUpwards, Base):
    """That an agency asks the one right above for more time: until when, why, and what came of it.

    The one above answers by a function of the database; it lapses as the report comes.
    """

    __tablename__ = "extension_request"
    __table_args__ = (
        to_tenant(),
        Index(
            "uq_extension_request_asked",
            "province_id",
            "tenant_id",
            "year",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    ends_at: Mapped[Moment]
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asker_name: Mapped[str]
    asked_at: Mapped[WrittenAt]
    state: Mapped[RequestState] = mapped_column(Word(RequestState), server_default="asked")
    answer: Mapped[str] = mapped_column(server_default="")
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settler_name: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[datetime | None]

    @property
    def last_day(self) -> date:
        """The last day of the time that is asked for."""
        return last_day_before(self.ends_at)


class ReportMember(OwnedByTenant, Base):
    """Somebody behind the figures of a version. No program may read it: it tells who they are."""

    __tablename__ = "report_member"
    __table_args__ = (to_tenant(),)

    year: Mapped[Small] = mapped_column(primary_key=True)
    version: Mapped[Small] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    identity_id: Mapped[Reference]
    is_residence: Mapped[bool]
    group_number: Mapped[Small]
    state: Mapped[State] = mapped_column(Word(State))
    outcome: Mapped[str]
    is_outstanding: Mapped[bool]
    has_digital_skills: Mapped[bool | None]
    is_digitally_fluent: Mapped[bool | None]


class OfficialResult(SharedUpwards, Base):
    """What accepted versions and an agency's own decided dossiers bring to its official figures.

    With ``is_overlap``: who is found there too, and is counted at ``kept_at``.
    """

    __tablename__ = "official_result"
    __table_args__ = (to_tenant(), _to_agency("agency_id"), _to_agency("kept_at"))

    year: Mapped[Small] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kept_at: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    is_overlap: Mapped[bool] = mapped_column(primary_key=True)
    group_number: Mapped[Small] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(Word(State), primary_key=True)
    outcome: Mapped[str] = mapped_column(Text, primary_key=True)
    people: Mapped[int]
    outstanding: Mapped[int]
    with_digital_skills: Mapped[int]
    digitally_fluent: Mapped[int]
    counted_at: Mapped[Moment]
