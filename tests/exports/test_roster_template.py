"""The template is filled in, uploaded, and read back without a single question."""

import io
from datetime import UTC, date, datetime

import pytest

from app.domain.roster_files import SCORE_FIELDS, Field, FileFault, FileRefusedError
from app.exports.error_report import ReportedProblem, ReportedRow, write_error_report
from app.exports.roster_template import TEMPLATE, roster_template
from app.exports.wording import Wording
from app.intake.cells import Expected
from app.intake.roster_header import find_roster
from app.intake.roster_sheet import read_roster
from app.intake.sheets import read_sheets
from tests.exports import reading


CREATED = datetime(2026, 2, 5, tzinfo=UTC)
UNITS = ("Văn phòng Sở", "=Phòng kế hoạch")
GROUPS = {3: "Cán bộ, công chức, viên chức", 2: "Người lao động"}
VIETNAMESE = {
    "No.": "TT",
    "Full name": "Họ và tên",
    "Date or year of birth": "Ngày hoặc năm sinh",
    "Unit": "Đơn vị",
    "Group": "Nhóm",
    "Position": "Chức vụ",
    "Personal identification number (CCCD)": "Số định danh cá nhân (CCCD)",
    "Indicator %(number)s": "Chỉ số %(number)s",
}


def in_vietnamese(message, /, **facts):
    text = VIETNAMESE.get(message, message)
    return text % facts if facts else text


WORDINGS = {
    "vi": Wording(language="vi", gettext=in_vietnamese),
    "en": reading.ENGLISH,
}


def template(units=UNITS, language="en"):
    return roster_template(
        agency="Sở Công Thương",
        slug="so-cong-thuong",
        year=2026,
        units=units,
        groups=GROUPS,
        wording=WORDINGS[language],
        created=CREATED,
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_its_headings_are_understood_in_both_languages(language, tmp_path):
    path = tmp_path / "mau.xlsx"
    path.write_bytes(template(language=language))
    sheet, mapping = find_roster(read_sheets(path))
    assert sheet.name == "List"
    assert (mapping.header_row, mapping.first_row) == (4, 5)
    assert list(mapping.columns) == [
        Field.NUMBER,
        Field.NAME,
        Field.BIRTH,
        Field.UNIT,
        Field.GROUP,
        Field.POSITION,
        Field.CCCD,
        *SCORE_FIELDS,
    ]


def test_nobody_is_read_from_a_template_that_was_not_filled_in(tmp_path):
    path = tmp_path / "mau.xlsx"
    path.write_bytes(template())
    sheet, mapping = find_roster(read_sheets(path))
    with pytest.raises(FileRefusedError) as refused:
        read_roster(sheet, mapping, Expected(year=2026, groups=GROUPS))
    assert refused.value.fault is FileFault.NO_PEOPLE


def test_units_and_groups_are_chosen_from_a_sheet_nobody_sees():
    content = io.BytesIO(template())
    assert reading.values(content, "_lists") == [
        ["Văn phòng Sở", "2 - Người lao động"],
        ["=Phòng kế hoạch", "3 - Cán bộ, công chức, viên chức"],
    ]
    (book,) = reading.parts(content, r"xl/workbook\.xml")
    assert 'name="_lists" sheetId="3" state="veryHidden"' in book
    assert "units_of_agency" in book


def test_excel_is_told_what_belongs_into_each_column():
    sheet = reading.parts(io.BytesIO(template()), r"sheet1\.xml$")[0]
    assert sheet.count("<dataValidation ") == 13
    assert "<f>" not in sheet


def test_an_agency_without_units_chooses_groups_only():
    sheet = reading.parts(io.BytesIO(template(units=())), r"sheet1\.xml$")[0]
    assert sheet.count("<dataValidation ") == 12


def test_it_carries_its_version_and_whose_it_is():
    (properties,) = reading.parts(io.BytesIO(template()), r"custom\.xml$")
    assert TEMPLATE in properties
    assert "so-cong-thuong" in properties


def test_a_list_comes_back_with_its_errors_and_can_be_uploaded_again(tmp_path):
    path = tmp_path / "loi.xlsx"
    cells = (1.0, "=cmd()", date(1974, 8, 15), "012174001234", 12174001234.0, None)
    unreadable = ReportedProblem(column=1, sentence="The name contains digits.", advice="Remove.")
    progress = []
    write_error_report(
        path,
        headings=["TT", "Họ và tên", "Năm sinh", "CCCD", "Số cũ", "Ghi chú"],
        rows=[ReportedRow(number_in_file=17, cells=cells, problems=[unreadable, unreadable])],
        total=1,
        wording=reading.ENGLISH,
        created=CREATED,
        on_progress=lambda *told: progress.append(told),
    )
    (sheet,) = read_sheets(path)
    assert sheet.rows[1] == (2, (*cells, 17, "The name contains digits.", "Remove."))
    assert find_roster([sheet])[1].columns[Field.BIRTH] == 2
    assert progress == [(1, 1)]
    assert not any("<f>" in part for part in reading.parts(path, "sheet1.xml$"))
