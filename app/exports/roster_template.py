"""The list that agencies fill in and upload: it lets Excel refuse what the upload would.

Units and groups are chosen from lists kept on a sheet that cannot be seen, for a list written into
the rule itself may hold no more than 255 characters. Births and personal numbers are text, so that
Excel neither turns 08/09 into 9 August nor drops the zeros of a CCCD.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.exports.wording import Wording
from app.exports.workbook import Sheet, Style, Workbook, open_workbook


TEMPLATE = "roster/1"
"""The version that every file made from this template carries in its properties."""

_PEOPLE = 1_000
_FIRST_ROW = 4
_INDICATORS = 10
_FILL = "#F3E9D2"
_TITLE = Style(bold=True, size=14)
_NOTE = Style(italic=True)
_HEADING = Style(bold=True, align="center", is_boxed=True, wraps=True, fill=_FILL)
_NUMBER = Style(align="center", is_boxed=True)
_WRAPPED = Style(wraps=True)

_NAME, _BIRTH, _UNIT, _GROUP, _POSITION, _CCCD, _FIRST_SCORE = range(1, 8)
_TEXT_WIDTHS = {_NAME: 30, _BIRTH: 16, _UNIT: 28, _GROUP: 28, _POSITION: 24, _CCCD: 18}


def roster_template(  # noqa: PLR0913 - everything the file shows is told to it
    *,
    agency: str,
    slug: str,
    year: int,
    units: Sequence[str],
    groups: Mapping[int, str],
    wording: Wording,
    created: datetime,
) -> bytes:
    """Return the workbook in which an agency lists its people for one assessment year."""
    content = io.BytesIO()
    title = wording.gettext("List of people for the title Learning Citizen, %(year)s", year=year)
    with open_workbook(content, language=wording.language, title=title, created=created) as book:
        book.remember("template", TEMPLATE)
        book.remember("tenant", slug)
        people = book.add_sheet(wording.gettext("List"))
        _write_people(people, (title, agency), wording)
        _write_instructions(book.add_sheet(wording.gettext("Instructions")), wording)
        choices = [f"{number} - {name}" for number, name in sorted(groups.items())]
        _add_choices(book, wording, people, {_UNIT: list(units), _GROUP: choices})
        _add_rules(people, wording)
    return content.getvalue()


def _write_people(sheet: Sheet, titles: tuple[str, str], wording: Wording) -> None:
    for column, width in _TEXT_WIDTHS.items():
        sheet.text_column(column, width)
    sheet.text(0, 0, titles[0], _TITLE)
    sheet.text(1, 0, titles[1], Style(bold=True))
    sheet.text(2, 0, wording.gettext("Read the sheet of instructions first."), _NOTE)
    for column, heading in enumerate(_headings(wording)):
        sheet.text(_FIRST_ROW - 1, column, heading, _HEADING)
    sheet.height(_FIRST_ROW - 1, 36)
    for number in range(1, _PEOPLE + 1):
        sheet.number(_FIRST_ROW + number - 1, 0, number, _NUMBER)
    sheet.freeze(_FIRST_ROW, _NAME + 1)
    sheet.print_on_a4(heading_rows=(_FIRST_ROW - 1, _FIRST_ROW - 1), footer=titles[0])


def _headings(wording: Wording) -> list[str]:
    gettext = wording.gettext
    return [
        gettext("No."),
        gettext("Full name"),
        gettext("Date or year of birth"),
        gettext("Unit"),
        gettext("Group"),
        gettext("Position"),
        gettext("Personal identification number (CCCD)"),
        *(gettext("Indicator %(number)s", number=n) for n in range(1, _INDICATORS + 1)),
    ]


def _write_instructions(sheet: Sheet, wording: Wording) -> None:
    gettext = wording.gettext
    sheet.widths((110,))
    sheet.text(0, 0, gettext("How to fill in the list"), _TITLE)
    lines = (
        gettext("Write one person in each row. Do not change the headings."),
        gettext("Full name, birth, unit and group are needed; all else may be left blank."),
        gettext("Write the birth as 15/08/1974, or the year alone: 1974."),
        gettext("Choose the unit and the group from the list of the cell."),
        gettext(
            "The personal number has 12 digits, zeros in front included. It is kept encrypted."
        ),
        gettext("Scores are whole numbers from 1 to 10. A blank score is not a zero."),
        gettext("Do not enter ethnicity or religion, and do not add pictures of identity cards."),
        gettext("Upload the file; cells that cannot be read are shown to you one by one."),
    )
    for row, line in enumerate(lines, start=2):
        sheet.text(row, 0, f"{row - 1}. {line}", _WRAPPED)


def _add_choices(
    book: Workbook, wording: Wording, people: Sheet, choices: Mapping[int, Sequence[str]]
) -> None:
    """Let units and groups be chosen from lists on a sheet out of sight."""
    hidden = book.add_sheet("_lists")
    hidden.hide_for_good()
    longest = max(len(items) for items in choices.values())
    for row in range(longest):
        for column, items in enumerate(choices.values()):
            if row < len(items):
                hidden.text(row, column, items[row])
    for (target, items), letter, name in zip(
        choices.items(), "AB", ("units_of_agency", "groups_of_people"), strict=True
    ):
        if items:
            book.name_cells(name, hidden, letter, len(items))
            error = wording.gettext("Choose from the list.")
            _rule(people, target, {"validate": "list", "source": f"={name}"}, error)


def _add_rules(sheet: Sheet, wording: Wording) -> None:
    gettext = wording.gettext
    cccd = f"=AND(LEN(G{_FIRST_ROW + 1})=12,ISNUMBER(VALUE(G{_FIRST_ROW + 1})))"
    _rule(sheet, _CCCD, {"validate": "custom", "value": cccd}, gettext("Enter 12 digits."))
    whole = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": 10}
    for column in range(_FIRST_SCORE, _FIRST_SCORE + _INDICATORS):
        _rule(sheet, column, whole, gettext("Enter a whole number from 1 to 10."))


def _rule(sheet: Sheet, column: int, rule: Mapping[str, object], message: str) -> None:
    rows = (_FIRST_ROW, _FIRST_ROW + _PEOPLE - 1)
    sheet.allow(rows, column, {**rule, "error_message": message})
