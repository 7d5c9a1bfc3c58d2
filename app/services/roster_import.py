"""Bringing the good rows of an uploaded list onto the roster."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from uuid import UUID

from app.domain.audit import Act
from app.domain.outbox import Kind
from app.domain.people import Origin
from app.domain.permissions import Actor, Permission
from app.domain.roster import ImportState, PersonDetails, Recogniser, SortedRow, Standing
from app.domain.roster_files import RosterReading, RosterRow
from app.domain.vietnamese import match_key
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Person, RosterImport
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.people import (
    entries_of_roster,
    load_person_to_change,
)
from app.persistence.queries.roster_imports import (
    find_import_to_change,
    load_import_to_change,
    next_part,
    rows_left,
)
from app.persistence.sealing import NumberSeal
from app.services.identities import claim_identities, find_people_by_number, identify_person
from app.services.listing import insert_rows, list_crowd, lock_roster
from app.services.outbox import post
from app.services.record import record_act
from app.services.roster import make_person
from app.services.roster_uploads import check_again, open_part


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did: who is new, who was known and is listed again, who was there."""

    added: int
    known: int
    listed: int
    is_over: bool = True
    rows: int = field(default=0, compare=False)
    """How many rows of a long list have been gone through in all, of ``rows_in_all``."""
    rows_in_all: int = field(default=0, compare=False)


PartReader: TypeAlias = Callable[[RosterImport, str], RosterReading]
"""Reads the people of a part out of its text, by the columns of its list."""


def start_import(upload_id: UUID, *, by: Actor) -> None:
    """Have a job bring in the good rows of a long list, or go on with what was given up."""
    by.require(Permission.ROSTER_EDIT)
    upload = load_import_to_change(upload_id)
    if upload.state is ImportState.CHECKING:
        check_again(upload)
        return
    require_open_cycle(upload.year)
    if upload.state is not ImportState.IMPORTING:
        upload.state, upload.problem = ImportState.IMPORTING, None
    upload.confirmed_by = by.account_id
    post(Kind.LIST_IMPORT, subject_id=upload.id)


def stop_import(upload_id: UUID, problem: str) -> None:
    """Say why a job may not bring the rest in, and have what is left looked at again."""
    upload = find_import_to_change(upload_id)
    if upload is not None and upload.state is ImportState.IMPORTING:
        upload.problem = problem
        check_again(upload)


def sort_rows(
    rows: Sequence[RosterRow], upload: RosterImport, *, seal: NumberSeal
) -> list[SortedRow]:
    """Hold the good rows of a list against the roster as it is now."""
    by_number = find_people_by_number([row.cccd for row in rows if row.cccd], seal=seal)
    names = {match_key(row.name) for row in rows}
    entries = entries_of_roster(upload.year, names=names, people=set(by_number.values()))
    recogniser = Recogniser(entries, by_number)
    units = {unit.name: unit.id for unit in units_in_use()}
    return [
        recogniser.sort(
            row,
            unit_id=_unit_of(row, units, upload),
            group_number=row.group_number or _group_for_all(upload),
        )
        for row in rows
    ]


def import_roster(
    upload_id: UUID, rows: Sequence[RosterRow], *, is_all: bool, seal: NumberSeal, by: Actor
) -> Imported:
    """List everybody whom the good rows of a list name; ``is_all`` says that none was refused.

    Who is listed already is left alone, so that a list can be corrected and imported again.
    """
    by.require(Permission.ROSTER_EDIT)
    lock_roster()
    upload = load_import_to_change(upload_id)
    require_open_cycle(upload.year)
    done = _bring_in(upload, rows, seal=seal, by=by)
    _finish(upload, is_all=is_all)
    return done


