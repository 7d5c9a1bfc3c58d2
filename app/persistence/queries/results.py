"""Questions about rolled-up figures, and about which of them are out of date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select, text, union

from app.domain.dossiers import Outcome, State
from app.domain.results import FIGURES, Figures, Tally
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import (
    AgencyOverlap,
    AgencyResult,
    Cycle,
    Dossier,
    OfficialResult,
    OverlapResult,
    Report,
    ResultStatus,
    RollupMark,
    Tenant,
    TenantClosure,
    UnitResult,
)
from app.persistence.tenancy import tenant_in_scope
from tenants.schema import TenantKind


def sums_of(rows: type[UnitResult] | type[OverlapResult]) -> tuple[ColumnElement[Any], ...]:
    """Return what a statement over rolled-up rows selects last; ``to_tally`` reads it."""
    return (
        rows.state.expression,
        rows.outcome.expression,
        func.sum(rows.people),
        func.sum(rows.outstanding),
        func.sum(rows.with_digital_skills),
        func.sum(rows.digitally_fluent),
    )


def to_tally(cells: Sequence[Any]) -> Tally:
    """Return the selected ``sums_of`` as a tally."""
    state, outcome, people, outstanding, skilled, fluent = cells
    return Tally(
        state=State(state),
        outcome=Outcome(outcome) if outcome else None,
        people=int(people),
        outstanding=int(outstanding),
        with_digital_skills=int(skilled),
        digitally_fluent=int(fluent),
    )


def add_up(
    statement: Select[*tuple[Any, ...]], columns: int, values: Mapping[str, Any] | None = None
) -> dict[tuple[Any, ...], Figures]:
    """Add rows up by their first ``columns``; their last are ``sums_of``."""
    found: dict[tuple[Any, ...], list[Tally]] = {}
    for row in db.session.execute(statement, values):
        found.setdefault(tuple(row[:columns]), []).append(to_tally(row[columns:]))
    return {place: Figures.of(tallies) for place, tallies in found.items()}


@cache
def added_up(rows: type[AgencyResult] | type[AgencyOverlap]) -> tuple[ColumnElement[int], ...]:
    """Return what a statement over sums of agencies selects last; ``to_figures`` reads it."""
    return tuple(func.sum(getattr(rows, name)) for name in FIGURES)


def to_figures(cells: Sequence[int]) -> Figures:
    """Return the selected ``added_up``, or the figures of one row in their order."""
    return Figures(*cells)


def overdue_rollups(patience: timedelta) -> Sequence[tuple[TenantKey, int, datetime]]:
    """Return every agency and year whose oldest mark is older than ``patience``, oldest first."""
    rows = db.session.execute(
        text("SELECT province_id, tenant_id, year, oldest FROM overdue_rollups(:patience)"),
        {"patience": patience},
    )
    return [(TenantKey(province, tenant), year, oldest) for province, tenant, year, oldest in rows]


def figures_of(key: TenantKey, year: int) -> Figures:
    """Return the rolled-up figures of one agency, this one or one below it."""
    rows = db.session.execute(
        select(*sums_of(UnitResult))
        .where(UnitResult.tenant_id == key.tenant_id, UnitResult.year == year)
        .group_by(UnitResult.state, UnitResult.outcome)
    )
    return Figures.of(to_tally(row) for row in rows)


def figures_by_year(
    key: TenantKey, *, group: int | None = None, kind: TenantKind | None = None
) -> Mapping[int, Figures]:
    """Return what an agency and all below it add up to in each year, everybody counted once.

    Of one group of people perhaps, or of the agencies of one kind.
    """
    asked = {"province": key.province_id, "agency": key.tenant_id, "group": group, "kind": kind}
    values = {name: value for name, value in asked.items() if value is not None}
    counted, twice = (
        {row[0]: to_figures(row[1:]) for row in db.session.execute(statement, values)}
        for statement in (
            _by_year(rows, of_group=group is not None, of_kind=kind is not None)
            for rows in (AgencyResult, AgencyOverlap)
        )
    )
    return {year: counted[year] - twice.get(year, Figures()) for year in sorted(counted)}


@cache
def _by_year(
    rows: type[AgencyResult] | type[AgencyOverlap], *, of_group: bool, of_kind: bool
) -> Select[*tuple[Any, ...]]:
    below = select(TenantClosure.descendant_id).where(
        TenantClosure.province_id == bindparam("province"),
        TenantClosure.ancestor_id == bindparam("agency"),
    )
    statement = (
        select(rows.year, *added_up(rows)).where(rows.tenant_id.in_(below)).group_by(rows.year)
    )
    if of_group:
        statement = statement.where(rows.group_number == bindparam("group"))
    if of_kind:
        agency = AgencyOverlap.agency_id if rows is AgencyOverlap else AgencyResult.tenant_id
        statement = statement.join(Tenant, Tenant.id == agency).where(
            Tenant.kind == bindparam("kind")
        )
    return statement


def figures_counted_directly(year: int) -> Figures:
    """Count the figures of the agency in scope from its dossiers, past the rolled-up rows."""
    rows = db.session.execute(
        select(
            Dossier.state,
            Dossier.outcome,
            func.count(),
            func.count().filter(Dossier.is_outstanding),
            func.count().filter(Dossier.has_digital_skills.is_(True)),
            func.count().filter(Dossier.is_digitally_fluent.is_(True)),
        )
        .where(Dossier.year == year)
        .group_by(Dossier.state, Dossier.outcome)
    )
    return Figures.of(to_tally(row) for row in rows)


def count_marks(year: int) -> int:
    """Return how many changes of the agency in scope its figures do not show yet."""
    return _count_marks_at(tenant_in_scope().tenant_id, year)


def is_waiting_at(key: TenantKey, year: int) -> bool:
    """Tell whether changes wait to be counted at an agency, this one or one below it."""
    return _count_marks_at(key.tenant_id, year) > 0


def _count_marks_at(agency: UUID, year: int) -> int:
    return db.session.execute(
        select(func.count()).where(RollupMark.year == year, RollupMark.tenant_id == agency)
    ).scalar_one()


def years_with_figures() -> Sequence[int]:
    """Return every year that the agency in scope has opened or has figures of.

    Of its own, of who is found in two agencies below it, or of reports accepted from below.
    """
    own = tenant_in_scope().tenant_id
    kept = (Cycle, ResultStatus, AgencyResult, AgencyOverlap, OfficialResult)
    accepted = select(Report.year).join(Tenant, Tenant.id == Report.tenant_id)
    years = union(
        *(select(rows.year).where(rows.tenant_id == own) for rows in kept),
        select(OverlapResult.year).where(OverlapResult.counted_at == own),
        accepted.where(Tenant.parent_id == own, Report.accepted_version.is_not(None)),
    )
    return sorted(db.session.scalars(years))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the rolled-up rows and the dossiers disagree: how many people stand in one place."""

    unit_id: UUID
    unit: str
    group: int
    state: State
    outcome: str
    rolled_up: int
    counted: int


