"""Questions about who is expected to report: by when, with what time granted, and since when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.domain.expected_reports import ListChange
from app.domain.report_standings import ReportStanding, report_standing
from app.domain.reports import Expectation, Extension, ReportState, counting
from app.domain.tenants import TenantKey
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import (
    ClosingMove,
    ExpectedChange,
    ExpectedReport,
    Report,
    ReportExtension,
    Tenant,
    TenantClosure,
)


def expectation_of(key: TenantKey, year: int) -> Expectation | None:
    """Return by when the agency above expects this agency's report, if it does."""
    return _dates(year, ExpectedReport.agency_id == key.tenant_id, is_listed()).get(key.tenant_id)


def dates_of(key: TenantKey, year: int) -> Expectation | None:
    """Return the dates of an agency's report, also of one that was taken off the list since."""
    return _dates(year, ExpectedReport.agency_id == key.tenant_id).get(key.tenant_id)


def expected_by(key: TenantKey, year: int) -> Mapping[UUID, Expectation]:
    """Return whom an agency expects to report to it, and by when."""
    return _dates(year, ExpectedReport.tenant_id == key.tenant_id, is_listed())


def _dates(year: int, *which: ColumnElement[bool]) -> Mapping[UUID, Expectation]:
    granted = _granted(year)
    rows = db.session.execute(
        select(
            ExpectedReport.agency_id,
            ExpectedReport.due_at,
            _closes_at(),
            granted.c.ends,
            granted.c.since,
        )
        .outerjoin(granted, granted.c.agency_id == ExpectedReport.agency_id)
        .where(ExpectedReport.year == year, *which)
    )
    return {agency: _expectation(*dates) for agency, *dates in rows}


def _closes_at() -> ColumnElement[datetime]:
    """Ask until when reports of a list are taken in: as it was frozen, or as it was moved since."""
    moved = (
        select(func.max(ClosingMove.closes_at))
        .where(
            ClosingMove.province_id == ExpectedReport.province_id,
            ClosingMove.tenant_id == ExpectedReport.tenant_id,
            ClosingMove.year == ExpectedReport.year,
        )
        .correlate(ExpectedReport)
        .scalar_subquery()
    )
    return func.greatest(ExpectedReport.closes_at, moved)


def _expectation(
    due_at: datetime,
    closes_at: datetime,
    ends: Sequence[datetime] | None,
    since: Sequence[datetime] | None,
) -> Expectation:
    given = zip(ends or (), since or (), strict=True)
    extensions = [Extension(ends_at=end, approved_at=at) for end, at in given]
    return Expectation(due_at=due_at, closes_at=closes_at, extensions=extensions)


def _granted(year: Any) -> Subquery:
    """Ask for the time that was granted to each agency, in the order in which it was."""
    order = (ReportExtension.approved_at, ReportExtension.id)
    return (
        select(
            ReportExtension.agency_id,
            func.array_agg(aggregate_order_by(ReportExtension.ends_at, *order)).label("ends"),
            func.array_agg(aggregate_order_by(ReportExtension.approved_at, *order)).label("since"),
        )
        .where(ReportExtension.year == year)
        .group_by(ReportExtension.agency_id)
        .subquery()
    )


def standings_below(key: TenantKey, year: int) -> Mapping[UUID, ReportStanding]:
    """Return how the reports of an agency and of all below it stand to their dates.

    Each is expected by the agency right above it; nothing is said of those that nobody expects.
    """
    asked = {"province": key.province_id, "agency": key.tenant_id, "year": year}
    now = transaction_time()
    return {
        agency: report_standing(
            _expectation(*dates),
            state or ReportState.OPEN,
            first_at,
            now,
            counts=counting(version or 0, accepted),
        )
        for agency, *dates, state, first_at, version, accepted in db.session.execute(
            _standings(), asked
        )
    }


