"""What a province publishes: counts of people whom published decisions in force recognise."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.domain.dossiers import Outcome, State
from app.domain.publications import Publication, PublishedLine
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import OverlapResult, Tenant, TenantClosure, UnitResult
from app.persistence.queries.boards import groups_known


_PUBLIC = (State.PUBLISHED, State.APPEALED)


def load_publication(key: TenantKey, year: int) -> Publication:
    """Return what the public may read of an agency and all below it."""
    counted, twice = _counts(UnitResult, year), _counts(OverlapResult, year)
    internal = {number for number, group in groups_known(year).items() if group.is_internal}
    groups = sorted({group for people in counted.values() for group in people} - internal)
    pupils = _sum(counted, internal) - _sum(twice, internal)
    return Publication(
        lines=[
            PublishedLine(name, counted[agency], slug)
            for agency, name, slug in _names(key, counted)
        ],
        twice={group: _sum(twice, {group}) for group in groups},
        groups=groups,
        pupils=pupils,
    )


def _counts(
    rows: type[UnitResult] | type[OverlapResult], year: int
) -> Mapping[UUID, Mapping[int, int]]:
    found: dict[UUID, dict[int, int]] = {}
    for agency, group, people in db.session.execute(_statement(rows, year)):
        found.setdefault(agency, {})[group] = int(people)
    return found


def _statement(rows: type[UnitResult] | type[OverlapResult], year: int) -> Select[*tuple[Any, ...]]:
    return (
        select(rows.tenant_id, rows.group_number, func.sum(rows.people))
        .where(
            rows.year == year,
            rows.state.in_(_PUBLIC),
            rows.outcome == Outcome.RECOGNISED.value,
        )
        .group_by(rows.tenant_id, rows.group_number)
    )


def _sum(counts: Mapping[UUID, Mapping[int, int]], groups: set[int]) -> int:
    return sum(people.get(group, 0) for people in counts.values() for group in groups)


def _names(key: TenantKey, counted: Mapping[UUID, Any]) -> list[tuple[UUID, str, str]]:
    rows = db.session.execute(
        select(Tenant.id, Tenant.name, Tenant.slug)
        .join(TenantClosure, TenantClosure.descendant_id == Tenant.id)
        .where(TenantClosure.ancestor_id == key.tenant_id, Tenant.id.in_(counted))
        .order_by(Tenant.name_sort_key)
    )
    return [(agency, name, slug) for agency, name, slug in rows]
