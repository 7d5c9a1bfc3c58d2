"""The last sheet of a workbook: how its figures are counted, and where they are explained.

Addresses are written as text: a workbook holds no links.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.exports.wording import Wording
from app.exports.workbook import Sheet, Style, Workbook


_HEADING = Style(bold=True, align="center", is_boxed=True, wraps=True, fill="#F3E9D2", size=11)
_TEXT = Style(is_boxed=True, wraps=True)
_FACT = Style(bold=True)
_WIDTHS = (22, 34, 62, 80)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A column of figures: on which sheet, how it is counted, where its total is explained."""

    sheet: str
    column: str
    formula: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencySource:
    """An agency's row: as of when, and where the number of its recognised people is explained."""

    name: str
    as_of: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the figures of a workbook come from; ``data_version`` is the newest change counted."""

    data_version: int
    columns: Sequence[SourceLine]
    agencies: Sequence[AgencySource]


def write_sources(  # noqa: PLR0913 - what stands on the sheet, and in which words
    book: Workbook, sources: Sources, *, moment: str, code: str, footer: str, wording: Wording
) -> None:
    """Write the sheet behind all others."""
    gettext = wording.gettext
    sheet = book.add_sheet(gettext("Sources of the figures"))
    sheet.widths(_WIDTHS)
    facts = (
        (gettext("Figures as of"), moment),
        (gettext("Version of the data"), str(sources.data_version)),
        (gettext("Export code"), code),
    )
    for row, (name, value) in enumerate(facts):
        sheet.text(row, 0, name, _FACT)
        sheet.text(row, 1, value)
    row = _write_columns(sheet, len(facts) + 1, sources.columns, wording)
    _write_agencies(sheet, row + 1, sources.agencies, wording)
    sheet.print_on_a4(heading_rows=None, footer=footer)


def _write_columns(sheet: Sheet, row: int, lines: Sequence[SourceLine], wording: Wording) -> int:
    gettext = wording.gettext
    _write_row(
        sheet,
        row,
        (
            gettext("Sheet"),
            gettext("Column"),
            gettext("How it is counted"),
            gettext("Where the total is explained"),
        ),
        _HEADING,
    )
    for place, line in enumerate(lines, start=row + 1):
        _write_row(sheet, place, (line.sheet, line.column, line.formula, line.address), _TEXT)
    return row + 1 + len(lines)


def _write_agencies(
    sheet: Sheet, row: int, agencies: Sequence[AgencySource], wording: Wording
) -> None:
    if not agencies:
        return
    gettext = wording.gettext
    heads = (
        gettext("Figures as of"),
        gettext("Agency"),
        gettext("Which figure"),
        gettext("Where it is explained"),
    )
    _write_row(sheet, row, heads, _HEADING)
    recognised = gettext("Number recognised")
    for place, one in enumerate(agencies, start=row + 1):
        _write_row(sheet, place, (one.as_of, one.name, recognised, one.address), _TEXT)


def _write_row(sheet: Sheet, row: int, cells: Sequence[str], style: Style) -> None:
    for column, cell in enumerate(cells):
        sheet.text(row, column, cell, style)
