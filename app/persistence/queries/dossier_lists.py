"""Questions that list dossiers: searched, narrowed, sorted and cut into pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import contains_eager

from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import State
from app.persistence.database import db
from app.persistence.models import Dossier, Person, Unit
from app.persistence.queries.people import whose_name_holds
from app.persistence.tenancy import tenant_in_scope


class Order(StrEnum):
    """What a list of dossiers is sorted by."""

    NAME = "name"
    UNIT = "unit"
    GROUP = "group"
    STATE = "state"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which dossiers a list shows. ``units`` None: of every unit of the agency."""

    year: int
    units: Collection[UUID] | None = None
    unit_id: UUID | None = None
    group: int | None = None
    state: State | None = None
    digital: DigitalSkill | None = None
    name: str = ""


def count_dossiers(wanted: Wanted) -> int:
    """Count the dossiers that a list shows."""
    return db.session.scalar(_filtered(select(func.count()).select_from(Dossier), wanted)) or 0


def list_dossiers(
    wanted: Wanted, order: Order, *, is_descending: bool, limit: int, offset: int
) -> Sequence[Dossier]:
    """Return a page of dossiers with their people and units; equals in the order of names."""
    column = _columns()[order]
    return db.session.scalars(
        _filtered(select(Dossier), wanted)
        .join(Dossier.unit)
        .options(contains_eager(Dossier.person), contains_eager(Dossier.unit))
        .order_by(
            (column.desc() if is_descending else column.asc()).nulls_last(),
            Person.name_sort_key,
            Dossier.id,
        )
        .limit(limit)
        .offset(offset)
    ).all()


def units_in_use() -> Sequence[Unit]:
    """Return the agency's own units, in Vietnamese order."""
    return db.session.scalars(
        select(Unit)
        .where(Unit.tenant_id == tenant_in_scope().tenant_id, Unit.is_active)
        .order_by(Unit.name_sort_key)
    ).all()


def _filtered(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [Dossier.year == wanted.year]
    if wanted.units is not None:
        conditions.append(Dossier.unit_id.in_(wanted.units))
    if wanted.unit_id is not None:
        conditions.append(Dossier.unit_id == wanted.unit_id)
    if wanted.group is not None:
        conditions.append(Dossier.group_number == wanted.group)
    if wanted.state is not None:
        conditions.append(Dossier.state == wanted.state)
    if wanted.digital is not None:
        # Of whom the team has not agreed yet, nothing could have been stated.
        conditions += [
            Dossier.agreed_scores.is_not(None),
            Dossier.has_digital_skills.is_not_distinct_from(wanted.digital.has_skills),
            Dossier.is_digitally_fluent.is_not_distinct_from(wanted.digital.is_fluent),
        ]
    return statement.join(Dossier.person).where(*conditions, *whose_name_holds(wanted.name))


def _columns() -> dict[Order, ColumnElement[Any]]:
    order_of_states = {state: place for place, state in enumerate(State)}
    return {
        Order.NAME: Person.name_sort_key.expression,
        Order.UNIT: Unit.name_sort_key.expression,
        Order.GROUP: Dossier.group_number.expression,
        Order.STATE: case(order_of_states, value=Dossier.state),
        # Ten blanks add up to nothing, which is not the same as zero points.
        Order.TOTAL: func.nullif(
            func.scores_total(func.coalesce(Dossier.agreed_scores, Dossier.self_scores)), 0
        ),
    }
