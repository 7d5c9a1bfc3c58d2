"""Who is on a roster: what is known of a person, and who may be listed for another year."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.dossiers import LEFT, State
from app.domain.roster_files import RosterRow
from app.domain.vietnamese import clean, match_key


MOST_PEOPLE = 50_000
"""How long a list may be."""
READ_AT_ONCE = 1_000
"""A list of so many rows is read while somebody waits; a longer one is a job's work."""

LAST_DIGITS = 4
"""How many digits of a personal number are kept in clear."""


class ImportState(StrEnum):
    """How far an uploaded list has come."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    IMPORTED = "imported"


AT_WORK = frozenset({ImportState.CHECKING, ImportState.IMPORTING})
"""While a job is at a list."""


class Standing(StrEnum):
    """What a row of an uploaded list means for the roster that is there."""

    NEW = "new"
    KNOWN = "known"
    LISTED = "listed"


class NotCopied(StrEnum):
    """Why somebody of one year's roster is not taken over into another's."""

    LISTED = "listed"
    MOVED_AWAY = "moved-away"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"
    UNIT_CLOSED = "unit-closed"
    NO_CRITERIA = "no-criteria"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """What an entry of the roster says of somebody, as it was typed or read."""

    name: str
    birth_year: int
    birth_on: date | None = None
    unit_id: UUID
    group_number: int
    position: str | None = None
    cccd: str | None = dataclasses.field(default=None, repr=False)

    @property
    def tidy_name(self) -> str:
        """The name without stray spaces and signs that nobody sees."""
        return clean(self.name)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody on the roster, as far as it takes to recognise them in a list."""

    person_id: UUID
    name_match_key: str
    birth_year: int
    birth_on: date | None
    unit_id: UUID
    has_number: bool
    is_listed: bool  # for the year that is asked about


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SortedRow:
    """A row of a list beside the entry of the roster that it speaks of."""

    row: RosterRow
    unit_id: UUID
    group_number: int
    standing: Standing
    person_id: UUID | None = None
    alike: tuple[str, int]
    """The name and the year of whoever is meant. Rows that share them depend on each other."""


class Recogniser:
    """Finds, among those on the roster, the person that a row of a list speaks of.

    ``by_number`` says whose personal numbers stand in the list. Nobody is found twice: a second
    row of the same name is a namesake.
    """

    def __init__(self, entries: Sequence[Entry], by_number: Mapping[str, UUID]) -> None:
        self._by_number = by_number
        self._found = set(by_number.values())
        self._by_person = {one.person_id: one for one in entries}
        self._by_likeness: dict[tuple[str, int, UUID], list[Entry]] = {}
        for one in entries:
            likeness = (one.name_match_key, one.birth_year, one.unit_id)
            self._by_likeness.setdefault(likeness, []).append(one)

    def sort(self, row: RosterRow, *, unit_id: UUID, group_number: int) -> SortedRow:
        """Tell whether the row names somebody new, somebody known, or somebody listed."""
        entry = self._entry_of(row, unit_id)
        standing = Standing.NEW
        if entry is not None:
            standing = Standing.LISTED if entry.is_listed else Standing.KNOWN
        return SortedRow(
            row=row,
            unit_id=unit_id,
            group_number=group_number,
            standing=standing,
            person_id=entry.person_id if entry else None,
            alike=(entry.name_match_key, entry.birth_year)
            if entry
            else (match_key(row.name), row.birth_year),
        )

    def _entry_of(self, row: RosterRow, unit_id: UUID) -> Entry | None:
        person_id = self._by_number.get(row.cccd or "")
        if person_id is not None:
            return self._by_person[person_id]
        alike = self._by_likeness.get((match_key(row.name), row.birth_year, unit_id), [])
        entry = next((one for one in alike if self._is_meant(row, one)), None)
        if entry is not None:
            self._found.add(entry.person_id)
        return entry

    def _is_meant(self, row: RosterRow, entry: Entry) -> bool:
        return entry.person_id not in self._found and not _are_two(row, entry)


def _are_two(row: RosterRow, entry: Entry) -> bool:
    """Tell namesakes from one person: another number or another day of birth decides."""
    # A number that is on the roster was found before; this one is not the entry's.
    if row.cccd and entry.has_number:
        return True
    return bool(row.birth_on and entry.birth_on and row.birth_on != entry.birth_on)


def why_not_copied(
    state: State, *, is_listed: bool, is_active: bool, is_unit_open: bool, has_criteria: bool
) -> NotCopied | None:
    """Return why somebody is left behind when a roster is copied; None when they are not."""
    reasons = (
        (is_listed, NotCopied.LISTED),
        (not is_active, NotCopied.MOVED_AWAY),
        (state in LEFT, NotCopied(state.value) if state in LEFT else NotCopied.LISTED),
        (not is_unit_open, NotCopied.UNIT_CLOSED),
        (not has_criteria, NotCopied.NO_CRITERIA),
    )
    return next((reason for applies, reason in reasons if applies), None)
