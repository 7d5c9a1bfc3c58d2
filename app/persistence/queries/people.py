"""Questions about the people of the agency in scope, and about the units they belong to."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.refusals import MissingError
from app.domain.roster import Entry
from app.domain.vietnamese import plain
from app.persistence.database import db
from app.persistence.models import Dossier, DossierEvent, Person, Unit
from app.persistence.tenancy import tenant_in_scope


def load_unit_to_join(unit_id: UUID) -> Unit:
    """Return a unit of the agency that takes people; raise ``MissingError`` for any other."""
    unit = db.session.scalars(
        select(Unit).where(
            Unit.id == unit_id,
            Unit.tenant_id == tenant_in_scope().tenant_id,
            Unit.is_active.is_(True),
        )
    ).one_or_none()
    if unit is None:
        raise MissingError(unit_id)
    return unit


def load_person(person_id: UUID) -> Person:
    """Return somebody on the roster; raise ``MissingError`` if they are not on ours."""
    person = db.session.scalars(select(Person).where(Person.id == person_id)).one_or_none()
    if person is None:
        raise MissingError(person_id)
    return person


def load_person_to_change(person_id: UUID) -> Person:
    """Return somebody locked until the end of the transaction, as they stand now."""
    person = db.session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if person is None:
        raise MissingError(person_id)
    return person


def find_person_of(identity_id: UUID) -> Person | None:
    """Return the entry of a human being on this agency's roster."""
    return db.session.scalars(select(Person).where(Person.identity_id == identity_id)).one_or_none()


def whose_name_holds(words: str) -> Sequence[ColumnElement[bool]]:
    """Return the conditions by which a name holds every word of a search, accents or none.

    Does in SQL to the name what ``app.domain.vietnamese.plain`` does to the words.
    """
    bare = func.regexp_replace(
        func.pg_catalog.normalize(Person.name_match_key, "NFD"), "[\u0300-\u036f]", "", "g"
    )
    name = func.replace(bare, "đ", "d", type_=Person.name.type)
    return [name.contains(word, autoescape=True) for word in plain(words).split()]


def find_alike(
    name_match_key: str, birth_year: int, unit_id: UUID, *, besides: UUID | None = None
) -> Person | None:
    """Return somebody of the same name, year of birth and unit."""
    query = select(Person).where(
        Person.name_match_key == name_match_key,
        Person.birth_year == birth_year,
        Person.unit_id == unit_id,
    )
    if besides is not None:
        query = query.where(Person.id != besides)
    return db.session.scalars(query.order_by(Person.created_at).limit(1)).one_or_none()


def has_begun(dossier_id: UUID) -> bool:
    """Tell whether anything ever happened to a dossier."""
    event = select(DossierEvent.id).where(DossierEvent.dossier_id == dossier_id).limit(1)
    return db.session.scalar(event) is not None


def entries_of_roster(
    year: int, *, names: Collection[str], people: Collection[UUID]
) -> Sequence[Entry]:
    """Return who on the agency's roster bears one of these names, or is one of these people.

    Each with whether they are listed for ``year``; names as they are matched. What is read grows
    with what is asked for, and not with the roster.
    """
    rows = db.session.execute(
        select(
            Person.id,
            Person.name_match_key,
            Person.birth_year,
            Person.birth_on,
            Person.unit_id,
            Person.cccd_last_four.is_not(None),
        )
        .where(or_(_is_any(Person.name_match_key, names), _is_any(Person.id, people)))
        .order_by(Person.created_at, Person.id)
    ).all()
    # Two passes: looking for each person's dossier takes the roster times the year's list while
    # the database has no statistics of a list that has just come in.
    of_them = _is_any(Dossier.person_id, [person_id for person_id, *_ in rows])
    listed = set(db.session.scalars(select(Dossier.person_id).where(Dossier.year == year, of_them)))
    return [
        Entry(
            person_id=person_id,
            name_match_key=key,
            birth_year=birth_year,
            birth_on=birth_on,
            unit_id=unit_id,
            has_number=has_number,
            is_listed=person_id in listed,
        )
        for person_id, key, birth_year, birth_on, unit_id, has_number in rows
    ]


def _is_any(column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    # One parameter however many there are: a list has more values than a statement may have.
    return column == any_(cast(list(values), ARRAY(column.type)))


def people_with_numbers(indexes: Collection[bytes]) -> Mapping[bytes, UUID]:
    """Return who of this agency has which of the numbers that the keyed indexes stand for."""
    tenant_in_scope()
    rows = db.session.execute(
        text("SELECT cccd_index, person_id FROM people_with_numbers(:indexes)"),
        {"indexes": list(indexes)},
    )
    return {bytes(index): person_id for index, person_id in rows}
