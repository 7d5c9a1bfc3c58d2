"""The sheet of official figures: what accepted reports and own decisions add up to, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.results import Figures
from app.exports.official_table import Frame, write_frame
from app.exports.wording import Gettext, Wording
from app.exports.workbook import Sheet, Style


WIDTHS = (6, 36, 13, 13, 13, 13, 12, 18, 44)
_TEXT = Style(is_boxed=True, wraps=True)
_MIDDLE = Style(is_boxed=True, align="center")
_RIGHT = Style(is_boxed=True, align="right")
_TOTAL = Style(is_boxed=True, align="right", bold=True)
_TOTAL_TEXT = Style(is_boxed=True, bold=True, wraps=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialLine:
    """An agency right below: what it brings by which accepted version, or why it brings nothing.

    The agency itself has no version: its own decisions count by themselves.
    """

    name: str
    figures: Figures | None
    version: int | None = None
    seal: str = ""  # how the version's fingerprint begins
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialFigures:
    """The official figures of an agency with others below it, everybody counted once."""

    lines: Sequence[OfficialLine]
    overlap: Figures
    total: Figures
    counted_at: datetime | None  # None while nothing has been accepted


def headings(gettext: Gettext) -> list[str]:
    """Return what stands over the columns."""
    return [
        gettext("No."),
        gettext("Agency"),
        gettext("Number eligible"),
        gettext("Number registered"),
        gettext("Number recognised"),
        gettext("Number outstanding"),
        gettext("Version accepted"),
        gettext("Fingerprint of the version"),
        gettext("Note"),
    ]


def write_official(
    sheet: Sheet, frame: Frame, official: OfficialFigures, *, wording: Wording
) -> None:
    """Write one row for each agency, who is counted twice on a row of its own, and the total."""
    sheet.widths(WIDTHS)
    row = write_frame(sheet, frame)
    for place, line in enumerate(official.lines, start=1):
        sheet.number(row, 0, place, _MIDDLE)
        _write_line(sheet, row, line)
        row += 1
    if official.overlap != Figures():
        twice = wording.gettext("Counted in two agencies, taken off")
        sheet.blank(row, 0, _MIDDLE)
        _write_line(sheet, row, OfficialLine(name=twice, figures=Figures() - official.overlap))
        row += 1
    sheet.blank(row, 0, _TOTAL)
    sheet.text(row, 1, wording.gettext("Grand total"), _TOTAL_TEXT)
    _write_figures(sheet, row, official.total, _TOTAL)
    for column in (6, 7, 8):
        sheet.blank(row, column, _TOTAL)


def _write_line(sheet: Sheet, row: int, line: OfficialLine) -> None:
    sheet.text(row, 1, line.name, _TEXT)
    _write_figures(sheet, row, line.figures, _RIGHT)
    if line.version is None:
        sheet.blank(row, 6, _MIDDLE)
    else:
        sheet.number(row, 6, line.version, _MIDDLE)
    sheet.text(row, 7, line.seal, _TEXT)
    sheet.text(row, 8, line.note, _TEXT)


def _write_figures(sheet: Sheet, row: int, of: Figures | None, style: Style) -> None:
    counts = (of.eligible, of.registered, of.recognised, of.outstanding) if of else (None,) * 4
    for column, number in enumerate(counts, start=2):
        if number is None:
            sheet.blank(row, column, style)
        else:
            sheet.number(row, column, number, style)
