"""What the golden board asks: figures, freshness and deadlines of an agency and all below it.

The number of statements is fixed, whatever the number of agencies, and each reads rolled-up rows,
never dossiers. An agency reads those below it because the database lets it; asked for any other,
the answer holds nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select

from app.domain.boards import AgencyLine, Board, Overlap, UnitLine, total_of
from app.domain.results import Figures
from app.domain.settings import HeldDeadline, SettingName, deadlines_in_effect
from app.domain.tenants import TenantKey
from app.domain.timeliness import Punctuality, punctuality
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import (
    Cycle,
    DeadlineRow,
    ResultStatus,
    RollupMark,
    Setting,
    Tenant,
    TenantClosure,
    Unit,
    UnitResult,
)
from app.persistence.queries.criteria import find_all_criteria
from app.persistence.queries.overlaps import overlaps_below
from app.persistence.queries.results import add_up, figures_by_year, sums_of
from app.persistence.queries.settings import to_deadline
from tenants.schema import DeadlineKind, GroupCriteria, TenantKind, Text


_SHOWN = (DeadlineKind.COMPLETION, DeadlineKind.REPORT)

Counts = Mapping[int, Figures]


def load_board(
    key: TenantKey, year: int, *, group: int | None = None, kind: TenantKind | None = None
) -> Board:
    """Return the board of an agency, this one or one below it, with every agency below that.

    A kind that no agency there is of narrows nothing.
    """
    counts = _counts_by_agency(key, year)
    deadlines = _deadlines_below(key, year)
    now = transaction_time()
    lines = [
        _to_line(row, counts.get(row.id, {}), deadlines.get(row.id, ()), year, now)
        for row in _agencies(key, year)
    ]
    own = next(line for line in lines if line.id == key.tenant_id)
    if not any(line.kind is kind for line in lines):
        kind = None
    board = Board(
        year=year,
        own=own,
        below=tuple(line for line in lines if line.id != key.tenant_id),
        overlaps=_overlaps(key, year, lines),
        units=_units(key, year),
        years=figures_by_year(key, group=group, kind=kind),
        kinds=tuple(one for one in TenantKind if any(line.kind is one for line in lines)),
    )
    return board.narrowed(group=group, kind=kind)


def find_agency_below(key: TenantKey, slug: str) -> Tenant | None:
    """Return the agency at this address, if it is this one or stands below it."""
    return db.session.scalars(
        select(Tenant)
        .join(TenantClosure, TenantClosure.descendant_id == Tenant.id)
        .where(TenantClosure.ancestor_id == key.tenant_id, Tenant.slug == slug)
    ).one_or_none()


def group_names(year: int) -> Mapping[int, Text]:
    """Return what each group of people is called, in the newest criteria that anybody here uses."""
    return {number: group.name for number, group in groups_known(year).items()}


def groups_known(year: int) -> Mapping[int, GroupCriteria]:
    """Return each group of people, as the newest criteria that anybody here uses know it."""
    chosen: dict[int, tuple[int, str]] = {}
    for choices in db.session.scalars(
        select(Setting.value).where(Setting.name == SettingName.CRITERIA).distinct()
    ):
        for choice in choices:
            since, group = int(choice["from_year"]), int(choice["group"])
            if since <= year:
                named = (since, str(choice["reference"]))
                chosen[group] = max(chosen.get(group, named), named)
    known = find_all_criteria({reference for _, reference in chosen.values()})
    return {
        group: known[reference].group(group) for group, (_, reference) in sorted(chosen.items())
    }


def years_known(key: TenantKey) -> Sequence[int]:
    """Return every year that the agency has opened or has figures of, newest first."""
    opened = select(Cycle.year).where(Cycle.tenant_id == key.tenant_id)
    counted = select(ResultStatus.year).where(ResultStatus.tenant_id.in_(_below(key)))
    return sorted(db.session.scalars(opened.union(counted)), reverse=True)


def _below(key: TenantKey) -> Select[UUID]:
    return select(TenantClosure.descendant_id).where(
        TenantClosure.province_id == key.province_id, TenantClosure.ancestor_id == key.tenant_id
    )


def _agencies(key: TenantKey, year: int) -> Sequence[Row[Any]]:
    marks = (
        select(RollupMark.tenant_id, func.count().label("marks"))
        .where(RollupMark.year == year)
        .group_by(RollupMark.tenant_id)
        .subquery()
    )
    status = and_(ResultStatus.tenant_id == Tenant.id, ResultStatus.year == year)
    cycle = and_(Cycle.tenant_id == Tenant.id, Cycle.year == year)
    return db.session.execute(
        select(
            Tenant.id,
            Tenant.slug,
            Tenant.name,
            Tenant.name_sort_key,
            Tenant.kind,
            ResultStatus.computed_at,
            ResultStatus.completed_at,
            func.coalesce(marks.c.marks, 0).label("marks"),
            Cycle.id.label("cycle_id"),
        )
        .outerjoin(ResultStatus, status)
        .outerjoin(Cycle, cycle)
        .outerjoin(marks, marks.c.tenant_id == Tenant.id)
        .where(Tenant.id.in_(_below(key)))
        .order_by(Tenant.name_sort_key)
    ).all()


def _to_line(
    row: Row[Any],
    counts: Counts,
    deadlines: Iterable[HeldDeadline],
    year: int,
    now: datetime,
) -> AgencyLine:
    return AgencyLine(
        id=row.id,
        slug=row.slug,
        name=row.name,
        sort_key=row.name_sort_key,
        kind=row.kind,
        figures=total_of(counts.values()),
        by_group=counts,
        computed_at=row.computed_at,
        is_pending=row.marks > 0,
        is_open=row.cycle_id is not None,
        punctuality=_punctuality(deadlines, year, done_at=row.completed_at, now=now),
    )


def _punctuality(
    deadlines: Iterable[HeldDeadline], year: int, *, done_at: datetime | None, now: datetime
) -> Mapping[DeadlineKind, Punctuality]:
    return {
        held.deadline.kind: punctuality(held.deadline, year, done_at=done_at, now=now)
        for held in deadlines_in_effect(deadlines, year)
    }


def _counts_by_agency(key: TenantKey, year: int) -> Mapping[UUID, Counts]:
    return _counts(
        select(UnitResult.tenant_id, UnitResult.group_number, *sums_of(UnitResult))
        .where(UnitResult.year == year, UnitResult.tenant_id.in_(_below(key)))
        .group_by(
            UnitResult.tenant_id,
            UnitResult.group_number,
            UnitResult.state,
            UnitResult.outcome,
        )
    )


def _units(key: TenantKey, year: int) -> tuple[UnitLine, ...]:
    counts = _counts(
        select(UnitResult.unit_id, UnitResult.group_number, *sums_of(UnitResult))
        .where(UnitResult.year == year, UnitResult.tenant_id == key.tenant_id)
        .group_by(UnitResult.unit_id, UnitResult.group_number, UnitResult.state, UnitResult.outcome)
    )
    units = db.session.execute(
        select(Unit.id, Unit.name, Unit.name_sort_key, Unit.is_active)
        .where(Unit.tenant_id == key.tenant_id)
        .order_by(Unit.name_sort_key)
    )
    return tuple(
        UnitLine(
            id=unit_id,
            name=name,
            sort_key=sort_key,
            figures=total_of(counts.get(unit_id, {}).values()),
            by_group=counts.get(unit_id, {}),
        )
        for unit_id, name, sort_key, is_active in units
        if is_active or unit_id in counts
    )


def _counts(statement: Select[*tuple[Any, ...]]) -> Mapping[UUID, Counts]:
    """Add rows up by their first two columns: whose they are, and of which group."""
    counts: dict[UUID, dict[int, Figures]] = {}
    for (owner, group), figures in add_up(statement, 2).items():
        counts.setdefault(owner, {})[group] = figures
    return counts


def _overlaps(key: TenantKey, year: int, lines: Iterable[AgencyLine]) -> tuple[Overlap, ...]:
    known = {line.id: line for line in lines}
    found = (
        Overlap(
            agency=known[place.agency].name,
            kept_at=known[place.kept_at].name,
            kind=known[place.agency].kind,
            group=place.group,
            figures=figures,
        )
        for place, figures in overlaps_below(key, year).items()
    )
    return tuple(sorted(found, key=lambda one: -one.figures.eligible))


def _deadlines_below(key: TenantKey, year: int) -> Mapping[UUID, Sequence[HeldDeadline]]:
    rows = db.session.execute(
        select(TenantClosure.descendant_id, TenantClosure.depth, DeadlineRow, Tenant.name)
        .join(DeadlineRow, DeadlineRow.tenant_id == TenantClosure.ancestor_id)
        .join(Tenant, Tenant.id == DeadlineRow.tenant_id)
        .where(
            TenantClosure.descendant_id.in_(_below(key)),
            DeadlineRow.kind.in_(_SHOWN),
            DeadlineRow.year.in_((0, year)),
        )
    )
    held: dict[UUID, list[HeldDeadline]] = {}
    for descendant, depth, row, agency in rows:
        held.setdefault(descendant, []).append(
            HeldDeadline(deadline=to_deadline(row), depth=depth, agency=agency, since=row.set_at)
        )
    return held
