"""The answers to an ad-hoc request as a workbook: a line for each agency, and their totals."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.adhoc import YES, Answer, Field, FieldKind, Total
from app.exports.wording import Wording
from app.exports.workbook import Sheet, Style, open_workbook


_HEADING = Style(bold=True, align="center", is_boxed=True, wraps=True)
_CELL = Style(is_boxed=True, wraps=True)
_TOTAL = Style(bold=True, is_boxed=True, wraps=True)
_FIRST_ROW = 4
_FIRST_ANSWER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The line of one agency, in words."""

    agency: str
    state: str
    standing: str
    is_received: bool
    answers: Sequence[Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that was asked and answered."""

    title: str
    document: str
    fields: Sequence[Field]
    rows: Sequence[Row]
    totals: Mapping[int, Total]


def write_adhoc_workbook(answers: Answers, *, created: datetime, wording: Wording) -> bytes:
    """Return a workbook with a row for each agency and, below, what the numbers add up to."""
    content, title, fields = io.BytesIO(), answers.title, answers.fields
    with open_workbook(content, language=wording.language, title=title, created=created) as book:
        sheet = book.add_sheet(wording.gettext("Answers"))
        sheet.widths((30, 22, 18, *_widths(fields)))
        sheet.text(0, 0, title, Style(bold=True, size=14))
        sheet.text(1, 0, answers.document)
        for column, words in enumerate(_headings(fields, wording)):
            sheet.text(_FIRST_ROW - 1, column, words, _HEADING)
        sheet.freeze(_FIRST_ROW, 1)
        sheet.print_on_a4(heading_rows=(_FIRST_ROW - 1, _FIRST_ROW - 1), footer=title)
        for number, row in enumerate(answers.rows, start=_FIRST_ROW):
            _write_row(sheet, number, row, fields, wording)
        _write_totals(sheet, answers, wording)
    return content.getvalue()


def _widths(fields: Sequence[Field]) -> Sequence[int]:
    return [width for field in fields for width in ((20, 14, 30) if field.figure else (24,))]


def _headings(fields: Sequence[Field], wording: Wording) -> Sequence[str]:
    gettext = wording.gettext
    found = [gettext("Agency"), gettext("Answer"), gettext("In time")]
    for field in fields:
        found.append(field.label)
        if field.figure:
            found += [gettext("As the system counts"), gettext("Why it differs")]
    return found


def _write_row(
    sheet: Sheet, number: int, row: Row, fields: Sequence[Field], wording: Wording
) -> None:
    for column, words in enumerate((row.agency, row.state, row.standing)):
        sheet.text(number, column, words, _CELL)
    column = _FIRST_ANSWER
    answers = row.answers if row.is_received else [Answer()] * len(fields)
    for field, answer in zip(fields, answers, strict=True):
        _write_answer(sheet, (number, column), field, answer, wording)
        column += 1
        if field.figure:
            _write_number(sheet, (number, column), answer.known)
            sheet.text(number, column + 1, answer.reason, _CELL)
            column += 2


def _write_answer(
    sheet: Sheet, place: tuple[int, int], field: Field, answer: Answer, wording: Wording
) -> None:
    if field.kind is FieldKind.TEXT:
        sheet.text(*place, answer.text, _CELL)
    elif field.kind is FieldKind.YES_NO and answer.number is not None:
        gettext = wording.gettext
        sheet.text(*place, gettext("Yes") if answer.number == YES else gettext("No"), _CELL)
    else:
        _write_number(sheet, place, answer.number)


def _write_number(
    sheet: Sheet, place: tuple[int, int], number: int | None, style: Style = _CELL
) -> None:
    if number is None:
        sheet.blank(*place, style)
    else:
        sheet.number(*place, number, style)


def _write_totals(sheet: Sheet, answers: Answers, wording: Wording) -> None:
    row, totals = _FIRST_ROW + len(answers.rows), answers.totals
    sheet.text(row, 0, wording.gettext("Grand total"), _TOTAL)
    received = sum(1 for one in answers.rows if one.is_received)
    told = wording.gettext("answered: %(count)s of %(all)s", count=received, all=len(answers.rows))
    sheet.text(row, 1, told, _TOTAL)
    sheet.blank(row, 2, _TOTAL)
    column = _FIRST_ANSWER
    for place, field in enumerate(answers.fields):
        total = totals.get(place)
        _write_number(sheet, (row, column), total.sum if total else None, _TOTAL)
        column += 3 if field.figure else 1
