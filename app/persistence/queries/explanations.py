"""What a figure is made of: how far people have come, and by which decisions.

Above an agency these are counts alone, and a decision that is not published yet is one without
number or date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, text
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.boards import Board, UnitLine
from app.domain.explanations import Paper, Ruled
from app.domain.refusals import MissingError
from app.domain.results import Tally
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import OverlapResult, Tenant, TenantClosure, UnitResult
from app.persistence.queries.results import sums_of, to_tally
from tenants.schema import TenantKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """Whose figures are looked at: of an agency and all below it, or alone, or of one unit."""

    key: TenantKey
    year: int
    group: int | None = None
    kinds: frozenset[TenantKind] | None = None
    unit_id: UUID | None = None
    is_alone: bool = False


def stands_of(wanted: Narrowing) -> Sequence[Tally]:
    """Return people by how far they have come; whoever is counted twice is taken off."""
    rows = db.session.execute(_stands(UnitResult, UnitResult.tenant_id, wanted))
    found = [to_tally(row) for row in rows]
    if not wanted.is_alone and wanted.unit_id is None:
        twice = db.session.execute(_stands(OverlapResult, OverlapResult.counted_at, wanted))
        found += [_taken_off(to_tally(row)) for row in twice]
    return found


def _stands(
    rows: type[UnitResult] | type[OverlapResult],
    place: InstrumentedAttribute[UUID],
    wanted: Narrowing,
) -> Select[*tuple[Any, ...]]:
    statement = (
        select(*sums_of(rows))
        .where(rows.year == wanted.year, *_places(place, wanted))
        .group_by(rows.state, rows.outcome)
    )
    if wanted.group is not None:
        statement = statement.where(rows.group_number == wanted.group)
    if wanted.kinds is not None:
        statement = statement.join(Tenant, Tenant.id == rows.tenant_id).where(
            Tenant.kind.in_(wanted.kinds)
        )
    return statement


def _places(place: InstrumentedAttribute[UUID], wanted: Narrowing) -> Sequence[ColumnElement[bool]]:
    if wanted.unit_id is not None:
        return [place == wanted.key.tenant_id, UnitResult.unit_id == wanted.unit_id]
    if wanted.is_alone:
        return [place == wanted.key.tenant_id]
    below = select(TenantClosure.descendant_id).where(
        TenantClosure.province_id == wanted.key.province_id,
        TenantClosure.ancestor_id == wanted.key.tenant_id,
    )
    return [place.in_(below)]


def _taken_off(one: Tally) -> Tally:
    return Tally(
        state=one.state,
        outcome=one.outcome,
        people=-one.people,
        outstanding=-one.outstanding,
        with_digital_skills=-one.with_digital_skills,
        digitally_fluent=-one.digitally_fluent,
    )


def ruled_of(wanted: Narrowing) -> Sequence[Ruled]:
    """Return the people of one agency, or unit, by the decision in force about them."""
    rows = db.session.execute(
        text(_RULED),
        {
            "agency": wanted.key.tenant_id,
            "year": wanted.year,
            "group": wanted.group,
            "unit": wanted.unit_id,
        },
    )
    return [Ruled(_to_paper(row), to_tally(row[5:])) for row in rows]


def ruled_when_signed(agency: UUID, year: int, version: int) -> Sequence[Ruled]:
    """Return the own people behind a signed version by the decision that was in force then."""
    rows = db.session.execute(
        text(_RULED_WHEN_SIGNED), {"agency": agency, "year": year, "version": version}
    )
    return [Ruled(_to_paper(row), to_tally(row[5:])) for row in rows]


def _to_paper(row: Sequence[Any]) -> Paper | None:
    is_on_file, decision_id, number, signed_on, is_published = row[:5]
    if not is_on_file:
        return None
    return Paper(id=decision_id, number=number, signed_on=signed_on, is_published=is_published)


def load_unit_line(board: Board, unit_id: UUID) -> UnitLine:
    """Return the line of a unit of the board's own agency; any other is not found."""
    for unit in board.units:
        if unit.id == unit_id:
            return unit
    raise MissingError(unit_id)


_RULED = """
    SELECT is_on_file, decision_id, number, signed_on, is_published, state, outcome,
        sum(people), sum(outstanding), sum(with_digital_skills), sum(digitally_fluent)
    FROM decisions_counted(:agency, CAST(:year AS smallint))
    WHERE (CAST(:group AS smallint) IS NULL OR group_number = :group)
    AND (CAST(:unit AS uuid) IS NULL OR unit_id = :unit)
    GROUP BY is_on_file, decision_id, number, signed_on, is_published, state, outcome
    ORDER BY signed_on, number, state, outcome
"""
_RULED_WHEN_SIGNED = """
    SELECT is_on_file, decision_id, number, signed_on, is_published, state, outcome,
        people, outstanding, with_digital_skills, digitally_fluent
    FROM decisions_signed(:agency, CAST(:year AS smallint), CAST(:version AS smallint))
    ORDER BY signed_on, number, state, outcome
"""
