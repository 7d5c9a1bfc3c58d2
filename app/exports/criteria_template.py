"""The workbook in which the texts of a criteria set are typed: filled with what a draft says.

Its first column names each place for the program that reads it back; words stand in two columns,
everything else in the first of the two.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.exports.wording import Wording
from app.exports.workbook import Sheet, Style, open_workbook


TEMPLATE = "criteria/1"
"""The version that every file made from this template carries in its properties."""

_FIRST_ROW = 4
_LINE = 17
_CHARACTERS_PER_LINE = 60
_TITLE = Style(bold=True, size=14)
_HEADING = Style(bold=True, align="center", is_boxed=True, wraps=True, fill="#F3E9D2")
_CELL = Style(is_boxed=True, wraps=True)
_KEY = Style(is_boxed=True, size=9)
_SHUT = Style(is_boxed=True, fill="#EEEEEE")
_CHOICES = ["optional", "expected", "required"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRow:
    """One place: its key, what it is, and what it says; ``english`` is None where there is none."""

    key: str
    label: str
    value: str
    english: str | None = None


def criteria_template(
    rows: Sequence[TemplateRow], *, name: str, reference: str, wording: Wording, created: datetime
) -> bytes:
    """Return the workbook of a draft's texts."""
    content = io.BytesIO()
    title = wording.gettext("Texts of the criteria set %(name)s", name=name)
    with open_workbook(content, language=wording.language, title=title, created=created) as book:
        book.remember("template", TEMPLATE)
        book.remember("based_on", reference)
        _write_texts(book.add_sheet(wording.gettext("Texts")), rows, title, wording)
        _write_instructions(book.add_sheet(wording.gettext("Instructions")), wording)
    return content.getvalue()


def _write_texts(sheet: Sheet, rows: Sequence[TemplateRow], title: str, wording: Wording) -> None:
    gettext = wording.gettext
    sheet.widths((34, 40))
    for column in (2, 3):
        sheet.text_column(column, 60)
    sheet.text(0, 0, title, _TITLE)
    sheet.text(1, 0, gettext("Read the sheet of instructions first."), Style(italic=True))
    headings = (
        gettext("Place (do not change)"),
        gettext("What it is"),
        gettext("Vietnamese, or the value"),
        gettext("English"),
    )
    for column, heading in enumerate(headings):
        sheet.text(_FIRST_ROW - 1, column, heading, _HEADING)
    for number, row in enumerate(rows, start=_FIRST_ROW):
        _write_row(sheet, number, row)
    sheet.freeze(_FIRST_ROW, 2)
    sheet.print_on_a4(heading_rows=(_FIRST_ROW - 1, _FIRST_ROW - 1), footer=title)


def _write_row(sheet: Sheet, number: int, row: TemplateRow) -> None:
    longest = max(len(row.value), len(row.english or ""), len(row.label) * 3 // 2)
    sheet.height(number, _LINE * (1 + longest // _CHARACTERS_PER_LINE))
    sheet.text(number, 0, row.key, _KEY)
    sheet.text(number, 1, row.label, _CELL)
    sheet.text(number, 2, row.value, _CELL)
    if row.english is None:
        sheet.blank(number, 3, _SHUT)
    else:
        sheet.text(number, 3, row.english, _CELL)
    if row.key.endswith(".evidence"):
        sheet.allow((number, number), 2, {"validate": "list", "source": _CHOICES})


def _write_instructions(sheet: Sheet, wording: Wording) -> None:
    gettext = wording.gettext
    sheet.widths((110,))
    sheet.text(0, 0, gettext("How to fill in the texts"), _TITLE)
    lines = (
        gettext("Copy the wording from the signed document, letter by letter. Invent nothing."),
        gettext("Vietnamese is needed in every row; English is needed before publication."),
        gettext("Leave the guidance blank where the document has none."),
        gettext("Evidence is optional, expected (or an explanation instead) or required."),
        gettext("Do not change the first column. Rows that you delete stay as they are."),
        gettext("Upload the file; every cell that cannot be taken over is named with its row."),
    )
    for row, line in enumerate(lines, start=2):
        sheet.text(row, 0, f"{row - 1}. {line}", Style(wraps=True))
