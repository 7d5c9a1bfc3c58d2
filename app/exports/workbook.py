"""A workbook in which nothing that people typed can become a formula, a link or another number.

XlsxWriter guesses: its ``write`` turns "=1+1" into a formula and "001099012345" into a number. So
it is reached only here, and a sheet here has a verb for each kind of value and none that guesses.
Sheets are written row after row and kept on disk, however long they grow; going back up is an
error, where XlsxWriter would drop the cell without a word.
"""

import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, cast

import xlsxwriter
from xlsxwriter.chart_column import ChartColumn
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}
_LANGUAGE_CODES = {"vi": "[$-42A]", "en": "[$-409]"}
_A4 = 9
_MILLIMETRES_PER_INCH = 25.4
_FONT = "Times New Roman"
_ROW_POINTS = 17  # Vietnamese capitals carry two marks: Ễ
_MAX_FOOTER = 240  # Excel holds 255 signs, with those for page numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a cell looks. The format of its value comes from the verb that writes it."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    size: int = 12
    align: str = "left"
    is_boxed: bool = False
    wraps: bool = False
    fill: str | None = None


PLAIN = Style()


class Sheet:
    """A sheet, written from the top down. Rows and columns count from 0."""

    def __init__(self, name: str, sheet: Worksheet, book: "Workbook") -> None:
        self.name = name
        self._sheet = sheet
        self._book = book
        self._row = 0

    def text(self, row: int, column: int, text: str, style: Style = PLAIN) -> None:
        """Write text as it is, whatever it begins with."""
        self._reach(row)
        format_ = self._book.format_of(style, "@")
        _require_written(self._sheet.write_string(row, column, text, format_), row)

    def number(self, row: int, column: int, number: float, style: Style = PLAIN) -> None:
        """Write a number with the reader's separators; a part of a whole is kept."""
        self._reach(row)
        shape = "#,##0" if number == int(number) else "#,##0.##"
        format_ = self._book.format_of(style, self._book.localised(shape))
        _require_written(self._sheet.write_number(row, column, number, format_), row)

    def digits(self, row: int, column: int, number: float, style: Style = PLAIN) -> None:
        """Write a number without separators: a year, or what somebody typed."""
        self._reach(row)
        format_ = self._book.format_of(style, "General" if number != int(number) else "0")
        _require_written(self._sheet.write_number(row, column, number, format_), row)

    def percent(self, row: int, column: int, part: int, whole: int, style: Style = PLAIN) -> None:
        """Write what share of the whole the part is; of nothing, leave the cell blank."""
        if not whole:
            self.blank(row, column, style)
            return
        self._reach(row)
        format_ = self._book.format_of(style, self._book.localised("0.0%"))
        _require_written(self._sheet.write_number(row, column, part / whole, format_), row)

    def day(self, row: int, column: int, day: date, style: Style = PLAIN) -> None:
        """Write a day as a date that can be sorted and reckoned with."""
        self._reach(row)
        format_ = self._book.format_of(style, "dd/mm/yyyy")
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        _require_written(self._sheet.write_datetime(row, column, midnight, format_), row)

    def blank(self, row: int, column: int, style: Style = PLAIN) -> None:
        """Give an empty cell its looks."""
        self._reach(row)
        format_ = self._book.format_of(style, "General")
        _require_written(self._sheet.write_blank(row, column, None, format_), row)

    def across(self, row: int, columns: tuple[int, int], text: str, style: Style = PLAIN) -> None:
        """Write text into the first of several columns made one."""
        first, last = columns
        if first < last:
            self._reach(row)
            format_ = self._book.format_of(style, "@")
            self._sheet.merge_range(row, first, row, last, "", format_)
        self.text(row, first, text, style)

    def widths(self, widths: Sequence[float]) -> None:
        """Set the widths of the columns from A on, in characters."""
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def text_column(self, column: int, width: float) -> None:
        """Make a column keep as text whatever will be typed into it."""
        as_text = self._book.format_of(PLAIN, "@")
        self._sheet.set_column(column, column, width, as_text)

    def height(self, row: int, points: float) -> None:
        """Set the height of a row. Must come before the row below is written."""
        self._sheet.set_row(row, points)

    def freeze(self, row: int, column: int) -> None:
        """Keep the rows above and the columns left of a cell in sight."""
        self._sheet.freeze_panes(row, column)

    def filter(self, first_row: int, last_row: int, last_column: int) -> None:
        """Let the reader filter and sort the rows below ``first_row``."""
        self._sheet.autofilter(first_row, 0, last_row, last_column)

    def print_on_a4(self, *, heading_rows: tuple[int, int] | None, footer: str) -> None:
        """Print across A4, one page wide, with headings and footer on every page.

        Margins follow Nghị định 30/2020/NĐ-CP: 20 mm above and below, 30 mm left, 15 mm right.
        """
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        left, right, top, bottom = (mm / _MILLIMETRES_PER_INCH for mm in (30, 15, 20, 20))
        self._sheet.set_margins(left, right, top, bottom)
        self._sheet.fit_to_pages(1, 0)
        if heading_rows:
            self._sheet.repeat_rows(*heading_rows)
        self._sheet.set_footer(f"&L{footer.replace('&', '&&')[:_MAX_FOOTER]}&R&P/&N")

    def allow(self, rows: tuple[int, int], column: int, rule: Mapping[str, object]) -> None:
        """Let Excel refuse what does not belong into a column."""
        self._sheet.data_validation(rows[0], column, rows[1], column, dict(rule))

    def hide_for_good(self) -> None:
        """Keep the sheet out of the reader's sight and out of Excel's menu."""
        self._sheet.very_hidden()

    def columns_chart(self, place: tuple[int, int], chart: "ColumnChart") -> None:
        """Draw native columns over cells of a sheet."""
        drawn = self._book.draw(chart)
        self._sheet.insert_chart(*place, drawn, {"object_position": 2})
        self._sheet.fit_to_pages(1, 1)

    def _reach(self, row: int) -> None:
        if row < self._row:
            raise ValueError(f"row {row} of {self.name!r} is written: reached row {self._row}")
        self._row = row


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChart:
    """Columns side by side: one group for each row, one column for each series."""

    title: str
    sheet: Sheet
    rows: tuple[int, int]
    names_column: int
    series: Mapping[str, int]  # what it is called, and the column with its numbers
    width: int  # in pixels


