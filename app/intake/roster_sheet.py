"""People out of a sheet: every good row kept, every bad cell named where the reader sees it."""

import re
from collections.abc import Callable, Hashable
from itertools import product

from app.domain.roster_files import (
    SCORE_FIELDS,
    CellFault,
    CellProblem,
    Field,
    FileFault,
    FileRefusedError,
    RosterReading,
    RosterRow,
)
from app.domain.scoring import DraftScores
from app.domain.vietnamese import match_key
from app.intake.cells import (
    Birth,
    Expected,
    Finding,
    read_birth,
    read_group,
    read_name,
    read_personal_number,
    read_score,
    read_unit,
    text_of,
    whole_number,
)
from app.intake.roster_header import ColumnMapping, column_letter
from app.intake.sheets import Cell, Sheet, SheetRow


_PROGRESS_EVERY = 500
# With accents: Tống and Công are names, tổng and cộng are not.
_TOTALS = re.compile(r"(tổng( số| cộng)?|cộng|người lập|lập biểu|ghi chú|danh sách)\b")


def read_roster(
    sheet: Sheet,
    mapping: ColumnMapping,
    expected: Expected,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> RosterReading:
    """Read the people of a sheet by a confirmed mapping.

    A row with an error is left out and named; a row with a warning is kept and named. Raises
    ``FileRefusedError`` if a required column is not mapped or no row holds a person.
    """
    if mapping.missing:
        raise FileRefusedError(FileFault.UNMAPPED_COLUMN, field=mapping.missing[0])
    reader = _Reader(mapping, expected)
    rows = [row for row in sheet.rows if row[0] >= mapping.first_row]
    for done, row in enumerate(rows, start=1):
        reader.take(row)
        if on_progress and (done % _PROGRESS_EVERY == 0 or done == len(rows)):
            on_progress(done, len(rows))
    return reader.reading()


class _Reader:
    """Reads row after row and remembers whom it has met."""

    def __init__(self, mapping: ColumnMapping, expected: Expected) -> None:
        self._mapping = mapping
        self._expected = expected
        self._rows: list[RosterRow] = []
        self._problems: list[CellProblem] = []
        self._refused: list[int] = []
        self._skipped: list[int] = []
        self._met = _Met()

    def take(self, row: SheetRow) -> None:
        """Read one row of the sheet."""
        line = _Line(row, self._mapping, self._expected)
        if line.is_only_numbered:
            return
        if not line.is_person:
            self._skipped.append(line.number)
            return
        person = line.person()
        if person:
            line.blame_duplicates(self._met.found_again(person))
        self._problems += line.problems
        if person and not line.has_errors:
            self._rows.append(person)
            self._met.add(person)
        else:
            self._refused.append(line.number)

    def reading(self) -> RosterReading:
        """Return all that was read."""
        if not self._rows and not self._refused:
            raise FileRefusedError(FileFault.NO_PEOPLE, row=self._mapping.first_row)
        return RosterReading(
            rows=tuple(self._rows),
            problems=tuple(self._problems),
            refused_rows=tuple(self._refused),
            skipped_rows=tuple(self._skipped),
        )


class _Line:
    """One row of the sheet, seen through the mapping, and the problems found in it."""

    def __init__(self, row: SheetRow, mapping: ColumnMapping, expected: Expected) -> None:
        self.number, self._cells = row
        self.problems: list[CellProblem] = []
        self._mapping = mapping
        self._expected = expected
        self._name = " ".join(
            filter(None, (text_of(self._cell(Field.NAME)), text_of(self._cell(Field.GIVEN_NAME))))
        )

    @property
    def has_errors(self) -> bool:
        """Tell whether this row must be left out."""
        return any(not problem.is_warning for problem in self.problems)

    @property
    def is_only_numbered(self) -> bool:
        """Tell whether the row waits to be filled in: forms number their rows beforehand."""
        filled = [cell for cell in self._cells if text_of(cell)]
        is_numbered = whole_number(self._cell(Field.NUMBER)) is not None
        return len(filled) <= is_numbered

    @property
    def is_person(self) -> bool:
        """Tell a person from a title, a total or a signature."""
        if whole_number(self._cell(Field.NUMBER)) is not None:
            return True
        if _TOTALS.match(self._name.casefold()):
            return False
        telling: tuple[Field, ...] = (Field.BIRTH, Field.BIRTH_OF_WOMEN, Field.CCCD, *SCORE_FIELDS)
        if Field.NUMBER not in self._mapping.columns:
            telling = (*telling, Field.UNIT, Field.GROUP, Field.POSITION)
        has_name = any(character.isalpha() for character in self._name)
        return has_name and any(text_of(self._cell(field)) for field in telling)

    def person(self) -> RosterRow | None:
        """Read the person; None if the name or the birth cannot be told."""
        self._blame(Field.NAME, read_name(self._name))
        birth = self._birth()
        cccd, finding = read_personal_number(self._cell(Field.CCCD), birth_year=birth.year)
        self._blame(Field.CCCD, finding)
        group_number, unit_name, scores = self._group(), self._unit(), self._scores()
        if birth.year is None:
            return None
        return RosterRow(
            number_in_file=self.number,
            name=self._name,
            birth_year=birth.year,
            birth_on=birth.on,
            unit_name=unit_name,
            group_number=group_number,
            cccd=cccd,
            position=text_of(self._cell(Field.POSITION)) or None,
            scores=scores,
        )

    def blame_duplicates(self, earlier: "_Earlier") -> None:
        """Note that an earlier row already names this person."""
        same_number, same_person = earlier
        if same_number is not None:
            self._blame(Field.CCCD, Finding(CellFault.DUPLICATE_CCCD, {"first_row": same_number}))
        elif same_person is not None:
            self._blame(Field.NAME, Finding(CellFault.DUPLICATE_PERSON, {"first_row": same_person}))

    def _birth(self) -> Birth:
        field = Field.BIRTH
        if not text_of(self._cell(field)) and text_of(self._cell(Field.BIRTH_OF_WOMEN)):
            field = Field.BIRTH_OF_WOMEN
        birth = read_birth(self._cell(field), year=self._expected.year)
        for finding in birth.findings:
            self._blame(field, finding)
        return birth

    def _group(self) -> int | None:
        if Field.GROUP not in self._mapping.columns:
            return None
        group_number, finding = read_group(self._cell(Field.GROUP), self._expected)
        self._blame(Field.GROUP, finding)
        return group_number

    def _unit(self) -> str | None:
        if Field.UNIT not in self._mapping.columns:
            return None
        unit_name, finding = read_unit(self._cell(Field.UNIT), self._expected)
        self._blame(Field.UNIT, finding)
        return unit_name

    def _scores(self) -> DraftScores | None:
        """Read ten scores; a person without a single one has only been listed."""
        if not any(text_of(self._cell(field)) for field in SCORE_FIELDS):
            return None
        return tuple(
            self._score(field, indicator) for indicator, field in enumerate(SCORE_FIELDS, start=1)
        )

    def _score(self, field: Field, indicator: int) -> int | None:
        score, finding = read_score(self._cell(field), indicator, self._expected)
        self._blame(field, finding)
        return score

    def _cell(self, field: Field) -> Cell:
        column = self._mapping.columns.get(field)
        return self._cells[column] if column is not None and column < len(self._cells) else None

    def _blame(self, field: Field, finding: Finding | None) -> None:
        if finding is None:
            return
        column = self._mapping.columns.get(field)
        self.problems.append(
            CellProblem(
                row=self.number,
                column=column_letter(column) if column is not None else "",
                field=field,
                heading=self._mapping.heading_of(field),
                value=text_of(self._cell(field)),
                fault=finding.fault,
                facts=finding.facts,
            )
        )


_Earlier = tuple[int | None, int | None]
_ANY = "any"


class _Met:
    """Whom the file has named so far, found again without looking through all namesakes."""

    def __init__(self) -> None:
        self._by_cccd: dict[str, int] = {}
        self._by_likeness: dict[Hashable, int] = {}

    def found_again(self, person: RosterRow) -> _Earlier:
        """Return the rows that hold the same number, or who seems to be the same person.

        A number or a day of birth that differs tells two namesakes apart.
        """
        likeness = _likeness(person)
        numbers = (person.cccd, None) if person.cccd else (_ANY,)
        days = (person.birth_on, None) if person.birth_on else (_ANY,)
        alike = (self._by_likeness.get((likeness, *pair)) for pair in product(numbers, days))
        return (
            self._by_cccd.get(person.cccd or ""),
            min((row for row in alike if row is not None), default=None),
        )

    def add(self, person: RosterRow) -> None:
        """Remember a person under all that a namesake may know of them."""
        row, likeness = person.number_in_file, _likeness(person)
        if person.cccd:
            self._by_cccd[person.cccd] = row
        for pair in product((person.cccd, _ANY), (person.birth_on, _ANY)):
            self._by_likeness.setdefault((likeness, *pair), row)


def _likeness(person: RosterRow) -> Hashable:
    return match_key(person.name), person.birth_year, match_key(person.unit_name or "")
