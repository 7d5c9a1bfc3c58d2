"""Questions about the rosters of the agency in scope: who was listed for which year."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.domain.dossiers import State
from app.persistence.database import db
from app.persistence.models import Dossier, Person, Unit
from app.persistence.tenancy import tenant_in_scope


def counts_by_state(year: int, units: Collection[UUID] | None) -> Mapping[State, int]:
    """Return how many people of a year's roster stand where; of ``units`` only, or of all."""
    query = select(Dossier.state, func.count()).where(Dossier.year == year)
    if units is not None:
        query = query.where(Dossier.unit_id.in_(units))
    rows = db.session.execute(query.group_by(Dossier.state))
    return {state: int(people) for state, people in rows}


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
