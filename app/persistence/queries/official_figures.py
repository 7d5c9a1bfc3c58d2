"""Questions about official figures: which versions count, and what they add up to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ScalarSelect, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from app.domain.reports import ReportEvent, ReportState
from app.domain.results import Figures
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import (
    ExpectedReport,
    OfficialResult,
    Report,
    ReportEventRow,
    ReportSnapshot,
    Tenant,
    TenantClosure,
)
from app.persistence.queries.expected_reports import is_listed
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


def _last_waiver(year: Any) -> Any:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The official figures of an agency in short, and what stands between them and the live ones.

    ``newer`` counts the agencies, this one and those below, that signed before something below
    them was accepted anew or opened again: what they signed is out of date.
    """

    total: Figures
    counted_at: datetime | None
    expected: int
    accepted: int
    waived: Sequence[tuple[str, str]]
    pending: Mapping[ReportState, int]
    corrected: int
    newer: int


def standing_of(key: TenantKey, year: int) -> Standing:
    """Return the official figures of an agency in short, in two statements."""
    total, counted_at = _total(key, year)
    rows: Sequence[Any] = db.session.execute(_below(), _values(key, year)).all()
    counted = [state for _, state, is_counted, *_ in rows if is_counted]
    others = [(name, state, why) for name, state, is_counted, why, _ in rows if not is_counted]
    return Standing(
        total=total,
        counted_at=counted_at,
        expected=len(rows),
        accepted=len(counted),
        waived=[(name, why) for name, state, why in others if state is ReportState.WAIVED],
        pending=Counter(
            state or ReportState.OPEN for _, state, _ in others if state is not ReportState.WAIVED
        ),
        corrected=sum(state not in _SETTLED for state in counted),
        newer=rows[0].newer if rows else 0,
    )


_SETTLED = frozenset({ReportState.ACCEPTED, ReportState.CLOSED})
# What the statements of a standing ask for: each is written once, and asked with other values.
_PROVINCE: BindParameter[int] = bindparam("province")
_AGENCY: BindParameter[UUID] = bindparam("agency")
_YEAR: BindParameter[int] = bindparam("year")


def _values(key: TenantKey, year: int) -> dict[str, Any]:
    return {"province": key.province_id, "agency": key.tenant_id, "year": year}


def _total(key: TenantKey, year: int) -> tuple[Figures, datetime | None]:
    rows: Sequence[Any] = db.session.execute(_sums(), _values(key, year)).all()
    brought, twice = (
        Figures.of(to_tally(row[1:7]) for row in rows if row[0] is is_overlap)
        for is_overlap in (False, True)
    )
    return brought - twice, max((row[7] for row in rows), default=None)


@cache
def _sums() -> Select[*tuple[Any, ...]]:
    places = (OfficialResult.is_overlap, OfficialResult.state, OfficialResult.outcome)
    counts = (
        OfficialResult.people,
        OfficialResult.outstanding,
        OfficialResult.with_digital_skills,
        OfficialResult.digitally_fluent,
    )
    return (
        select(*places, *(func.sum(count) for count in counts), func.max(OfficialResult.counted_at))
        .where(
            OfficialResult.province_id == _PROVINCE,
            OfficialResult.tenant_id == _AGENCY,
            OfficialResult.year == _YEAR,
        )
        .group_by(*places)
    )


@cache
def _below() -> Select[*tuple[Any, ...]]:
    """Ask for each agency right below that is expected to report, or whose report counts."""
    is_waived = Report.state == ReportState.WAIVED
    listed = select(ExpectedReport.agency_id).where(
        ExpectedReport.tenant_id == _AGENCY, ExpectedReport.year == _YEAR
    )
    return (
        select(
            Tenant.name,
            Report.state,
            Report.accepted_version.is_not(None).label("is_counted"),
            case((is_waived, _last_waiver(_YEAR)), else_="").label("because"),
            _newer().label("newer"),
        )
        .outerjoin(Report, and_(Report.tenant_id == Tenant.id, Report.year == _YEAR))
        .where(
            Tenant.province_id == _PROVINCE,
            Tenant.parent_id == _AGENCY,
            or_(
                Report.accepted_version.is_not(None),
                Tenant.id.in_(listed.where(is_listed())),
                ~listed.exists(),
            ),
        )
        .order_by(Tenant.name_sort_key)
    )


def _newer() -> ScalarSelect[int]:
    # Both moments are the database's own: that of the signature is what the signer's clock said.
    signed = (
        select(ReportEventRow.tenant_id, func.max(ReportEventRow.at).label("at"))
        .where(ReportEventRow.year == _YEAR, ReportEventRow.event == ReportEvent.SUBMIT)
        .group_by(ReportEventRow.tenant_id)
        .subquery()
    )
    child = aliased(Tenant)
    return (
        select(func.count(TenantClosure.descendant_id.distinct()))
        .join(signed, signed.c.tenant_id == TenantClosure.descendant_id)
        .join(child, child.parent_id == TenantClosure.descendant_id)
        .join(
            ReportEventRow,
            and_(
                ReportEventRow.tenant_id == child.id,
                ReportEventRow.year == _YEAR,
                ReportEventRow.event.in_((ReportEvent.ACCEPT, ReportEvent.REOPEN)),
                ReportEventRow.at > signed.c.at,
            ),
        )
        .where(TenantClosure.province_id == _PROVINCE, TenantClosure.ancestor_id == _AGENCY)
        .scalar_subquery()
    )
