"""Which column of a list tells what: guessed from its headings, confirmed by a person.

Lists are never alike: titles above, a heading over two columns, a row that numbers the columns
below. A guess is shown before anything is read, and every column of it can be changed.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence

from app.domain.roster_files import (
    REQUIRED_FIELDS,
    SCORE_FIELDS,
    Field,
    FileFault,
    FileRefusedError,
)
from app.domain.vietnamese import clean, plain
from app.intake.sheets import Cell, Sheet, SheetRow


_ROWS_LOOKED_AT = 30
_LONGEST = 200  # characters of a heading
# Headings without accents and signs; the first that fits wins, so the exact ones come first.
_KNOWN = (
    (Field.NUMBER, re.compile(r"(stt|tt|so tt|so thu tu|no)")),
    (Field.NAME, re.compile(r"ho\b.*\bten( khai sinh)?\b.*|ho (va )?(chu )?(dem|lot)|full name")),
    (Field.GIVEN_NAME, re.compile(r"ten|given name")),
    (Field.BIRTH, re.compile(r".*\b(nam|ngay|thang) sinh\b.*|sinh (nam|ngay)|.*\bbirth\b.*")),
    (Field.CCCD, re.compile(r".*\b(cccd|cmnd|cmtnd|can cuoc|dinh danh)\b.*|.*\bidentity\b.*")),
    (Field.POSITION, re.compile(r"(chuc vu|chuc danh|nghe nghiep|vi tri|position)\b.*")),
    (Field.GROUP, re.compile(r"(nhom|doi tuong|group)\b.*")),
    (
        Field.UNIT,
        re.compile(
            r"(don vi|phong|bo phan|co quan|thon|ban|buon|lang|khu|to|to dan pho|unit|village)"
            r"|(don vi|phong|noi|thon) (cong tac|o|cu tru|ban|chuyen mon|lam viec)\b.*"
            r"|(phong|thon|don vi|to) (ban|phong|thon|to|don vi|to dan pho)\b.*"
        ),
    ),
)
_SCORE = re.compile(
    r"(?:diem )?(?:cs|chi so|tieu chi|ky nang|diem|indicator|score) ?0?(?P<named>\d{1,2})\b.*"
    r"|0?(?P<bare>\d{1,2})"
)
_COLUMN_COUNT = re.compile(r"[a-z]|\d{1,2}")
_SIGNS = re.compile(r"[^a-z0-9]+")
_SCORES = len(SCORE_FIELDS)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """What every column of a sheet tells, and where its people begin."""

    header_row: int  # as Excel numbers it
    first_row: int  # the first row below all headings
    headings: tuple[str, ...]  # of every column, from A on; "" where there is none
    columns: Mapping[Field, int]  # 0 is column A

    @property
    def missing(self) -> tuple[Field, ...]:
        """List the fields that no list can do without and this one has no column for."""
        return tuple(one for one in REQUIRED_FIELDS if one not in self.columns)

    @property
    def has_scores(self) -> bool:
        """Tell whether any indicator has a column."""
        return any(one in self.columns for one in SCORE_FIELDS)

    def changed(self, field: Field, column: int | None) -> "ColumnMapping":
        """Return the mapping with one field read from another column, or from none."""
        others = {
            one: place
            for one, place in self.columns.items()
            if one is not field and place != column
        }
        chosen = others if column is None else others | {field: column}
        return dataclasses.replace(self, columns=chosen)

    def heading_of(self, field: Field) -> str:
        """Return what stands above the field's column."""
        column = self.columns.get(field)
        return self.headings[column] if column is not None else ""

    def remembered(self) -> dict[str, str]:
        """Return heading and field of each column, to be kept for the next list like this one."""
        return {
            plain(self.headings[column]): field.value
            for field, column in self.columns.items()
            if self.headings[column]
        }


def column_letter(column: int) -> str:
    """Return what Excel calls a column; 0 is A."""
    letters = ""
    while column >= 0:
        column, place = divmod(column, 26)
        letters = chr(ord("A") + place) + letters
        column -= 1
    return letters


def find_roster(
    sheets: Sequence[Sheet], *, remembered: Mapping[str, str] | None = None
) -> tuple[Sheet, ColumnMapping]:
    """Return the first sheet with the headings of a roster, and what its columns seem to tell.

    ``remembered`` is what an earlier list taught (``ColumnMapping.remembered``). Raises
    ``FileRefusedError`` if no sheet has a column for names within its first thirty rows.
    """
    for sheet in sheets:
        mapping = guess_mapping(sheet, remembered=remembered)
        if mapping:
            return sheet, mapping
    raise FileRefusedError(FileFault.NO_HEADER, rows=_ROWS_LOOKED_AT)


def guess_mapping(
    sheet: Sheet, *, remembered: Mapping[str, str] | None = None
) -> ColumnMapping | None:
    """Return what the columns of a sheet seem to tell; None if it has no headings of a roster."""
    taught = {heading: Field(field) for heading, field in (remembered or {}).items()}
    top = [row for row in sheet.rows if row[0] <= _ROWS_LOOKED_AT]
    found = [(_fields(cells, taught), number, place) for place, (number, cells) in enumerate(top)]
    fit = [one for one in found if Field.NAME in one[0]]
    if not fit:
        return None
    # The first of the best: max() keeps the first of equals.
    columns, number, place = max(fit, key=lambda one: len(one[0]))
    return _with_second_row(sheet.rows, place, number, columns)


