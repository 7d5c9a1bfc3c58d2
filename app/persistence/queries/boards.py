"""What the golden board asks: figures, freshness and deadlines of an agency and all below it.

The number of statements is fixed, whatever the number of agencies, and each reads rolled-up rows,
never dossiers. An agency reads those below it because the database lets it; asked for any other,
the answer holds nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from app.domain.boards import AgencyLine, Board, Overlap, Twice, UnitLine, total_of
from app.domain.deadlines import last_day
from app.domain.report_standings import ReportStanding
from app.domain.results import FIGURES, Figures
from app.domain.settings import HeldDeadline, SettingName, deadlines_in_effect
from app.domain.tenants import TenantKey
from app.domain.timeliness import Punctuality, punctuality
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import (
    AgencyOverlap,
    AgencyResult,
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
from app.persistence.queries.calendar import working_days
from app.persistence.queries.criteria import find_all_criteria
from app.persistence.queries.expected_reports import standings_below
from app.persistence.queries.overlaps import overlaps_below
from app.persistence.queries.results import (
    add_up,
    added_up,
    figures_by_year,
    sums_of,
    to_figures,
)
from app.persistence.queries.settings import to_deadline
from tenants.schema import Deadline, DeadlineKind, GroupCriteria, TenantKind, Text


_SHOWN = (DeadlineKind.COMPLETION,)  # of reports their frozen due dates are shown instead

Counts = Mapping[int, Figures]


def load_board(
    key: TenantKey,
    year: int,
    *,
    group: int | None = None,
    kind: TenantKind | None = None,
    names_overlaps: bool = True,
) -> Board:
    """Return the board of an agency, this one or one below it, with every agency below that.

    A kind that no agency there is of narrows nothing. Without ``names_overlaps``, who is counted
    twice is added up over all agencies of a kind: the more people, the more pairs of agencies.
    """
    counts = _counts_by_agency(key, year)
    deadlines = _deadlines_below(key, year)
    reports, now = standings_below(key, year), transaction_time()
    lines = [
        _to_line(
            row,
            counts.get(row.id, {}),
            _punctuality(deadlines.get(row.id, ()), year, done_at=row.completed_at, now=now),
            reports.get(row.id),
        )
        for row in db.session.execute(_agencies(), _values(key, year))
    ]
    own = next(line for line in lines if line.id == key.tenant_id)
    if not any(line.kind is kind for line in lines):
        kind = None
    board = Board(
        year=year,
        own=own,
        below=tuple(line for line in lines if line.id != key.tenant_id),
        overlaps=_overlaps(key, year, lines) if names_overlaps else _overlaps_by_kind(key, year),
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
    for choices in db.session.scalars(_criteria_chosen()):
        for choice in choices:
            since, group = int(choice["from_year"]), int(choice["group"])
            if since <= year:
                named = (since, str(choice["reference"]))
                chosen[group] = max(chosen.get(group, named), named)
    known = find_all_criteria({reference for _, reference in chosen.values()})
    return {
        group: known[reference].group(group) for group, (_, reference) in sorted(chosen.items())
    }


@cache
def _criteria_chosen() -> Select[Any]:
    return select(Setting.value).where(Setting.name == SettingName.CRITERIA).distinct()


def data_version(key: TenantKey, year: int) -> int:
    """Return the newest change that the figures of an agency and of those below it account for."""
    newest = select(func.max(ResultStatus.fence)).where(
        ResultStatus.tenant_id.in_(_below()), ResultStatus.year == _YEAR
    )
    return db.session.scalar(newest, _values(key, year)) or 0


def years_known(key: TenantKey) -> Sequence[int]:
    """Return every year that the agency has opened or has figures of, newest first."""
    return sorted(db.session.scalars(_known_years(), _values(key)), reverse=True)


@cache
def _known_years() -> CompoundSelect[int]:
    opened = select(Cycle.year).where(Cycle.tenant_id == _AGENCY)
    return opened.union(select(ResultStatus.year).where(ResultStatus.tenant_id.in_(_below())))


# What the statements below ask for: each is written once, and asked with other values.
_PROVINCE: BindParameter[int] = bindparam("province")
_AGENCY: BindParameter[UUID] = bindparam("agency")
_YEAR: BindParameter[int] = bindparam("year")


def _values(key: TenantKey, year: int | None = None) -> dict[str, Any]:
    return {"province": key.province_id, "agency": key.tenant_id, "year": year}


def _below() -> Select[UUID]:
    return select(TenantClosure.descendant_id).where(
        TenantClosure.province_id == _PROVINCE, TenantClosure.ancestor_id == _AGENCY
    )


@cache
def _agencies() -> Select[*tuple[Any, ...]]:
    marks = (
        select(RollupMark.tenant_id, func.count().label("marks"))
        .where(RollupMark.year == _YEAR)
        .group_by(RollupMark.tenant_id)
        .subquery()
    )
    status = and_(ResultStatus.tenant_id == Tenant.id, ResultStatus.year == _YEAR)
    cycle = and_(Cycle.tenant_id == Tenant.id, Cycle.year == _YEAR)
    return (
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
        .where(Tenant.id.in_(_below()))
        .order_by(Tenant.name_sort_key)
    )


def _to_line(
    row: Row[Any],
    counts: Counts,
    punctual: Mapping[DeadlineKind, Punctuality],
    report: ReportStanding | None,
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
        punctuality=punctual,
        report=report,
    )


def _punctuality(
    binding: Iterable[HeldDeadline], year: int, *, done_at: datetime | None, now: datetime
) -> Mapping[DeadlineKind, Punctuality]:
    return {
        held.deadline.kind: punctuality(
            held.deadline.kind,
            last_day(held.deadline, year, working_days()),
            done_at=done_at,
            now=now,
        )
        for held in binding
    }


def _counts_by_agency(key: TenantKey, year: int) -> Mapping[UUID, Counts]:
    counts: dict[UUID, dict[int, Figures]] = {}
    for agency, group, *cells in db.session.execute(_results(), _values(key, year)):
        counts.setdefault(agency, {})[group] = to_figures(cells)
    return counts


@cache
def _results() -> Select[*tuple[Any, ...]]:
    return select(
        AgencyResult.tenant_id,
        AgencyResult.group_number,
        *(getattr(AgencyResult, name) for name in FIGURES),
    ).where(AgencyResult.year == _YEAR, AgencyResult.tenant_id.in_(_below()))


@cache
def _results_of_units() -> Select[*tuple[Any, ...]]:
    return (
        select(UnitResult.unit_id, UnitResult.group_number, *sums_of(UnitResult))
        .where(UnitResult.year == _YEAR, UnitResult.tenant_id == _AGENCY)
        .group_by(UnitResult.unit_id, UnitResult.group_number, UnitResult.state, UnitResult.outcome)
    )


@cache
def _units_in_order() -> Select[*tuple[Any, ...]]:
    return (
        select(Unit.id, Unit.name, Unit.name_sort_key, Unit.is_active)
        .where(Unit.tenant_id == _AGENCY)
        .order_by(Unit.name_sort_key)
    )


def _units(key: TenantKey, year: int) -> tuple[UnitLine, ...]:
    found = add_up(_results_of_units(), 2, _values(key, year))
    counts: dict[UUID, dict[int, Figures]] = {}
    for (unit, group), figures in found.items():
        counts.setdefault(unit, {})[group] = figures
    units = db.session.execute(_units_in_order(), {"agency": key.tenant_id})
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


def _overlaps(key: TenantKey, year: int, lines: Iterable[AgencyLine]) -> tuple[Overlap, ...]:
    known = {line.id: line for line in lines}
    found = (
        Overlap(
            pair=_pair(known[place.agency], known[place.kept_at]),
            kind=known[place.agency].kind,
            group=place.group,
            figures=figures,
        )
        for place, figures in overlaps_below(key, year).items()
    )
    return tuple(sorted(found, key=lambda one: -one.figures.eligible))


def _pair(found: AgencyLine, kept: AgencyLine) -> Twice:
    return Twice(found.name, kept.name, found.slug, kept.slug)


def _overlaps_by_kind(key: TenantKey, year: int) -> tuple[Overlap, ...]:
    rows = db.session.execute(_twice_by_kind(), _values(key, year))
    return tuple(
        Overlap(kind=kind, group=group, figures=to_figures(cells)) for kind, group, *cells in rows
    )


@cache
def _twice_by_kind() -> Select[*tuple[Any, ...]]:
    return (
        select(Tenant.kind, AgencyOverlap.group_number, *added_up(AgencyOverlap))
        .join(Tenant, Tenant.id == AgencyOverlap.agency_id)
        .where(AgencyOverlap.year == _YEAR, AgencyOverlap.tenant_id.in_(_below()))
        .group_by(Tenant.kind, AgencyOverlap.group_number)
    )


def _deadlines_below(key: TenantKey, year: int) -> Mapping[UUID, Sequence[HeldDeadline]]:
    """Return the deadlines that bind each agency; those that set none share what is above them."""
    set_by = _deadlines_set_by(key, year)
    lines = db.session.execute(_lines_above(), _values(key))
    places: dict[UUID, list[tuple[int, UUID]]] = {}
    for descendant, ancestor, depth in lines:
        place = places.setdefault(descendant, [])
        if ancestor in set_by:
            place.append((depth, ancestor))

    @cache
    def binding(*place: tuple[int, UUID]) -> Sequence[HeldDeadline]:
        held = [
            HeldDeadline(deadline=deadline, depth=depth, agency=agency, since=since)
            for depth, ancestor in place
            for deadline, agency, since in set_by[ancestor]
        ]
        return deadlines_in_effect(held, year, working_days())

    return {descendant: binding(*sorted(place)) for descendant, place in places.items()}


@cache
def _lines_above() -> Select[*tuple[Any, ...]]:
    return select(
        TenantClosure.descendant_id, TenantClosure.ancestor_id, TenantClosure.depth
    ).where(TenantClosure.descendant_id.in_(_below()))


@cache
def _deadlines_of_lines() -> Select[*tuple[Any, ...]]:
    agencies = select(TenantClosure.ancestor_id).where(TenantClosure.descendant_id.in_(_below()))
    return (
        select(DeadlineRow, Tenant.name)
        .join(Tenant, Tenant.id == DeadlineRow.tenant_id)
        .where(
            DeadlineRow.tenant_id.in_(agencies),
            DeadlineRow.kind.in_(_SHOWN),
            or_(DeadlineRow.year == 0, DeadlineRow.year == _YEAR),
        )
    )


def _deadlines_set_by(
    key: TenantKey, year: int
) -> Mapping[UUID, Sequence[tuple[Deadline, str, datetime]]]:
    found: dict[UUID, list[tuple[Deadline, str, datetime]]] = {}
    for row, agency in db.session.execute(_deadlines_of_lines(), _values(key, year)):
        found.setdefault(row.tenant_id, []).append((to_deadline(row), agency, row.set_at))
    return found
