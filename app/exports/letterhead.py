"""The head and foot of an official table, after Phụ lục I of Nghị định 30/2020/NĐ-CP."""

from dataclasses import dataclass
from datetime import date

from app.exports.wording import Wording
from app.exports.workbook import Sheet, Style


# The national title and motto are Vietnamese in every language.
_COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_FIRST_TITLE = 4
_PLAIN_DAYS = range(10, 32)
_PLAIN_MONTHS = range(3, 13)

CENTRED = Style(align="center")
_BOLD = Style(align="center", bold=True)
_UNDERLINED = Style(align="center", bold=True, underline=True)
_ITALIC = Style(align="center", italic=True)
_TITLE = Style(align="center", bold=True, size=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who issues a table, and what it is called."""

    superior: str | None  # "HỘI KHUYẾN HỌC VIỆT NAM"
    issuer: str  # "HỘI KHUYẾN HỌC TỈNH LAI CHÂU"
    symbol: str  # "BC-HKH"; the number in front is given when it is signed
    place: str  # "Lai Châu"
    signer_title: str  # "CHỦ TỊCH"


def write_letterhead(
    sheet: Sheet, head: Letterhead, *, on: date, titles: tuple[str, ...], last_column: int
) -> int:
    """Write the head over columns A to ``last_column``, the last title in italics.

    Returns the first row of the table.
    """
    left, right = (0, last_column // 2 - 1), (last_column // 2, last_column)
    _pair(sheet, 0, (left, head.superior or "", CENTRED), (right, _COUNTRY, _BOLD))
    _pair(sheet, 1, (left, head.issuer, _UNDERLINED), (right, _MOTTO, _UNDERLINED))
    dated = ", ".join(filter(None, (head.place, in_words(on))))
    _pair(sheet, 2, (left, f"Số:       /{head.symbol}", CENTRED), (right, dated, _ITALIC))
    for row, title in enumerate(titles[:-1], start=_FIRST_TITLE):
        sheet.across(row, (0, last_column), title, _TITLE)
    last_title = _FIRST_TITLE + len(titles) - 1
    sheet.across(last_title, (0, last_column), titles[-1], _ITALIC)
    return last_title + 2


def write_signatures(
    sheet: Sheet, row: int, head: Letterhead, *, wording: Wording, last_column: int
) -> None:
    """Leave room for who drew the table up, on the left, and for who signs, on the right."""
    left, right = (0, last_column // 2 - 1), (last_column // 2, last_column)
    drawn_up = wording.gettext("DRAWN UP BY")
    _pair(sheet, row, (left, drawn_up, _BOLD), (right, head.signer_title, _BOLD))


def in_words(day: date) -> str:
    """Return a day as documents write it: with a zero before days below 10 and months 1 and 2."""
    day_number = str(day.day) if day.day in _PLAIN_DAYS else f"{day.day:02}"
    month = str(day.month) if day.month in _PLAIN_MONTHS else f"{day.month:02}"
    return f"ngày {day_number} tháng {month} năm {day.year}"


def _pair(sheet: Sheet, row: int, *parts: tuple[tuple[int, int], str, Style]) -> None:
    for columns, text, style in parts:
        sheet.across(row, columns, text, style)