def differences(year: int) -> Sequence[Difference]:
    """Compare the rolled-up rows of the agency in scope with its dossiers, place by place.

    One statement, so that both sides are of the same moment. Marks that wait then explain a
    difference; without them, it is an error in the figures.
    """
    key = tenant_in_scope()
    rows = db.session.execute(
        text(_DIFFERENCES),
        {"province": key.province_id, "tenant": key.tenant_id, "year": year},
    ).mappings()
    return [Difference(**{**row, "state": State(row["state"])}) for row in rows]


_DIFFERENCES = """
    WITH counted AS (
        SELECT unit_id, group_number, state, coalesce(outcome, '') AS outcome,
            array[count(*), count(*) FILTER (WHERE is_outstanding),
                count(*) FILTER (WHERE has_digital_skills),
                count(*) FILTER (WHERE is_digitally_fluent)] AS people
        FROM dossier
        WHERE province_id = :province AND tenant_id = :tenant AND year = :year
        GROUP BY unit_id, group_number, state, coalesce(outcome, '')
    ), rolled_up AS (
        SELECT unit_id, group_number, state, outcome,
            array[people, outstanding, with_digital_skills, digitally_fluent]::bigint[] AS people
        FROM unit_result
        WHERE province_id = :province AND tenant_id = :tenant AND year = :year
    )
    SELECT unit_id, coalesce(unit.name, '') AS unit, group_number AS "group", state,
        outcome, coalesce(rolled_up.people[1], 0) AS rolled_up,
        coalesce(counted.people[1], 0) AS counted
    FROM counted FULL JOIN rolled_up USING (unit_id, group_number, state, outcome)
    LEFT JOIN unit
        ON unit.province_id = :province AND unit.tenant_id = :tenant AND unit.id = unit_id
    WHERE counted.people IS DISTINCT FROM rolled_up.people
    ORDER BY unit.name_sort_key, group_number, state, outcome
"""
