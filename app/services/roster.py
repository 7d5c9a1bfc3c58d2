"""The roster of an agency: people are put on it, corrected, listed for a year and taken off."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.domain.audit import Act
from app.domain.dossiers import State
from app.domain.ids import new_id
from app.domain.people import Origin
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.roster import PersonDetails
from app.domain.vietnamese import match_key, name_sort_key
from app.persistence.database import db
from app.persistence.models import Person
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.dossiers import find_dossier_of, load_dossier_to_change
from app.persistence.queries.people import (
    find_alike,
    has_begun,
    load_person,
    load_person_to_change,
    load_unit_to_join,
)
from app.persistence.sealing import NumberSeal
from app.services.identities import (
    claim_identities,
    find_people_by_number,
    identify_person,
    sealed_number,
)
from app.services.listing import list_people, lock_roster, take_along
from app.services.record import record_act
from app.services.results import mark_out_of_date


def add_person(
    details: PersonDetails, *, year: int, seal: NumberSeal, by: Actor, is_another: bool = False
) -> UUID:
    """Put somebody on the roster and list them for ``year``.

    Raises ``RefusedError`` when somebody of this name, year of birth and unit is there, unless
    ``is_another`` says that it is somebody else; and always when their personal number is.
    """
    by.require(Permission.ROSTER_EDIT)
    require_open_cycle(year)
    load_unit_to_join(details.unit_id)
    lock_roster()
    _require_new_number(details.cccd, seal=seal)
    if not is_another:
        _require_nobody_alike(details)
    [identity_id] = claim_identities([details.cccd], seal=seal)
    person = make_person(details, identity_id=identity_id, origin=Origin.TYPED, seal=seal)
    db.session.add(person)
    list_people([person], year=year)
    record_addition(person, year, by=by, is_another=is_another)
    return person.id


def make_person(
    details: PersonDetails, *, identity_id: UUID, origin: Origin, seal: NumberSeal
) -> Person:
    """Make the entry of somebody new; the caller writes it."""
    person_id = new_id()
    return Person(
        id=person_id,
        identity_id=identity_id,
        origin=origin,
        **_described(details),
        **sealed_number(person_id, details.cccd, seal=seal),
    )


def change_person(  # noqa: PLR0913 - all that a page may change of an entry
    person_id: UUID,
    details: PersonDetails,
    *,
    version: int,
    is_active: bool,
    forgets_number: bool = False,
    seal: NumberSeal,
    by: Actor,
) -> None:
    """Correct an entry; a number of None leaves the one that is there, unless it is forgotten.

    Dossiers of open years that nobody has begun to fill in follow to the new unit and group.
    """
    by.require(Permission.ROSTER_EDIT)
    lock_roster()
    person = load_person_to_change(person_id)
    if person.version != version:
        raise RefusedError(Rule.STALE_SCREEN)
    if details.unit_id != person.unit_id:
        load_unit_to_join(details.unit_id)
    before, after = _differences(person, details, is_active=is_active)
    changed = sorted(after)
    for column, value in _described(details).items():
        setattr(person, column, value)
    person.is_active = is_active
    if details.cccd or (forgets_number and person.cccd_last_four):
        _change_number(person, details.cccd, seal=seal, by=by)
        changed.append("cccd")
    person.version += 1
    db.session.flush()
    take_along(person)
    record_act(
        Act.PERSON_CHANGED,
        by=by,
        object_kind="person",
        object_id=person.id,
        changed=changed,
        before=before,
        after=after,
    )


def list_for_year(person_id: UUID, year: int, *, by: Actor) -> None:
    """List somebody who is on the roster for one more year."""
    by.require(Permission.ROSTER_EDIT)
    require_open_cycle(year)
    lock_roster()
    person = load_person(person_id)
    if find_dossier_of(person_id, year) is not None:
        raise RefusedError(Rule.PERSON_ALREADY_LISTED, name=person.name)
    load_unit_to_join(person.unit_id)
    person.is_active = True
    list_people([person], year=year)
    record_addition(person, year, by=by)


def record_addition(person: Person, year: int, *, by: Actor, **facts: object) -> None:
    """Note that somebody came onto a year's roster."""
    record_act(
        Act.PERSON_ADDED,
        by=by,
        object_kind="person",
        object_id=person.id,
        year=year,
        name=person.name,
        **facts,
    )


def remove_from_year(person_id: UUID, year: int, *, by: Actor) -> None:
    """Take somebody off a year's roster, and off the roster if nothing else is known of them.

    Raises ``RefusedError`` once anything has happened to their dossier: it is then withdrawn.
    """
    by.require(Permission.ROSTER_EDIT)
    require_open_cycle(year)
    lock_roster()
    person = load_person(person_id)
    found = find_dossier_of(person_id, year)
    if found is None:
        raise MissingError(person_id, year)
    dossier = load_dossier_to_change(found.id)
    if dossier.state is not State.LISTED or has_begun(dossier.id):
        raise RefusedError(Rule.DOSSIER_HAS_BEGUN, name=person.name, year=year)
    record_act(
        Act.PERSON_REMOVED,
        by=by,
        object_kind="person",
        object_id=person.id,
        year=year,
        name=person.name,
    )
    db.session.delete(dossier)
    db.session.flush()
    mark_out_of_date(year)
    _forget_unless_needed(person)


def _forget_unless_needed(person: Person) -> None:
    """Delete an entry that nothing hangs on: the database knows best what does."""
    with suppress(IntegrityError), db.session.begin_nested():
        db.session.delete(person)


def _require_new_number(
    number: str | None, *, seal: NumberSeal, besides: UUID | None = None
) -> None:
    found = find_people_by_number([number], seal=seal) if number else {}
    for person_id in found.values():
        if person_id != besides:
            other = load_person(person_id)
            raise RefusedError(
                Rule.PERSON_ALREADY_LISTED, name=other.name, person_id=other.id, is_certain=True
            )


def _require_nobody_alike(details: PersonDetails) -> None:
    alike = find_alike(match_key(details.name), details.birth_year, details.unit_id)
    if alike is not None:
        raise RefusedError(
            Rule.PERSON_ALREADY_LISTED, name=alike.name, person_id=alike.id, is_certain=False
        )


def _change_number(person: Person, number: str | None, *, seal: NumberSeal, by: Actor) -> None:
    # The number says which human being the entry is, and so what its holder may not do.
    if person.identity_id == by.identity_id:
        raise RefusedError(Rule.SELF_DEALING)
    _require_new_number(number, seal=seal, besides=person.id)
    identify_person(person, number, seal=seal)


def _described(details: PersonDetails) -> dict[str, Any]:
    """Return the columns that say who somebody is."""
    return {
        "name": details.tidy_name,
        "name_sort_key": name_sort_key(details.name),
        "name_match_key": match_key(details.name),
        "birth_year": details.birth_year,
        "birth_on": details.birth_on,
        "unit_id": details.unit_id,
        "group_number": details.group_number,
        "position": details.position,
    }


def _differences(
    person: Person, details: PersonDetails, *, is_active: bool
) -> tuple[dict[str, object], dict[str, object]]:
    """Return what is about to change, as it is and as it will be; never the personal number."""
    before = _told(person) | {"is_active": person.is_active}
    after = _told(details) | {"name": details.tidy_name, "is_active": is_active}
    changed = [name for name, value in before.items() if value != after[name]]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


def _told(one: Person | PersonDetails) -> dict[str, object]:
    born = one.birth_on.isoformat() if one.birth_on else one.birth_year
    return {
        "name": one.name,
        "birth": born,
        "unit": str(one.unit_id),
        "group": one.group_number,
        "position": one.position,
    }
