"""An uploaded list given back: the same cells, with what is wrong beside every row."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

from app.exports.progress import Progress
from app.exports.wording import Wording
from app.exports.workbook import Sheet, Style, open_workbook


Cell: TypeAlias = str | float | date | None

_HEADING = Style(bold=True, is_boxed=True, wraps=True, align="center", fill="#F3E9D2")
_CELL = Style(is_boxed=True)
_MARKED = Style(is_boxed=True, fill="#F8D7DA")
_SAID = Style(is_boxed=True, wraps=True)
_WIDTH, _SAID_WIDTH = 18.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedProblem:
    """What is wrong with a row, in the reader's language."""

    column: int | None  # 0 is column A; None if the file has no such column
    sentence: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRow:
    """A row as it was uploaded, and its problems."""

    number_in_file: int
    cells: Sequence[Cell]
    problems: Sequence[ReportedProblem]


def write_error_report(  # noqa: PLR0913 - everything the file shows is told to it
    path: Path,
    *,
    headings: Sequence[str],
    rows: Iterable[ReportedRow],
    total: int,
    wording: Wording,
    created: datetime,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the rows back with their problems, so that they can be corrected and uploaded again.

    ``total`` is the number of rows, for the progress.
    """
    gettext = wording.gettext
    said = [gettext("Row in your file"), gettext("What is wrong"), gettext("What to do")]
    title = gettext("Rows to be corrected")
    progress = Progress(on_progress, total=total)
    with open_workbook(path, language=wording.language, title=title, created=created) as book:
        sheet = book.add_sheet(title)
        sheet.widths([*[_WIDTH] * len(headings), 12.0, _SAID_WIDTH, _SAID_WIDTH])
        for column, heading in enumerate([*headings, *said]):
            sheet.text(0, column, heading, _HEADING)
        sheet.freeze(1, 0)
        for place, row in enumerate(rows, start=1):
            _write_row(sheet, place, row, len(headings))
            progress.step()


def _write_row(sheet: Sheet, place: int, row: ReportedRow, width: int) -> None:
    marked = {problem.column for problem in row.problems}
    for column, cell in enumerate(row.cells[:width]):
        _write_cell(sheet, place, column, cell, _MARKED if column in marked else _CELL)
    sheet.digits(place, width, row.number_in_file, _CELL)
    sheet.text(place, width + 1, _joined(problem.sentence for problem in row.problems), _SAID)
    sheet.text(place, width + 2, _joined(problem.advice for problem in row.problems), _SAID)


def _write_cell(sheet: Sheet, row: int, column: int, cell: Cell, style: Style) -> None:
    """Write a cell as what it was: text stays text, a number a number."""
    if cell is None:
        sheet.blank(row, column, style)
    elif isinstance(cell, date):
        sheet.day(row, column, cell, style)
    elif isinstance(cell, str):
        sheet.text(row, column, cell, style)
    else:
        sheet.digits(row, column, cell, style)


def _joined(sentences: Iterable[str]) -> str:
    """Put one sentence under the other; equal ones once."""
    return "\n".join(dict.fromkeys(sentences))
