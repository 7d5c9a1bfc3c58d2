"""Questions about official figures: which versions count, and what they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from app.domain.reports import ReportEvent, ReportState
from app.domain.results import Figures
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import (
    OfficialResult,
    Report,
    ReportEventRow,
    ReportSnapshot,
    Tenant,
)
from app.persistence.queries.results import to_tally


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
