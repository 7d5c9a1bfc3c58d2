"""The frame of an official table: letterhead, headings, the row that counts the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.exports.letterhead import Letterhead, write_letterhead
from app.exports.workbook import Sheet, Style


_FILL = "#F3E9D2"
_HEADING = Style(bold=True, align="center", is_boxed=True, wraps=True, fill=_FILL, size=11)
_COUNT = Style(italic=True, align="center", is_boxed=True, size=10)
_HEADING_POINTS = 64
_SPAN_POINTS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """All that stands above the rows of a table, and below every page."""

    letterhead: Letterhead
    on: date
    titles: tuple[str, ...]  # the last one in italics
    headings: Sequence[str]
    counts: Sequence[str]  # as ``numbered`` returns them
    spans: Sequence[tuple[int, int, str]] = ()  # headings over several columns: first, last, words
    footer: str

    @property
    def last_column(self) -> int:
        """Return the last column, counted from 0."""
        return len(self.headings) - 1


def numbered(columns: int, shares: Mapping[int, tuple[int, int]]) -> list[str]:
    """Return what counts the columns from 1 on, and of which two columns one is a share."""
    counts = [f"({number})" for number in range(1, columns + 1)]
    for share, (part, whole) in shares.items():
        counts[share - 1] = f"({share}) = ({part}) : ({whole})"
    return counts


def write_frame(sheet: Sheet, frame: Frame) -> int:
    """Write everything above the rows; return the first of them."""
    first = row = write_letterhead(
        sheet,
        frame.letterhead,
        on=frame.on,
        titles=frame.titles,
        last_column=frame.last_column,
    )
    for first_column, last_column, words in frame.spans:
        sheet.across(row, (first_column, last_column), words, _HEADING)
    if frame.spans:
        sheet.height(row, _SPAN_POINTS)
        row += 1
    sheet.height(row, _HEADING_POINTS)
    for column, heading in enumerate(frame.headings):
        sheet.text(row, column, heading, _HEADING)
    for column, count in enumerate(frame.counts):
        sheet.text(row + 1, column, count, _COUNT)
    sheet.freeze(row + 2, 2)
    sheet.print_on_a4(heading_rows=(first, row + 1), footer=frame.footer)
    return row + 2


def let_filter(sheet: Sheet, frame: Frame, rows: tuple[int, int]) -> None:
    """Let the reader sort and filter the rows from the first up to, not including, the last."""
    first, end = rows
    if end > first:
        sheet.filter(first - 1, end - 1, frame.last_column)
