"""Questions about reports: the agency's own and those right below it, and what moved them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, text

from app.domain.refusals import MissingError
from app.domain.report_standings import ReportStanding, report_standing
from app.domain.reports import Counting, Expectation, ReportEvent, ReportState
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Report, ReportEventRow, ReportSnapshot, Tenant
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


def last_return(events: Sequence[ReportEventRow]) -> ReportEventRow | None:
    """Return why a report came back, until it is handed in again; of ``events_of``."""
    for one in events:
        if one.event is ReportEvent.RETURN:
            return one
        if one.event is ReportEvent.SUBMIT:
            return None
    return None


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


def version_accepted_before(key: TenantKey, year: int, version: int) -> int | None:
    """Return the version that counts above again once the acceptance of ``version`` is undone."""
    found: int | None = db.session.scalar(
        text(
            "SELECT version_accepted_before(CAST(:province AS smallint), :agency,"
            " CAST(:year AS smallint), CAST(:version AS smallint))"
        ),
        {
            "province": key.province_id,
            "agency": key.tenant_id,
            "year": year,
            "version": version,
        },
    )
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

    def standing(self, expected: Expectation, now: datetime) -> ReportStanding:
        """Return how it stands to its dates."""
        return report_standing(
            expected,
            self.state,
            self.report.received_at if self.report else None,
            now,
            counts=self.report.counts if self.report else Counting.NONE,
        )

    @property
    def revision(self) -> int:
        """How often it has been moved."""
        return self.report.revision if self.report else 0


def reviews_below() -> Sequence[tuple[Tenant, Report]]:
    """Return the reports of agencies right below that the one in scope has under review."""
    above = tenant_in_scope()
    rows = db.session.execute(
        select(Tenant, Report)
        .join(Report, Report.tenant_id == Tenant.id)
        .where(
            Tenant.province_id == above.province_id,
            Tenant.parent_id == above.tenant_id,
            Report.state == ReportState.UNDER_REVIEW,
        )
        .order_by(Tenant.name_sort_key, Report.year)
    )
    return [(agency, report) for agency, report in rows]


def moves_of(below: Iterable[ReportBelow]) -> int:
    """Return how often reports have been moved, all of them together."""
    return sum(one.revision for one in below)


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