class Workbook:
    """A workbook being written; made by ``open_workbook``."""

    def __init__(self, book: xlsxwriter.Workbook, language: str) -> None:
        self._book = book
        self._locale = _LANGUAGE_CODES[language]
        self._formats: dict[tuple[Style, str], Format] = {}

    def add_sheet(self, name: str) -> Sheet:
        """Add a sheet behind the others."""
        sheet = self._book.add_worksheet(name)
        sheet.set_default_row(_ROW_POINTS)
        return Sheet(name, sheet, self)

    def name_cells(self, name: str, sheet: Sheet, column: str, rows: int) -> None:
        """Give a name to the first rows of a column, for lists to choose from."""
        self._book.define_name(name, f"='{sheet.name}'!${column}$1:${column}${rows}")

    def remember(self, name: str, value: str) -> None:
        """Keep a fact in the properties of the document."""
        self._book.set_custom_property(name, value, "text")

    def localised(self, shape: str) -> str:
        """Return a number format that shows the reader's separators on every computer."""
        return self._locale + shape

    def format_of(self, style: Style, shape: str) -> Format:
        """Return the looks of a cell; equal looks are kept once."""
        if (style, shape) not in self._formats:
            self._formats[style, shape] = self._book.add_format(_properties(style, shape))
        return self._formats[style, shape]

    def draw(self, chart: ColumnChart) -> ChartColumn:
        """Return a chart to be put on a sheet."""
        drawn = self._book.add_chart({"type": "column"})
        if not isinstance(drawn, ChartColumn):
            raise TypeError(f"expected a column chart, found {type(drawn).__name__}")
        (first, last), source = chart.rows, chart.sheet.name
        for name, column in chart.series.items():
            drawn.add_series(
                {
                    "name": name,
                    "categories": [source, first, chart.names_column, last, chart.names_column],
                    "values": [source, first, column, last, column],
                }
            )
        drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
        drawn.set_legend({"position": "bottom"})
        drawn.set_size({"width": chart.width, "height": 480})
        return drawn


@contextmanager
def open_workbook(
    target: Path | io.BytesIO, *, language: str, title: str, created: datetime
) -> Iterator[Workbook]:
    """Write a workbook to a file or to memory.

    ``created`` is when its figures were true: the same figures then give the same bytes. When the
    writing fails, nothing is left behind.
    """
    with tempfile.TemporaryDirectory() as rows:
        book = xlsxwriter.Workbook(target, _OPTIONS | {"tmpdir": rows})
        book.set_properties({"title": title, "created": created.astimezone(UTC)})
        book.formats[0].set_font_name(_FONT)
        try:
            yield Workbook(book, language)
            book.close()
        finally:
            _abandon(book)


def _abandon(book: xlsxwriter.Workbook) -> None:
    """Close what a failure left open; a book that is closed is not harmed."""
    for sheet in book.worksheets():
        cast(IO[str], sheet.row_data_fh).close()
    # Else the book would be written after all, when Python forgets it.
    book.fileclosed = True


def _properties(style: Style, shape: str) -> dict[str, object]:
    look = asdict(style)
    return {
        "font_name": _FONT,
        "font_size": look["size"],
        "bold": look["bold"],
        "italic": look["italic"],
        "underline": int(look["underline"]),
        "align": look["align"],
        "valign": "vcenter",
        "text_wrap": look["wraps"],
        "border": int(look["is_boxed"]),
        "num_format": shape,
    } | ({"bg_color": style.fill} if style.fill else {})


def _require_written(code: int, row: int) -> None:
    if code:
        raise ValueError(f"a cell of row {row} was not written: XlsxWriter says {code}")