def import_part(upload_id: UUID, read: PartReader, *, seal: NumberSeal, by: Actor) -> Imported:
    """List everybody of the next part of a long list, which is then no longer kept.

    It goes in the transaction that lists its people, so that whoever goes on after a worker that
    died lists nobody twice. What is read is one part, however long the list is.
    """
    by.require(Permission.ROSTER_EDIT)
    lock_roster()
    upload = load_import_to_change(upload_id)
    if upload.state is not ImportState.IMPORTING:
        # Somebody has thrown the list away since the job began.
        return Imported(added=0, known=0, listed=0)
    require_open_cycle(upload.year)
    part = next_part(upload.id)
    if part is None:
        # It was looked through before lists were kept in parts.
        check_again(upload)
        return Imported(added=0, known=0, listed=0)
    reading = read(upload, open_part(part, seal=seal))
    done = _bring_in(upload, reading.rows, seal=seal, by=by)
    upload.rows_done += part.rows
    upload.refused += len(reading.refused_rows)
    db.session.delete(part)
    db.session.flush()
    rows, left = upload.rows_done, rows_left(upload.id)
    if not left:
        _finish(upload, is_all=not upload.refused)
    return replace(done, is_over=not left, rows=rows, rows_in_all=rows + left)


def _bring_in(
    upload: RosterImport, rows: Sequence[RosterRow], *, seal: NumberSeal, by: Actor
) -> Imported:
    found = sort_rows(rows, upload, seal=seal)
    new = [one for one in found if one.standing is Standing.NEW]
    known = [one for one in found if one.standing is Standing.KNOWN]
    people = [*_make_people(new, seal=seal), *(_bring_up_to_date(one, seal) for one in known)]
    if people:
        found_scores = zip(people, [*new, *known], strict=True)
        scores = {
            person.id: one.row.scores for person, one in found_scores if one.row.scores is not None
        }
        list_crowd(people, year=upload.year, scores=scores)
    done = Imported(added=len(new), known=len(known), listed=len(found) - len(people))
    upload.people += done.added + done.known
    record_act(
        Act.ROSTER_IMPORTED,
        by=by,
        object_kind="roster_import",
        object_id=upload.id,
        year=upload.year,
        file=upload.file_name,
        added=done.added,
        known=done.known,
    )
    return done


def _make_people(found: Sequence[SortedRow], *, seal: NumberSeal) -> list[Person]:
    identities = claim_identities([one.row.cccd for one in found], seal=seal)
    people = [
        make_person(_details(one), identity_id=identity_id, origin=Origin.IMPORTED, seal=seal)
        for one, identity_id in zip(found, identities, strict=True)
    ]
    if people:
        insert_rows(Person, [_columns_of(person) for person in people])
    return people


def _columns_of(person: Person) -> dict[str, Any]:
    """Return what was set of an entry that is not written yet."""
    return {name: value for name, value in vars(person).items() if not name.startswith("_")}


def _bring_up_to_date(found: SortedRow, seal: NumberSeal) -> Person:
    """Let somebody known take on the unit, the group and the number that the list gives."""
    if found.person_id is None:
        raise ValueError(f"row {found.row.number_in_file} names nobody known")
    person = load_person_to_change(found.person_id)
    person.unit_id = found.unit_id
    person.group_number = found.group_number
    person.is_active = True
    person.version += 1
    if found.row.cccd and not person.cccd_last_four:
        identify_person(person, found.row.cccd, seal=seal)
    return person


def _details(found: SortedRow) -> PersonDetails:
    row = found.row
    return PersonDetails(
        name=row.name,
        birth_year=row.birth_year,
        birth_on=row.birth_on,
        unit_id=found.unit_id,
        group_number=found.group_number,
        position=row.position,
        cccd=row.cccd,
    )


def _finish(upload: RosterImport, *, is_all: bool) -> None:
    was_long = upload.state is ImportState.IMPORTING
    upload.state, upload.rows_done = ImportState.IMPORTED, 0
    upload.imported_at = transaction_time()
    if is_all:
        upload.sheet_sealed = None
    elif was_long:
        check_again(upload)


def _unit_of(row: RosterRow, units: Mapping[str, UUID], upload: RosterImport) -> UUID:
    unit_id = units[row.unit_name] if row.unit_name is not None else upload.unit_id
    if unit_id is None:
        raise ValueError(f"row {row.number_in_file} has no unit, and none holds for all")
    return unit_id


def _group_for_all(upload: RosterImport) -> int:
    if upload.group_number is None:
        raise ValueError("the list has no groups, and none holds for all")
    return upload.group_number
