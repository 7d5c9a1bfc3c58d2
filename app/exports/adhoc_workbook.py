"""The answers to an ad-hoc request as a workbook: a line for each agency, and their totals."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from app.domain.adhoc import Total
from app.domain.adhoc_answers import WRITTEN, YES, Answer, Field, FieldKind
from app.exports.wording import Wording
from app.exports.workbook import Sheet, Style, open_workbook


Write: TypeAlias = Callable[[Sheet, tuple[int, int]], None]
"""Writes one cell at a place."""

Say: TypeAlias = Callable[[str], str]

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
    return [width for field in fields for _words, width in _columns(field, str)]


def _columns(field: Field, gettext: Say) -> Sequence[tuple[str, int]]:
    """Return the headings and widths of the columns that a field takes."""
    if field.kind is FieldKind.PERCENT:
        found = [
            (f"{field.label}: {gettext('How many')}", 16),
            (f"{field.label}: {gettext('Of how many in all')}", 16),
            (f"{field.label} (%)", 12),
        ]
    else:
        label = f"{field.label} ({field.unit})" if field.unit else field.label
        found = [(label, 20 if field.figure else 24)]
    if field.figure:
        found.append((gettext("As the system counts"), 14))
        if field.kind is FieldKind.PERCENT:
            found.append((gettext("Of how many, as the system counts"), 14))
        found.append((gettext("Why it differs"), 30))
    return found


def _headings(fields: Sequence[Field], wording: Wording) -> Sequence[str]:
    gettext = wording.gettext
    first = [gettext("Agency"), gettext("Answer"), gettext("In time")]
    return [*first, *(words for field in fields for words, _width in _columns(field, gettext))]


def _write_row(
    sheet: Sheet, number: int, row: Row, fields: Sequence[Field], wording: Wording
) -> None:
    for column, words in enumerate((row.agency, row.state, row.standing)):
        sheet.text(number, column, words, _CELL)
    place = _FIRST_ANSWER
    answers = row.answers if row.is_received else [Answer()] * len(fields)
    for field, answer in zip(fields, answers, strict=True):
        for write in _cells(field, answer, wording):
            write(sheet, (number, place))
            place += 1


def _cells(field: Field, answer: Answer, wording: Wording) -> Iterator[Write]:
    """Yield what writes each cell of an answer, in the order of the field's columns."""
    is_share = field.kind is FieldKind.PERCENT
    if field.kind in WRITTEN:
        yield _text(answer.text)
    elif field.kind is FieldKind.DATE:
        yield _day(answer.day)
    elif field.kind is FieldKind.YES_NO and answer.number is not None:
        yield _text(wording.gettext("Yes") if answer.number == YES else wording.gettext("No"))
    else:
        yield _number(answer.number)
    if is_share:
        yield _number(answer.whole)
        yield _share(answer.number, answer.whole)
    if field.figure:
        yield _number(answer.known.number if answer.known else None)
        if is_share:
            yield _number(answer.known.whole if answer.known else None)
        yield _text(answer.reason)


def _text(words: str) -> Write:
    return lambda sheet, place: sheet.text(*place, words, _CELL)


def _day(day: date | None) -> Write:
    if day is None:
        return lambda sheet, place: sheet.blank(*place, _CELL)
    return lambda sheet, place: sheet.day(*place, day, _CELL)


def _number(number: Decimal | int | None, style: Style = _CELL) -> Write:
    if number is None:
        return lambda sheet, place: sheet.blank(*place, style)
    return lambda sheet, place: sheet.number(*place, float(number), style)


def _share(part: Decimal | int | None, whole: Decimal | int | None, style: Style = _CELL) -> Write:
    return lambda sheet, place: sheet.percent(*place, int(part or 0), int(whole or 0), style)


def _write_totals(sheet: Sheet, answers: Answers, wording: Wording) -> None:
    row = _FIRST_ROW + len(answers.rows)
    sheet.text(row, 0, wording.gettext("Grand total"), _TOTAL)
    received = sum(1 for one in answers.rows if one.is_received)
    told = wording.gettext("answered: %(count)s of %(all)s", count=received, all=len(answers.rows))
    sheet.text(row, 1, told, _TOTAL)
    sheet.blank(row, 2, _TOTAL)
    column = _FIRST_ANSWER
    for place, field in enumerate(answers.fields):
        width = len(_columns(field, str))
        writes = list(_totals(field, answers.totals.get(place)))
        for offset in range(width):
            write = writes[offset] if offset < len(writes) else _number(None, _TOTAL)
            write(sheet, (row, column + offset))
        column += width


def _totals(field: Field, total: Total | None) -> Iterator[Write]:
    if total is None or field.kind is FieldKind.DATE:
        return
    yield _number(total.sum, _TOTAL)
    if field.kind is FieldKind.PERCENT:
        yield _number(total.whole, _TOTAL)
        yield _share(total.sum, total.whole, _TOTAL)
