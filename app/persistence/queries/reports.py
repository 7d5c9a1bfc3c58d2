"""Questions about reports: the agency's own, those it expects, and what they add up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from app.domain.refusals import MissingError
from app.domain.reports import Expectation, ReportEvent, ReportState
from app.domain.results import Figures
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import (
    ExpectedReport,
    OfficialResult,
    Report,
    ReportEventRow,
    ReportExtension,
    ReportSnapshot,
    Tenant,
)
from app.persistence.queries.results import to_tally
from app.persistence.tenancy import tenant_in_scope


_LOCK_FAMILY = 11


def lock_report(key: TenantKey, year: int) -> None:
    """Let nobody else move this report until the transaction ends."""
    name = f"{key.tenant_id}:{year}"
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK_FAMILY, func.hashtext(name))))


def find_report(key: TenantKey, year: int) -> Report | None:
    """Return the report of an agency, this one or one below it; None while nobody has begun it."""
    return db.session.scalars(
        select(Report)
        .where(Report.tenant_id == key.tenant_id, Report.year == year)
        .execution_options(populate_existing=True)
    ).one_or_none()


def find_child(slug: str) -> Tenant:
    """Return the agency right below the one in scope; raise ``MissingError`` for any other."""
    above = tenant_in_scope()
    child = db.session.scalars(
        select(Tenant).where(
            Tenant.slug == slug,
            Tenant.province_id == above.province_id,
            Tenant.parent_id == above.tenant_id,
        )
    ).one_or_none()
    if child is None:
        raise MissingError(slug)
    return child


def children_of(key: TenantKey) -> Sequence[Tenant]:
    """Return the agencies right below one, in the order of their names."""
    return db.session.scalars(
        select(Tenant)
        .where(Tenant.province_id == key.province_id, Tenant.parent_id == key.tenant_id)
        .order_by(Tenant.name_sort_key)
    ).all()


def events_of(key: TenantKey, year: int) -> Sequence[ReportEventRow]:
    """Return what moved a report, the newest first."""
    return db.session.scalars(
        select(ReportEventRow)
        .where(ReportEventRow.tenant_id == key.tenant_id, ReportEventRow.year == year)
        .order_by(ReportEventRow.at.desc(), ReportEventRow.id.desc())
    ).all()


def snapshots_of(key: TenantKey, year: int) -> Sequence[ReportSnapshot]:
    """Return every version that was signed, the newest first."""
    return db.session.scalars(
        select(ReportSnapshot)
        .where(ReportSnapshot.tenant_id == key.tenant_id, ReportSnapshot.year == year)
        .order_by(ReportSnapshot.version.desc())
    ).all()


def load_snapshot(key: TenantKey, year: int, version: int) -> ReportSnapshot:
    """Return one signed version; raise ``MissingError`` when there is none."""
    found = db.session.scalars(
        select(ReportSnapshot).where(
            ReportSnapshot.tenant_id == key.tenant_id,
            ReportSnapshot.year == year,
            ReportSnapshot.version == version,
        )
    ).one_or_none()
    if found is None:
        raise MissingError(version)
    return found


def find_snapshot(fingerprint: str) -> ReportSnapshot | None:
    """Return the version of the agency in scope whose fingerprint begins so, if there is one."""
    return db.session.scalars(
        select(ReportSnapshot)
        .where(
            ReportSnapshot.tenant_id == tenant_in_scope().tenant_id,
            ReportSnapshot.hash.startswith(fingerprint, autoescape=True),
        )
        .limit(1)
    ).one_or_none()


def expectation_of(key: TenantKey, year: int) -> Expectation | None:
    """Return by when the agency above expects this agency's report, if it said so."""
    return expectations(year, ExpectedReport.agency_id == key.tenant_id).get(key.tenant_id)


def expectations(year: int, *which: Any) -> Mapping[UUID, Expectation]:
    """Return what is expected of each agency, with the latest extension; narrowed by ``which``."""
    latest = (
        select(ReportExtension.agency_id, func.max(ReportExtension.ends_at).label("ends_at"))
        .where(ReportExtension.year == year)
        .group_by(ReportExtension.agency_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            ExpectedReport.agency_id,
            ExpectedReport.due_at,
            ExpectedReport.closes_at,
            latest.c.ends_at,
        )
        .outerjoin(latest, latest.c.agency_id == ExpectedReport.agency_id)
        .where(ExpectedReport.year == year, *which)
    )
    return {
        agency: Expectation(due_at=due, closes_at=closes, extended_to=extended)
        for agency, due, closes, extended in rows
    }


def expected_by(key: TenantKey, year: int) -> Mapping[UUID, Expectation]:
    """Return whom an agency expects to report to it, and by when."""
    return expectations(year, ExpectedReport.tenant_id == key.tenant_id)


def frozen_at(key: TenantKey, year: int) -> datetime | None:
    """Return when an agency fixed who is to report to it; None while it has not."""
    return db.session.scalar(
        select(func.min(ExpectedReport.frozen_at)).where(
            ExpectedReport.tenant_id == key.tenant_id, ExpectedReport.year == year
        )
    )


def extensions_of(agency: TenantKey, year: int) -> Sequence[ReportExtension]:
    """Return the time that was granted to one agency, the newest first."""
    return db.session.scalars(
        select(ReportExtension)
        .where(ReportExtension.agency_id == agency.tenant_id, ReportExtension.year == year)
        .order_by(ReportExtension.approved_at.desc())
    ).all()


