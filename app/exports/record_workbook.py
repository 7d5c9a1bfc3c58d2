"""The record of acts as a workbook: one row for each act, newest first."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.audit_chain import Head, shown_head
from app.exports.wording import Wording
from app.exports.workbook import Sheet, Style, open_workbook


_HEADING = Style(bold=True, align="center", is_boxed=True, wraps=True)
_CELL = Style(is_boxed=True, wraps=True)
_FIRST_ROW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One act, in words."""

    seq: int
    moment: str
    actor: str
    words: str
    about: str
    changes: str
    reason: str


def write_record_workbook(
    rows: Sequence[Row], *, agency: str, head: Head | None, created: datetime, wording: Wording
) -> bytes:
    """Return a workbook with ``rows``; its footer names the head of the chain."""
    content, gettext = io.BytesIO(), wording.gettext
    title = gettext("Record of acts")
    with open_workbook(content, language=wording.language, title=title, created=created) as book:
        sheet = book.add_sheet(title)
        sheet.widths((8, 17, 26, 44, 26, 50, 40))
        sheet.text(0, 0, title, Style(bold=True, size=14))
        sheet.text(1, 0, agency, Style(bold=True))
        for column, heading in enumerate(_headings(wording)):
            sheet.text(_FIRST_ROW - 1, column, heading, _HEADING)
        sheet.freeze(_FIRST_ROW, 2)
        sheet.print_on_a4(
            heading_rows=(_FIRST_ROW - 1, _FIRST_ROW - 1), footer=head_line(head, wording) or title
        )
        for number, row in enumerate(rows, start=_FIRST_ROW):
            _write(sheet, number, row)
    return content.getvalue()


def _headings(wording: Wording) -> list[str]:
    gettext = wording.gettext
    return [
        gettext("Link"),
        gettext("When"),
        gettext("Who"),
        gettext("What"),
        gettext("About"),
        gettext("What is different"),
        gettext("Reason"),
    ]


def _write(sheet: Sheet, number: int, row: Row) -> None:
    sheet.digits(number, 0, row.seq, _CELL)
    texts = (row.moment, row.actor, row.words, row.about, row.changes, row.reason)
    for column, text in enumerate(texts, start=1):
        sheet.text(number, column, text, _CELL)


def head_line(head: Head | None, wording: Wording) -> str:
    """Return what papers print of a chain's head; empty where nothing was recorded yet."""
    if head is None:
        return ""
    return wording.gettext("Record of acts: %(head)s", head=shown_head(head))
