"""The workbook of a report says what was signed, in the same bytes each time."""

import io
import time
from datetime import datetime
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from app.domain.report_contents import fingerprint
from app.exports.report_workbook import write_report_workbook
from tests.builders.signed import content


def write(text):
    return write_report_workbook(text, fingerprint(text))


def cells_of(book):
    found = CalamineWorkbook.from_filelike(io.BytesIO(book))
    return {name: found.get_sheet_by_name(name).to_python() for name in found.sheet_names}


def words_of(rows):
    return [str(value) for row in rows for value in row if value != ""]


def test_the_workbook_says_what_was_signed_and_names_its_hash():
    text = content()
    sheets = cells_of(write(text))
    assert list(sheets) == ["Tổng hợp", "Cơ quan trực thuộc", "Theo phòng, nhóm"]
    summary = words_of(sheets["Tổng hợp"])
    for expected in (
        "SỞ CÔNG THƯƠNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Lai Châu, ngày 22 tháng 11 năm 2026",
        "(Bản số 2, ký nộp lúc 10:04 ngày 22/11/2026)",
        "CHÁNH VĂN PHÒNG",
        "Bộ tiêu chí: qd-324-2023@1",
        "Mốc dữ liệu: 41. Người thuộc hai cơ quan: tính ở nơi làm việc trước nơi cư trú.",
        f"Mã kiểm tra nội dung (SHA-256): {fingerprint(text)}",
    ):
        assert expected in summary
    below = words_of(sheets["Cơ quan trực thuộc"])
    assert "được miễn: Đang sáp nhập" in below
    assert "1200.0" in below
    assert "Phòng Ặ" in words_of(sheets["Theo phòng, nhóm"])


def test_the_same_version_gives_the_same_bytes_whenever_it_is_written(monkeypatch):
    first = write(content())
    monkeypatch.setattr(time, "time", lambda: datetime(2031, 5, 6).timestamp())  # noqa: DTZ001
    assert write(content()) == first
    assert write(content(version=3)) != first


def test_a_version_of_nobody_is_a_workbook_too():
    empty = content(rows=[], below=[], parts=[], corrects="")
    assert list(cells_of(write(empty))) == ["Tổng hợp", "Theo phòng, nhóm"]


@pytest.mark.parametrize("evil", ["=1+1", "+84", "-5", "@sum", "https://x.test", "001099012345"])
def test_what_people_typed_stays_text(evil):
    row = {"unit": evil, "group": 3, "state": "decided", "outcome": "", "people": 1}
    rest = {"outstanding": 0, "with_digital_skills": 0, "digitally_fluent": 0}
    book = write(content(rows=[row | rest]))
    assert evil in words_of(cells_of(book)["Theo phòng, nhóm"])
    parts = ZipFile(io.BytesIO(book))
    written = b"".join(parts.read(name) for name in parts.namelist())
    assert b"<f>" not in written
    assert b"<hyperlink" not in written
