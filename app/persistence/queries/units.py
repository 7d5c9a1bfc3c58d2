"""Questions about the units of the agency in scope."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select

from app.domain.refusals import MissingError
from app.domain.vietnamese import match_key
from app.persistence.database import db
from app.persistence.models import Dossier, Person, Unit
from app.persistence.tenancy import tenant_in_scope


def units_with_people() -> Sequence[tuple[Unit, int]]:
    """Return every unit, those in use first, each with how many people belong to it today."""
    rows = db.session.execute(
        select(Unit, func.count(Person.id))
        .outerjoin(Person, (Person.unit_id == Unit.id) & Person.is_active)
        .where(Unit.tenant_id == tenant_in_scope().tenant_id)
        .group_by(Unit.province_id, Unit.tenant_id, Unit.id)
        .order_by(Unit.is_active.desc(), Unit.name_sort_key)
    )
    return [(unit, people) for unit, people in rows]


def units_in_use() -> Sequence[Unit]:
    """Return the units that take people, in Vietnamese order."""
    return db.session.scalars(
        select(Unit)
        .where(Unit.tenant_id == tenant_in_scope().tenant_id, Unit.is_active)
        .order_by(Unit.name_sort_key)
    ).all()


def load_unit(unit_id: UUID) -> Unit:
    """Return one of the agency's own units; raise ``MissingError`` for any other."""
    return _the_only(_own(unit_id))


def load_unit_to_change(unit_id: UUID) -> Unit:
    """Return one of the agency's own units, locked; raise ``MissingError`` for any other."""
    return _the_only(_own(unit_id).with_for_update().execution_options(populate_existing=True))


def _own(unit_id: UUID) -> Select[Unit]:
    return select(Unit).where(Unit.id == unit_id, Unit.tenant_id == tenant_in_scope().tenant_id)


def _the_only(wanted: Select[Unit]) -> Unit:
    unit = db.session.scalars(wanted).one_or_none()
    if unit is None:
        raise MissingError
    return unit


def count_people_in(unit_id: UUID) -> int:
    """Return how many people belong to a unit today."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Person)
            .where(Person.unit_id == unit_id, Person.is_active)
        )
        or 0
    )


def people_in(unit_id: UUID, *, limit: int, offset: int) -> Sequence[tuple[Person, int | None]]:
    """Return who belongs to a unit today, by name, each with the last year on a roster."""
    last_year = (
        select(func.max(Dossier.year)).where(Dossier.person_id == Person.id).scalar_subquery()
    )
    rows = db.session.execute(
        select(Person, last_year)
        .where(Person.unit_id == unit_id, Person.is_active)
        .order_by(Person.name_sort_key, Person.id)
        .limit(limit)
        .offset(offset)
    )
    return [(person, year) for person, year in rows]


def is_name_taken(name: str, *, besides: UUID | None = None) -> bool:
    """Tell whether another unit of the agency is called that, however it is written."""
    wanted = match_key(name)
    return any(match_key(held) == wanted for unit_id, held in _names() if unit_id != besides)


def _names() -> Sequence[tuple[UUID, str]]:
    rows = db.session.execute(
        select(Unit.id, Unit.name).where(Unit.tenant_id == tenant_in_scope().tenant_id)
    )
    return [(unit_id, name) for unit_id, name in rows]
