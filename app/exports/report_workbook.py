"""A version of a report as a workbook, in the official layout, to be reckoned with.

Written once, when the report is signed, out of nothing but the text that is signed: the same text
gives the same bytes. Like every paper it is Vietnamese in every language of the pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from json import loads
from typing import Any

from app.domain.deadlines import VIETNAM
from app.exports.letterhead import CENTRED, Letterhead
from app.exports.official_table import Frame, let_filter, numbered, write_frame
from app.exports.papers.report import FIGURES, ORDERS, OUTCOMES, REPORT_STATES, STATES
from app.exports.workbook import Sheet, Style, Workbook, open_workbook


_TEXT = Style(is_boxed=True, wraps=True)
_MIDDLE = Style(is_boxed=True, align="center")
_RIGHT = Style(is_boxed=True, align="right")
_TITLE = Style(align="center", bold=True)
_NOTE = Style(align="center", italic=True)
_SYMBOL = "BC"
_SHOWN = 32  # digits of the fingerprint in the foot of each page
_SHORT = 12  # digits that tell versions apart for the eye
_COUNTS = ("people", "outstanding", "with_digital_skills", "digitally_fluent")
_RECOGNISED = "recognised"

Said = Mapping[str, Any]


def write_report_workbook(content: str, digest: str) -> bytes:
    """Return the workbook of a version; the same content gives the same bytes."""
    said: dict[str, Any] = loads(content)
    target = BytesIO()
    with open_workbook(target, language="vi", title=_title(said), created=_signed_at(said)) as book:
        writer = _Writer(book, said, digest)
        writer.write_summary()
        if said["below"]:
            writer.write_below()
        writer.write_rows()
    return target.getvalue()


def _title(said: Said) -> str:
    return f"Kết quả đánh giá, công nhận “Công dân học tập” năm {said['year']}"


def _signed_at(said: Said) -> datetime:
    return datetime.fromisoformat(said["signed"]["at"])


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes sheet after sheet."""

    book: Workbook
    said: Said
    digest: str

    def write_summary(self) -> None:
        """Write each figure with its shares, and who signed."""
        sheet = self.book.add_sheet("Tổng hợp")
        sheet.widths((6, 58, 16, 22, 22))
        headings = (
            "STT",
            "Chỉ tiêu thống kê",
            "Số người",
            "Tỷ lệ so với số thuộc diện đánh giá",
            "Tỷ lệ so với số đăng ký",
        )
        start = write_frame(sheet, self._frame("Số liệu tổng hợp", headings))
        figures = self.said["figures"]
        for place, (name, label) in enumerate(FIGURES.items()):
            row, number = start + place, figures[name]
            sheet.number(row, 0, place + 1, _MIDDLE)
            sheet.text(row, 1, label, _TEXT)
            sheet.number(row, 2, number, _RIGHT)
            sheet.percent(row, 3, number, figures["eligible"], _RIGHT)
            sheet.percent(row, 4, number, figures["registered"], _RIGHT)
        self._sign(sheet, start + len(FIGURES) + 1)

    def write_below(self) -> None:
        """Write what each agency below brings, with the version that counts, or why it does not."""
        sheet = self.book.add_sheet("Cơ quan trực thuộc")
        sheet.widths((6, 38, 34, 8, 16, 14, 14))
        headings = (
            "STT",
            "Cơ quan",
            "Báo cáo của cơ quan",
            "Bản số",
            "Mã kiểm tra",
            "Số người",
            "Đạt danh hiệu",
        )
        frame = self._frame("Các cơ quan trực thuộc", headings)
        start = write_frame(sheet, frame)
        for place, one in enumerate(self.said["below"]):
            _write_agency(sheet, start + place, one, self._parts(one["id"], is_overlap=False))
            sheet.number(start + place, 0, place + 1, _MIDDLE)
        end = start + len(self.said["below"])
        let_filter(sheet, frame, (start, end))
        twice = [part for part in self.said["parts"] if part["is_overlap"]]
        sheet.across(end, (0, 4), "Có ở nhiều cơ quan, đã trừ để chỉ tính một lần", _TEXT)
        sheet.number(end, 5, -_people(twice), _RIGHT)
        sheet.number(end, 6, -_people(_recognised(twice)), _RIGHT)

    def write_rows(self) -> None:
        """Write the agency's own people by unit, group and state."""
        sheet = self.book.add_sheet("Theo phòng, nhóm")
        sheet.widths((6, 38, 10, 34, 12, 14, 14, 14))
        headings = (
            "STT",
            "Phòng, thôn",
            "Nhóm",
            "Tình trạng hồ sơ",
            "Số người",
            "Tiêu biểu xuất sắc",
            "Có kỹ năng số",
            "Thành thạo kỹ năng số",
        )
        frame = self._frame("Theo phòng, nhóm đối tượng và tình trạng hồ sơ", headings)
        start = write_frame(sheet, frame)
        for place, row in enumerate(self.said["rows"]):
            _write_row(sheet, start + place, place + 1, row)
        let_filter(sheet, frame, (start, start + len(self.said["rows"])))

    def _parts(self, agency: str, *, is_overlap: bool) -> Sequence[Said]:
        return [
            part
            for part in self.said["parts"]
            if part["agency"] == agency and part["is_overlap"] is is_overlap
        ]

    def _frame(self, table: str, headings: Sequence[str]) -> Frame:
        agency, signed = self.said["agency"], self.said["signed"]
        version = f"(Bản số {self.said['version']}, ký nộp lúc {self._moment()})"
        return Frame(
            letterhead=Letterhead(
                superior=agency["above"].upper() or None,
                issuer=agency["name"].upper(),
                symbol=_SYMBOL,
                place=agency["place"],
                signer_title=signed["title"].upper(),
            ),
            on=_signed_at(self.said).astimezone(VIETNAM).date(),
            titles=(_title(self.said), table, version),
            headings=headings,
            counts=numbered(len(headings), {}),
            footer=f"Bản số {self.said['version']} – SHA-256: {self.digest[:_SHOWN]}…",
        )

    def _sign(self, sheet: Sheet, row: int) -> None:
        signed = self.said["signed"]
        sheet.across(row, (2, 4), signed["title"].upper(), _TITLE)
        sheet.across(row + 1, (2, 4), f"Đã ký nộp trên hệ thống lúc {self._moment()}", _NOTE)
        sheet.across(row + 3, (2, 4), signed["name"], _TITLE)
        for place, line in enumerate(self._basis(), start=row + 5):
            sheet.across(place, (0, 4), line, CENTRED)

    def _basis(self) -> Sequence[str]:
        order = ORDERS[self.said["counted_first"]]
        return (
            f"Bộ tiêu chí: {', '.join(self.said['criteria']) or '–'}",
            f"Mốc dữ liệu: {self.said['data']['fence']}. Người thuộc hai cơ quan: {order}.",
            f"Mã kiểm tra nội dung (SHA-256): {self.digest}",
        )

    def _moment(self) -> str:
        return f"{_signed_at(self.said).astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"