def _with_second_row(
    rows: Sequence[SheetRow], place: int, number: int, columns: dict[Field, int]
) -> ColumnMapping:
    """Take in the rows below that still are headings: scores under "Điểm", numbers of columns."""
    headings = [_heading(cell) for cell in rows[place][1]]
    first_row = number + 1
    for below, cells in rows[place + 1 : place + 3]:
        if below != first_row or not _is_heading(cells, columns):
            break
        first_row = below + 1
        if not _counts_columns(cells, columns):
            columns = _fields(cells, {}) | columns | _scores(cells, columns)
            headings = [old or _heading(new) for old, new in zip(headings, cells, strict=True)]
    columns = _with_women(headings, _with_given_name(rows[place + 1 :], headings, columns))
    return ColumnMapping(
        header_row=number, first_row=first_row, headings=tuple(headings), columns=columns
    )


def _fields(cells: Sequence[Cell], taught: Mapping[str, Field]) -> dict[Field, int]:
    """Return the fields that a row of headings names, each at its first column."""
    found: dict[Field, int] = {}
    for column, cell in enumerate(cells):
        heading = _heading(cell)
        field = taught.get(plain(heading)) or _known(cell)
        if field and field not in found:
            found[field] = column
    return found | _scores(cells, found)


def _known(cell: Cell) -> Field | None:
    words = _words(cell)
    return next((field for field, pattern in _KNOWN if pattern.fullmatch(words)), None)


def _scores(cells: Sequence[Cell], taken: Mapping[Field, int]) -> dict[Field, int]:
    """Return the columns headed 1 to 10, or CS1 to CS10; none unless they are ten, in order."""
    free = [
        (column, _indicator(cell))
        for column, cell in enumerate(cells)
        if column not in taken.values() or any(taken.get(one) == column for one in SCORE_FIELDS)
    ]
    numbered = [(column, number) for column, number in free if number]
    if [number for _, number in numbered[:_SCORES]] != list(range(1, _SCORES + 1)):
        return {}
    return {field: column for field, (column, _) in zip(SCORE_FIELDS, numbered, strict=False)}


def _indicator(cell: Cell) -> int | None:
    """Return the indicator that a heading numbers, if it does."""
    found = _SCORE.fullmatch(_words(cell))
    return int(found["named"] or found["bare"]) if found else None


def _is_heading(cells: Sequence[Cell], columns: Mapping[Field, int]) -> bool:
    """Tell whether a row below the headings still belongs to them: it names nobody."""
    if not any(cell is not None for cell in cells):
        return False
    of_person = (columns[Field.NAME], columns.get(Field.NUMBER, columns[Field.NAME]))
    names_nobody = all(cells[column] is None for column in of_person)
    has_heading = _known(cells[columns[Field.NAME]]) is not None
    return names_nobody or has_heading or _counts_columns(cells, columns)


def _counts_columns(cells: Sequence[Cell], columns: Mapping[Field, int]) -> bool:
    """Tell whether a row numbers the columns, the name's too: 1, 2, 3 … or A, B, (1), (2) …."""
    counts = [_COLUMN_COUNT.fullmatch(_words(cell)) for cell in cells if cell is not None]
    return all(counts) and cells[columns[Field.NAME]] is not None


def _with_women(headings: Sequence[str], columns: Mapping[Field, int]) -> dict[Field, int]:
    """Find the second column of a list that writes years of birth under "Nam" and "Nữ"."""
    beside = columns.get(Field.BIRTH, len(headings)) + 1
    is_there = beside < len(headings) and plain(headings[beside]) == "nu"
    return dict(columns) | ({Field.BIRTH_OF_WOMEN: beside} if is_there else {})


def _with_given_name(
    rows: Sequence[SheetRow], headings: Sequence[str], columns: Mapping[Field, int]
) -> dict[Field, int]:
    """Find the given names of a list whose one heading "Họ và tên" spans two columns."""
    beside = columns[Field.NAME] + 1
    is_free = beside < len(headings) and not headings[beside] and beside not in columns.values()
    if Field.GIVEN_NAME in columns or not is_free:
        return dict(columns)
    texts = [cells[beside] for _, cells in rows if cells[columns[Field.NAME]] is not None]
    words = [text for text in texts if isinstance(text, str) and plain(text).isalpha()]
    is_names = len(words) * 2 > len(texts)
    return dict(columns) | ({Field.GIVEN_NAME: beside} if is_names else {})


def _words(cell: Cell) -> str:
    return _SIGNS.sub(" ", plain(_heading(cell))).strip()


def _heading(cell: Cell) -> str:
    if isinstance(cell, float | int):
        return f"{cell:g}"
    return clean(cell[:_LONGEST]) if isinstance(cell, str) else ""
