"""Questions about what a report says: what it would freeze now, and what has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, text

from app.domain.dossiers import LEFT
from app.domain.report_contents import COUNTS, Row, Staleness, changes_between, newer_below
from app.domain.results import Figures
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import (
    Dossier,
    Report,
    ReportSnapshot,
    ResultStatus,
    Tenant,
    TenantClosure,
    Unit,
    UnitResult,
)
from app.persistence.queries.results import to_tally
from app.persistence.tenancy import tenant_in_scope


_CELL = (
    UnitResult.tenant_id,
    UnitResult.unit_id,
    UnitResult.group_number,
    UnitResult.state,
    UnitResult.outcome,
    *(getattr(UnitResult, name) for name in COUNTS),
)


def rows_now(agencies: Sequence[UUID], year: int) -> Mapping[UUID, Sequence[dict[str, Any]]]:
    """Return the rolled-up rows of agencies as a report holds them: by unit, group and state."""
    found = db.session.execute(
        select(*_CELL, Unit.name.label("unit"))
        .join(Unit, and_(Unit.id == UnitResult.unit_id, Unit.tenant_id == UnitResult.tenant_id))
        .where(
            UnitResult.tenant_id.in_(agencies),
            UnitResult.year == year,
            UnitResult.state.not_in(tuple(LEFT)),
        )
        .order_by(
            Unit.name_sort_key,
            UnitResult.unit_id,
            UnitResult.group_number,
            UnitResult.state,
            UnitResult.outcome,
        )
    )
    rows: dict[UUID, list[dict[str, Any]]] = {one: [] for one in agencies}
    for cell in found:
        rows[cell.tenant_id].append(
            {
                "unit_id": str(cell.unit_id),
                "unit": cell.unit,
                "group": cell.group_number,
                "state": cell.state.value,
                "outcome": cell.outcome,
                **{name: getattr(cell, name) for name in COUNTS},
            }
        )
    return rows


def figures_of_rows(rows: Sequence[Row]) -> Figures:
    """Add up rows as a report holds them; those that count somebody twice are taken off."""
    added, taken = (
        Figures.of(
            to_tally(tuple(row[name] for name in ("state", "outcome", *COUNTS)))
            for row in rows
            if bool(row.get("is_overlap")) is is_overlap
        )
        for is_overlap in (False, True)
    )
    return added - taken


def parts_now(year: int) -> Sequence[dict[str, Any]]:
    """Return what the report of the agency in scope adds up from: itself and accepted versions."""
    rows = db.session.execute(
        text("SELECT * FROM report_parts(CAST(:year AS smallint))"), {"year": year}
    ).mappings()
    return sorted(
        (
            {
                "agency": str(row["agency_id"]),
                "kept_at": str(row["kept_at"]),
                "is_overlap": row["is_overlap"],
                "group": row["group_number"],
                **{name: row[name] for name in ("state", "outcome", *COUNTS)},
            }
            for row in rows
        ),
        key=lambda row: tuple(str(value) for value in row.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What the rolled-up figures of the agency in scope account for, and since when."""

    fence: int
    computed_at: datetime | None


def freshness(year: int) -> Freshness:
    """Return the newest mark that the figures of the agency in scope account for."""
    row = db.session.execute(
        select(ResultStatus.fence, ResultStatus.computed_at).where(
            ResultStatus.tenant_id == tenant_in_scope().tenant_id, ResultStatus.year == year
        )
    ).one_or_none()
    return (
        Freshness(fence=row[0], computed_at=row[1]) if row else Freshness(fence=0, computed_at=None)
    )


def criteria_of(year: int) -> Sequence[str]:
    """Return the criteria sets that dossiers of the agency in scope are scored under."""
    return sorted(
        db.session.scalars(select(Dossier.criteria_set).where(Dossier.year == year).distinct())
    )


def staleness_below(key: TenantKey, year: int) -> Mapping[UUID, Staleness]:
    """Tell of an agency and of each below it what has changed since its report was signed.

    Whatever is out of date far below makes every version above it out of date as well.
    """
    signed = _signed_below(key, year)
    now = rows_now([one.agency for one in signed], year)
    accepted: dict[UUID | None, dict[str, int]] = {}
    for one in signed:
        if one.accepted is not None:
            accepted.setdefault(one.parent, {})[str(one.agency)] = one.accepted
    found: dict[UUID, Staleness] = {}
    children: dict[UUID | None, set[str]] = {}
    # The lowest first: what they say is needed above.
    for one in signed:
        content = loads(one.content)
        stale = children.get(one.agency, set())
        newer = newer_below(content["below"], accepted.get(one.agency, {}))
        found[one.agency] = Staleness(
            own=changes_between(content["rows"], now[one.agency]), below=len(stale | newer)
        )
        # A version that is not accepted yet tells of changes as well as the ground does.
        if found[one.agency].is_stale or one.accepted not in {None, one.version}:
            children.setdefault(one.parent, set()).add(str(one.agency))
    return found


@dataclass(frozen=True, slots=True)
class _Signed:
    agency: UUID
    parent: UUID | None
    version: int
    accepted: int | None
    content: str


def _signed_below(key: TenantKey, year: int) -> Sequence[_Signed]:
    last = and_(
        ReportSnapshot.tenant_id == Report.tenant_id,
        ReportSnapshot.year == Report.year,
        ReportSnapshot.version == Report.version,
    )
    rows = db.session.execute(
        select(
            Tenant.id,
            Tenant.parent_id,
            Report.version,
            Report.accepted_version,
            ReportSnapshot.content,
        )
        .join(TenantClosure, TenantClosure.descendant_id == Tenant.id)
        .join(Report, and_(Report.tenant_id == Tenant.id, Report.year == year))
        .join(ReportSnapshot, last)
        .where(
            TenantClosure.province_id == key.province_id,
            TenantClosure.ancestor_id == key.tenant_id,
        )
        .order_by(TenantClosure.depth.desc(), Tenant.id)
    )
    return [_Signed(*row) for row in rows]