def accepted_below(key: TenantKey, year: int) -> Mapping[str, int]:
    """Return which version counts now, of each agency right below one that has any."""
    rows = db.session.execute(
        select(Report.tenant_id, Report.accepted_version)
        .join(Tenant, Tenant.id == Report.tenant_id)
        .where(
            Tenant.province_id == key.province_id,
            Tenant.parent_id == key.tenant_id,
            Report.year == year,
            Report.accepted_version.is_not(None),
        )
    )
    return {str(agency): version for agency, version in rows if version is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBelow:
    """The report of an agency right below: how it stands, and the version that lies there."""

    agency: Tenant
    report: Report | None
    snapshot: ReportSnapshot | None

    @property
    def state(self) -> ReportState:
        """Where it stands; open while nobody has begun it."""
        return self.report.state if self.report else ReportState.OPEN


def reports_below(key: TenantKey, year: int) -> Sequence[ReportBelow]:
    """Return the reports of all agencies right below, begun or not."""
    rows = db.session.execute(
        select(Tenant, Report, ReportSnapshot)
        .outerjoin(Report, and_(Report.tenant_id == Tenant.id, Report.year == year))
        .outerjoin(
            ReportSnapshot,
            and_(
                ReportSnapshot.tenant_id == Tenant.id,
                ReportSnapshot.year == year,
                ReportSnapshot.version == Report.version,
            ),
        )
        .where(Tenant.province_id == key.province_id, Tenant.parent_id == key.tenant_id)
        .order_by(Tenant.name_sort_key)
    )
    return [
        ReportBelow(agency=agency, report=report, snapshot=snapshot)
        for agency, report, snapshot in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an agency right below brings to the official figures, or why it brings nothing.

    ``version`` and ``hash`` are those that count; ``waived_because`` is the reason of a waiver.
    """

    agency_id: UUID
    name: str
    slug: str
    state: ReportState
    version: int | None
    hash: str | None
    signed_at: datetime | None
    waived_because: str


def sources_of(key: TenantKey, year: int) -> Sequence[Source]:
    """Return each agency right below one, with the version that counts there or the waiver."""
    counted = and_(
        ReportSnapshot.tenant_id == Report.tenant_id,
        ReportSnapshot.year == Report.year,
        ReportSnapshot.version == Report.accepted_version,
    )
    rows = db.session.execute(
        select(Tenant, Report.state, ReportSnapshot, _last_waiver(year).label("because"))
        .outerjoin(Report, and_(Report.tenant_id == Tenant.id, Report.year == year))
        .outerjoin(ReportSnapshot, counted)
        .where(Tenant.province_id == key.province_id, Tenant.parent_id == key.tenant_id)
        .order_by(Tenant.name_sort_key)
    )
    return [
        Source(
            agency_id=agency.id,
            name=agency.name,
            slug=agency.slug,
            state=state or ReportState.OPEN,
            version=snapshot.version if snapshot else None,
            hash=snapshot.hash if snapshot else None,
            signed_at=snapshot.signed_at if snapshot else None,
            waived_because=(because or "") if state is ReportState.WAIVED else "",
        )
        for agency, state, snapshot, because in rows
    ]


def _last_waiver(year: int) -> Any:
    return (
        select(ReportEventRow.reason)
        .where(
            ReportEventRow.tenant_id == Tenant.id,
            ReportEventRow.year == year,
            ReportEventRow.event == ReportEvent.WAIVE,
        )
        .order_by(ReportEventRow.at.desc(), ReportEventRow.id.desc())
        .limit(1)
        .correlate(Tenant)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialPart:
    """What one agency brings to the official figures, or what is counted in two of them."""

    agency_id: UUID
    kept_at: UUID
    is_overlap: bool
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """The official figures of an agency: accepted versions and own decisions, everybody once."""

    parts: tuple[OfficialPart, ...]
    counted_at: datetime | None

    @property
    def overlap(self) -> Figures:
        """What the parts count more than once."""
        return sum((one.figures for one in self.parts if one.is_overlap), Figures())

    @property
    def total(self) -> Figures:
        """What the parts add up to."""
        brought = sum((one.figures for one in self.parts if not one.is_overlap), Figures())
        return brought - self.overlap


def official_of(key: TenantKey, year: int) -> Official:
    """Return the official figures of an agency, this one or one below it."""
    places = (OfficialResult.agency_id, OfficialResult.kept_at, OfficialResult.is_overlap)
    rows = db.session.execute(
        select(
            *places,
            OfficialResult.state,
            OfficialResult.outcome,
            OfficialResult.people,
            OfficialResult.outstanding,
            OfficialResult.with_digital_skills,
            OfficialResult.digitally_fluent,
            OfficialResult.counted_at,
        ).where(OfficialResult.tenant_id == key.tenant_id, OfficialResult.year == year)
    ).all()
    found: dict[tuple[UUID, UUID, bool], Figures] = {}
    for row in rows:
        place = (row[0], row[1], row[2])
        found[place] = found.get(place, Figures()) + Figures.of([to_tally(row[3:9])])
    return Official(
        parts=tuple(
            OfficialPart(agency_id=agency, kept_at=kept, is_overlap=twice, figures=figures)
            for (agency, kept, twice), figures in found.items()
        ),
        counted_at=max((row[9] for row in rows), default=None),
    )
