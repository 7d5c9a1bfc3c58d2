"""Questions about the roster of the agency in scope: who is on it, and who for which year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.domain.dossiers import Outcome, State
from app.domain.people import mask_cccd
from app.domain.vietnamese import plain
from app.persistence.database import db
from app.persistence.models import Dossier, Person, Unit
from app.persistence.tenancy import tenant_in_scope


PAGE_SIZE = 50

_COLUMNS: Mapping[str, tuple[Any, ...]] = {
    "name": (Person.name_sort_key,),
    "birth": (Person.birth_year, Person.birth_on),
    "unit": (Unit.name_sort_key, Person.name_sort_key),
    "group": (Dossier.group_number, Person.name_sort_key),
    "state": (Dossier.state, Person.name_sort_key),
}
SORTABLE = frozenset(_COLUMNS)
"""What a roster can be put in order by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFilter:
    """Which part of a year's roster is asked for, and in what order.

    ``units`` narrows it to what the reader may see; None is the whole agency.
    """

    year: int
    units: frozenset[UUID] | None = None
    unit_id: UUID | None = None
    group_number: int | None = None
    state: State | None = None
    search: str = ""
    sort: str = "name"
    is_descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """Somebody on a year's roster, as a table shows them."""

    person_id: UUID
    dossier_id: UUID
    name: str
    birth_year: int
    unit_name: str
    group_number: int
    masked_number: str | None
    state: State
    outcome: Outcome | None


def roster_lines(wanted: RosterFilter, *, page: int) -> Sequence[RosterLine]:
    """Return one page of a year's roster; the first page is 1."""
    order = _COLUMNS[wanted.sort]
    rows = db.session.execute(
        _narrowed(
            select(
                Person.id,
                Dossier.id,
                Person.name,
                Person.birth_year,
                Unit.name,
                Dossier.group_number,
                Person.cccd_last_four,
                Dossier.state,
                Dossier.outcome,
            ),
            wanted,
        )
        .order_by(*(one.desc() if wanted.is_descending else one for one in order), Person.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return [_line(row) for row in rows]


def count_roster(wanted: RosterFilter) -> int:
    """Return how many people of a year's roster fit."""
    return db.session.scalar(_narrowed(select(func.count()), wanted)) or 0


def counts_by_state(year: int, units: frozenset[UUID] | None) -> Mapping[State, int]:
    """Return how many people of a year's roster stand where."""
    wanted = RosterFilter(year=year, units=units)
    rows = db.session.execute(
        _narrowed(select(Dossier.state, func.count()), wanted).group_by(Dossier.state)
    )
    return dict(tuple(row) for row in rows)


def _narrowed(query: Any, wanted: RosterFilter) -> Any:
    query = (
        query.select_from(Dossier)
        .join(Person, Person.id == Dossier.person_id)
        .join(Unit, Unit.id == Dossier.unit_id)
        .where(Dossier.year == wanted.year, Unit.tenant_id == tenant_in_scope().tenant_id)
    )
    if wanted.units is not None:
        query = query.where(Dossier.unit_id.in_(wanted.units))
    if wanted.unit_id:
        query = query.where(Dossier.unit_id == wanted.unit_id)
    if wanted.group_number:
        query = query.where(Dossier.group_number == wanted.group_number)
    if wanted.state:
        query = query.where(Dossier.state == wanted.state)
    return query.where(
        *(_plain_name().contains(word, autoescape=True) for word in plain(wanted.search).split())
    )


def _plain_name() -> Any:
    """Return the name without its accents, as ``app.domain.vietnamese.plain`` would write it."""
    apart = func.normalize(Person.name_match_key, text("NFD"))
    bare = func.regexp_replace(apart, "[\u0300-\u036f]", "", "g")
    return func.replace(bare, "đ", "d")


def _line(row: Any) -> RosterLine:
    person_id, dossier_id, name, birth_year, unit_name, group, last_four, state, outcome = row
    return RosterLine(
        person_id=person_id,
        dossier_id=dossier_id,
        name=name,
        birth_year=birth_year,
        unit_name=unit_name,
        group_number=group,
        masked_number=mask_cccd(last_four),
        state=state,
        outcome=outcome,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Somebody of a year's roster, as far as copying them takes."""

    person: Person
    state: State
    unit: Unit
    is_listed: bool  # for the year that is copied into


def people_listed(year: int, *, listed_in: int) -> Sequence[Listed]:
    """Return everybody on a year's roster, in the order of names."""
    already = select(Dossier.person_id).where(Dossier.year == listed_in)
    rows = db.session.execute(
        select(Person, Dossier.state, Unit, Person.id.in_(already))
        .join(Dossier, Dossier.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Dossier.year == year, Unit.tenant_id == tenant_in_scope().tenant_id)
        .order_by(Person.name_sort_key, Person.id)
    )
    return [
        Listed(person=person, state=state, unit=unit, is_listed=is_listed)
        for person, state, unit, is_listed in rows
    ]


def years_with_a_roster() -> Sequence[int]:
    """Return every year for which somebody is listed, newest first."""
    return db.session.scalars(select(Dossier.year).distinct().order_by(Dossier.year.desc())).all()