def _write_agency(sheet: Sheet, row: int, one: Said, brought: Sequence[Said]) -> None:
    because, state = one["waived_because"], REPORT_STATES[one["state"]]
    sheet.text(row, 1, one["name"], _TEXT)
    sheet.text(row, 2, f"{state}: {because}" if because else state, _TEXT)
    sheet.text(row, 3, str(one["version"] or "–"), _MIDDLE)
    sheet.text(row, 4, (one["hash"] or "–")[:_SHORT], _MIDDLE)
    sheet.number(row, 5, _people(brought), _RIGHT)
    sheet.number(row, 6, _people(_recognised(brought)), _RIGHT)


def _write_row(sheet: Sheet, row: int, number: int, said: Said) -> None:
    state = STATES[said["state"]]
    sheet.number(row, 0, number, _MIDDLE)
    sheet.text(row, 1, said["unit"], _TEXT)
    sheet.number(row, 2, said["group"], _MIDDLE)
    outcome = said["outcome"]
    sheet.text(row, 3, f"{state}, {OUTCOMES[outcome]}" if outcome else state, _TEXT)
    for column, name in enumerate(_COUNTS, start=4):
        sheet.number(row, column, said[name], _RIGHT)


def _recognised(parts: Iterable[Said]) -> list[Said]:
    return [part for part in parts if part["outcome"] == _RECOGNISED]


def _people(parts: Iterable[Said]) -> int:
    return sum(int(part["people"]) for part in parts)
