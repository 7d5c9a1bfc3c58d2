"""Headings are found however a list is laid out, and every guess can be changed."""

import pytest

from app.domain.roster_files import SCORE_FIELDS, Field, FileFault, FileRefusedError
from app.intake.roster_header import column_letter, find_roster, guess_mapping
from app.intake.sheets import Sheet


def sheet_of(*rows, name="Danh sách"):
    width = max(len(row) for row in rows)
    padded = [tuple(row) + (None,) * (width - len(row)) for row in rows]
    numbered = [(number, row) for number, row in enumerate(padded, start=1) if any(row)]
    return Sheet(name=name, rows=tuple(numbered))


def columns_of(*rows):
    return guess_mapping(sheet_of(*rows)).columns


def test_headings_below_a_letterhead_are_found():
    sheet = sheet_of(
        ["UBND TỈNH LAI CHÂU"],
        ["DANH SÁCH ĐĂNG KÝ CÔNG DÂN HỌC TẬP NĂM 2026"],
        [],
        ["STT", "Họ và tên", "Ngày, tháng, năm sinh", "Chức vụ", "Đơn vị công tác", "Số CCCD"],
        [1, "Lò Thị Mai"],
    )
    mapping = guess_mapping(sheet)
    assert (mapping.header_row, mapping.first_row) == (4, 5)
    assert mapping.columns == {
        Field.NUMBER: 0,
        Field.NAME: 1,
        Field.BIRTH: 2,
        Field.POSITION: 3,
        Field.UNIT: 4,
        Field.CCCD: 5,
    }


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("HỌ TÊN", Field.NAME),
        ("Họ, chữ đệm và tên", Field.NAME),
        ("Năm sinh", Field.BIRTH),
        ("Sinh năm", Field.BIRTH),
        ("Số định danh cá nhân/CCCD", Field.CCCD),
        ("Thôn, bản", Field.UNIT),
        ("Phòng/đơn vị", Field.UNIT),
        ("Nhóm đối tượng", Field.GROUP),
        ("Chức vụ, đơn vị", Field.POSITION),
        ("Full name", Field.NAME),
        ("Date or year of birth", Field.BIRTH),
    ],
)
def test_a_heading_is_known_however_it_is_worded(heading, field):
    assert columns_of(["TT", "Họ tên", heading])[field] in {1, 2}


def test_scores_may_be_numbered_in_a_row_of_their_own():
    columns = columns_of(
        ["TT", "Họ và tên", "Năm sinh", "Điểm các chỉ số", *[None] * 9, "Tổng điểm"],
        [None, None, None, *range(1, 11), None],
        [1, "Lò Thị Mai", 1974, *[8] * 10, 80],
    )
    assert [columns[field] for field in SCORE_FIELDS] == list(range(3, 13))


def test_scores_may_be_named_beside_the_other_headings():
    named = [f"CS{number}. Kỹ năng" for number in range(1, 11)]
    assert columns_of(["TT", "Họ và tên", "Năm sinh", *named])[Field.SCORE_10] == 12


def test_nine_scores_are_no_scores():
    assert Field.SCORE_1 not in columns_of(["TT", "Họ và tên", *range(1, 10)])


@pytest.mark.parametrize("counts", [[1, 2, 3, 4], ["(1)", "(2)", "(3)", "(4)"], ["A", "B", 1, 2]])
def test_a_row_that_numbers_the_columns_names_nobody(counts):
    mapping = guess_mapping(
        sheet_of(["TT", "Họ và tên", "Năm sinh", "Ghi chú"], counts, [1, "Lò Thị Mai", 1974])
    )
    assert mapping.first_row == 3
    assert not mapping.has_scores


def test_given_names_may_stand_beside_under_one_heading():
    columns = columns_of(
        ["TT", "Họ và tên", None, "Năm sinh"],
        [1, "Lò Thị", "Mai", 1974],
        [2, "Nguyễn Văn", "An", 1980],
    )
    assert columns[Field.GIVEN_NAME] == 2


def test_given_names_may_have_a_heading_of_their_own():
    assert columns_of(["TT", "Họ đệm", "Tên", "Năm sinh"])[Field.GIVEN_NAME] == 2


def test_years_of_men_and_women_may_stand_in_two_columns():
    columns = columns_of(
        ["TT", "Họ và tên", "Năm sinh", None, "Đơn vị"],
        [None, None, "Nam", "Nữ", None],
        [1, "Lò Thị Mai", None, 1974, "Bản Giang"],
    )
    assert (columns[Field.BIRTH], columns[Field.BIRTH_OF_WOMEN]) == (2, 3)


def test_the_first_sheet_with_headings_is_taken():
    notes = sheet_of(["Hướng dẫn"], name="Hướng dẫn")
    people = sheet_of(["TT", "Họ và tên"])
    assert find_roster([notes, people])[0] is people


def test_a_file_without_headings_is_refused():
    with pytest.raises(FileRefusedError) as refused:
        find_roster([sheet_of(["Lò Thị Mai", 1974])])
    assert refused.value.fault is FileFault.NO_HEADER


def test_a_person_may_choose_another_column():
    mapping = guess_mapping(sheet_of(["TT", "Họ và tên", "Năm", "Năm sinh"]))
    changed = mapping.changed(Field.BIRTH, 2).changed(Field.NUMBER, None)
    assert changed.columns == {Field.NAME: 1, Field.BIRTH: 2}
    assert changed.heading_of(Field.BIRTH) == "Năm"


def test_a_column_tells_one_thing_only():
    mapping = guess_mapping(sheet_of(["TT", "Họ và tên", "Năm sinh"]))
    assert mapping.changed(Field.UNIT, 2).missing == (Field.BIRTH,)


def test_what_was_chosen_once_is_known_next_time():
    sheet = sheet_of(["TT", "Họ và tên", "Tuổi Dần/Mão"])
    taught = guess_mapping(sheet).changed(Field.BIRTH, 2).remembered()
    assert guess_mapping(sheet, remembered=taught).columns[Field.BIRTH] == 2


@pytest.mark.parametrize(("column", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_called_as_excel_calls_them(column, letter):
    assert column_letter(column) == letter