@cache
def _standings() -> Select[*tuple[Any, ...]]:
    year: Any = bindparam("year")
    granted = _granted(year)
    below = select(TenantClosure.descendant_id).where(
        TenantClosure.province_id == bindparam("province"),
        TenantClosure.ancestor_id == bindparam("agency"),
    )
    is_right_above = and_(
        Tenant.id == ExpectedReport.agency_id, Tenant.parent_id == ExpectedReport.tenant_id
    )
    report = and_(Report.tenant_id == ExpectedReport.agency_id, Report.year == year)
    return (
        select(
            ExpectedReport.agency_id,
            ExpectedReport.due_at,
            _closes_at(),
            granted.c.ends,
            granted.c.since,
            Report.state,
            Report.received_at,
            Report.version,
            Report.accepted_version,
        )
        .join(Tenant, is_right_above)
        .outerjoin(Report, report)
        .outerjoin(granted, granted.c.agency_id == ExpectedReport.agency_id)
        .where(ExpectedReport.year == year, ExpectedReport.agency_id.in_(below), is_listed())
    )


def is_listed() -> ColumnElement[bool]:
    """Return the condition that an ``ExpectedReport`` stands: nobody took it off since."""
    last: Any = (
        select(ExpectedChange.change)
        .where(
            ExpectedChange.province_id == ExpectedReport.province_id,
            ExpectedChange.agency_id == ExpectedReport.agency_id,
            ExpectedChange.year == ExpectedReport.year,
            ExpectedChange.tenant_id == ExpectedReport.tenant_id,
        )
        .order_by(ExpectedChange.changed_at.desc(), ExpectedChange.id.desc())
        .limit(1)
        .correlate(ExpectedReport)
        .scalar_subquery()
    )
    return or_(last.is_(None), last == ListChange.ADDED)


def is_on_list(agency: TenantKey, year: int) -> bool:
    """Tell whether an agency stands on the list of the one right above it."""
    return expectation_of(agency, year) is not None


def is_wanted(agency: TenantKey, year: int) -> bool:
    """Tell whether a report of an agency, this one or one right below, is taken in.

    It is, as long as the agency above has not frozen any list of the year.
    """
    asked = text("SELECT is_report_wanted(:agency, CAST(:year AS smallint))")
    found = db.session.execute(asked, {"agency": agency.tenant_id, "year": year}).scalar_one()
    return bool(found)


def find_expected(agency: TenantKey, year: int) -> ExpectedReport | None:
    """Return the line of an agency on the list, also of one that was taken off it."""
    return db.session.scalars(
        select(ExpectedReport).where(
            ExpectedReport.agency_id == agency.tenant_id, ExpectedReport.year == year
        )
    ).one_or_none()


def frozen_at(key: TenantKey, year: int) -> datetime | None:
    """Return when it was frozen who is to report to an agency; None while it is not."""
    return db.session.scalar(
        select(func.min(ExpectedReport.frozen_at)).where(
            ExpectedReport.tenant_id == key.tenant_id, ExpectedReport.year == year
        )
    )


def closing_of(key: TenantKey, year: int) -> datetime | None:
    """Return when the reports to an agency are closed; None while no list is frozen.

    Also that of agencies which were taken off the list counts: it was said once.
    """
    return db.session.scalar(
        select(func.max(_closes_at())).where(
            ExpectedReport.tenant_id == key.tenant_id, ExpectedReport.year == year
        )
    )


def closing_moves(key: TenantKey, year: int) -> Sequence[ClosingMove]:
    """Return how the closing of the reports to an agency was moved, the newest first."""
    return db.session.scalars(
        select(ClosingMove)
        .where(ClosingMove.tenant_id == key.tenant_id, ClosingMove.year == year)
        .order_by(ClosingMove.closes_at.desc())
    ).all()


def changes_by(key: TenantKey, year: int) -> Sequence[ExpectedChange]:
    """Return what became of the frozen list of an agency, the newest first."""
    return _changes(year, ExpectedChange.tenant_id == key.tenant_id)


def changes_of(agency: TenantKey, year: int) -> Sequence[ExpectedChange]:
    """Return when one agency came onto the list above it or was taken off, the newest first."""
    return _changes(year, ExpectedChange.agency_id == agency.tenant_id)


def _changes(year: int, which: ColumnElement[bool]) -> Sequence[ExpectedChange]:
    return db.session.scalars(
        select(ExpectedChange)
        .where(ExpectedChange.year == year, which)
        .order_by(ExpectedChange.changed_at.desc(), ExpectedChange.id.desc())
    ).all()
