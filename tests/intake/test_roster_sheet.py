"""Every good row of a list is kept; every bad cell is named with its row, column and fault."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel

from app.domain.roster_files import (
    SCORE_FIELDS,
    WARNINGS,
    CellFault,
    Field,
    FileFault,
    FileRefusedError,
)
from app.intake.cells import Expected
from app.intake.roster_header import guess_mapping
from app.intake.roster_sheet import read_roster
from app.intake.sheets import Sheet
from app.labels import intake as labels


HEADINGS = ["TT", "Họ và tên", "Năm sinh", "Đơn vị", "Nhóm", "CCCD", "Chức vụ", *range(1, 11)]
EXPECTED = Expected(
    year=2026,
    units=("Văn phòng Sở", "Phòng Tổ chức cán bộ", "Thanh tra"),
    groups={2: "Người lao động", 3: "Cán bộ, công chức, viên chức"},
)
MAI = [1, "Lò Thị Mai", 1974, "Văn phòng Sở", 3, "012174001234", "Chuyên viên", *[8] * 10]


def person(**changes):
    """Return the row of Lò Thị Mai with some cells changed."""
    places = {"number": 0, "name": 1, "birth": 2, "unit": 3, "group": 4, "cccd": 5, "position": 6}
    row = list(MAI)
    for name, value in changes.items():
        is_score = name.startswith("score_")
        row[6 + int(name.removeprefix("score_")) if is_score else places[name]] = value
    return row


def read(*rows, headings=HEADINGS, **options):
    lines = [headings, *rows]
    padded = [tuple(row) + (None,) * (len(headings) - len(row)) for row in lines]
    sheet = Sheet(name="Danh sách", rows=tuple(enumerate(padded, start=5)))
    return read_roster(sheet, guess_mapping(sheet), EXPECTED, **options)


def faults(reading):
    return [problem.fault for problem in reading.problems]


def test_a_good_row_is_read_in_full():
    reading = read(person(birth=date(1974, 8, 15)))
    (mai,) = reading.rows
    assert (mai.number_in_file, mai.name, mai.birth_year) == (6, "Lò Thị Mai", 1974)
    assert (mai.birth_on, mai.unit_name, mai.group_number) == (
        date(1974, 8, 15),
        "Văn phòng Sở",
        3,
    )
    assert (mai.cccd, mai.position, mai.scores) == ("012174001234", "Chuyên viên", (8,) * 10)
    assert reading.problems == ()


BAD_CELLS = {
    CellFault.BIRTH_DATE_IMPOSSIBLE: ("birth", "31/02/1974"),
    CellFault.BIRTH_MISSING: ("birth", None),
    CellFault.BIRTH_OUT_OF_RANGE: ("birth", 1874),
    CellFault.BIRTH_SERIAL_NUMBER: ("birth", 27_256),
    CellFault.BIRTH_TWO_DIGIT_YEAR: ("birth", "15-08-74"),
    CellFault.BIRTH_UNREADABLE: ("birth", "khoảng 1974"),
    CellFault.BIRTH_YEAR_ONLY: ("birth", "00/00/1974"),
    CellFault.CCCD_IS_CMND: ("cccd", 45123456.0 + 4e8),
    CellFault.CCCD_NOT_DIGITS: ("cccd", "1.2174E+10"),
    CellFault.CCCD_OTHER_BIRTH_YEAR: ("cccd", "012175001234"),
    CellFault.CCCD_UNKNOWN_PLACE: ("cccd", "003174001234"),
    CellFault.CCCD_WRONG_LENGTH: ("cccd", "01217400123"),
    CellFault.CCCD_ZEROS_ADDED: ("cccd", 12174001234.0),
    CellFault.GROUP_MISSING: ("group", " "),
    CellFault.GROUP_UNKNOWN: ("group", 7),
    CellFault.NAME_HAS_DIGITS: ("name", "Lò Thị Mai 2"),
    CellFault.NAME_IN_OLD_FONT: ("name", "NguyÔn V¨n §«ng"),
    CellFault.NAME_MISSING: ("name", None),
    CellFault.NAME_TOO_LONG: ("name", "Lò Thị Mai " * 12),
    CellFault.SCORE_BLANK: ("score_7", None),
    CellFault.SCORE_NOT_A_NUMBER: ("score_7", "tốt"),
    CellFault.SCORE_NOT_WHOLE: ("score_7", 7.5),
    CellFault.SCORE_OFF_SCALE: ("score_7", 11),
    CellFault.UNIT_MISSING: ("unit", None),
    CellFault.UNIT_UNKNOWN: ("unit", "Văn phòng"),
}


@pytest.mark.parametrize("fault", BAD_CELLS)
def test_a_bad_cell_is_named_and_the_good_rows_are_kept(fault):
    name, value = BAD_CELLS[fault]
    good = person(name="Vàng A Sử", cccd=None)
    reading = read(person(**{name: value}), good)
    (problem,) = reading.problems
    assert (problem.fault, problem.row, problem.field) == (fault, 6, Field(name))
    assert reading.rows[-1].name == "Vàng A Sử"
    assert (len(reading.rows) == 2) == problem.is_warning == (fault in WARNINGS)
    assert reading.refused_rows == (() if problem.is_warning else (6,))


def test_a_problem_says_where_the_cell_is_and_what_stands_in_it():
    (problem,) = read(person(score_7="7,5")).errors
    assert (problem.column, problem.heading, problem.value) == ("N", "7", "7,5")
    assert problem.facts["indicator"] == 7


def test_all_bad_cells_of_a_row_are_named_at_once():
    reading = read(person(birth=None, group=7, score_1=0, score_2="x"))
    assert faults(reading) == [
        CellFault.BIRTH_MISSING,
        CellFault.GROUP_UNKNOWN,
        CellFault.SCORE_OFF_SCALE,
        CellFault.SCORE_NOT_A_NUMBER,
    ]


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("15/8/1974", date(1974, 8, 15)),
        ("15.08.1974", date(1974, 8, 15)),
        ("1974-08-15", date(1974, 8, 15)),
        ("'1974", None),
        (1974.0, None),
    ],
)
def test_a_birth_is_read_as_lists_write_it(typed, born):
    reading = read(person(birth=typed))
    assert (reading.rows[0].birth_year, reading.rows[0].birth_on) == (1974, born)
    assert reading.problems == ()


@pytest.mark.parametrize(("typed", "year"), [("74", 1974), ("15", 2015), (24, 1924)])
def test_two_digits_of_a_year_are_read_as_somebody_of_school_age_or_more(typed, year):
    assert read(person(birth=typed, cccd=None)).rows[0].birth_year == year


@pytest.mark.parametrize(
    "typed", [3.0, "3", "Nhóm 3", "nhóm III", "3 - Cán bộ", EXPECTED.groups[3]]
)
def test_a_group_may_be_given_by_number_or_name(typed):
    assert read(person(group=typed)).rows[0].group_number == 3


def test_a_unit_is_found_however_it_is_accented_and_written_as_the_agency_does():
    assert read(person(unit="VĂN  PHÒNG SỞ")).rows[0].unit_name == "Văn phòng Sở"


def test_an_unknown_unit_comes_with_the_nearest_one():
    (problem,) = read(person(unit="Phòng Tổ chức, cán bộ")).errors
    assert problem.facts["nearest"] == "Phòng Tổ chức cán bộ"


def test_columns_that_a_list_does_not_have_are_nobodys_fault():
    reading = read([1, "Lò Thị Mai", 1974], headings=["TT", "Họ và tên", "Năm sinh"])
    (mai,) = reading.rows
    assert (mai.unit_name, mai.group_number, mai.cccd, mai.scores) == (None, None, None, None)
    assert reading.problems == ()


def test_somebody_without_a_single_score_has_only_been_listed():
    reading = read([*MAI[:7]])
    assert reading.rows[0].scores is None
    assert reading.problems == ()


def test_a_blank_score_is_never_a_zero():
    assert read(person(score_10=None)).rows[0].scores == (*[8] * 9, None)


def test_titles_totals_and_signatures_are_skipped_and_counted():
    reading = read(
        ["I", "Văn phòng Sở"],
        MAI,
        [2],
        [None, "Tổng cộng", 1],
        [None, "Người lập biểu", None, None, None, None, "GIÁM ĐỐC"],
        ["Danh sách này có 01 người"],
    )
    assert len(reading.rows) == 1
    assert reading.skipped_rows == (6, 9, 10, 11)
    assert reading.refused_rows == ()


def test_a_family_called_tong_is_not_a_total():
    assert read(person(number=None, name="Tống Văn Công")).rows[0].name == "Tống Văn Công"


def test_the_same_person_twice_is_named_at_the_second_row():
    reading = read(MAI, person(name="LÒ THỊ MAI", cccd=None))
    (problem,) = reading.errors
    assert (problem.fault, problem.row) == (CellFault.DUPLICATE_PERSON, 7)
    assert problem.facts == {"first_row": 6}


def test_the_same_number_twice_is_named_whatever_the_name():
    reading = read(MAI, person(name="Vàng A Sử"))
    assert faults(reading) == [CellFault.DUPLICATE_CCCD]


def test_namesakes_with_two_numbers_are_two_people():
    assert len(read(MAI, person(cccd="012174005678")).rows) == 2


def test_namesakes_with_two_birthdays_are_two_people():
    first = person(birth="15/08/1974", cccd=None)
    second = person(birth="16/08/1974", cccd=None)
    assert len(read(first, second).rows) == 2


def test_somebody_known_by_less_is_still_the_same_person():
    known_by_day = person(birth="15/08/1974", cccd=None)
    known_by_number = person(cccd="012174005678")
    assert faults(read(known_by_day, known_by_number)) == [CellFault.DUPLICATE_PERSON]
    assert faults(read(known_by_number, known_by_day)) == [CellFault.DUPLICATE_PERSON]


def test_a_name_in_two_columns_is_put_together():
    headings = ["TT", "Họ và tên", None, "Năm sinh"]
    reading = read([1, "Lò Thị", "Mai", 1974], [2, "Vàng A", "Sử", 1980], headings=headings)
    assert [row.name for row in reading.rows] == ["Lò Thị Mai", "Vàng A Sử"]


def test_a_list_without_a_column_for_births_is_refused():
    with pytest.raises(FileRefusedError) as refused:
        read([1, "Lò Thị Mai"], headings=["TT", "Họ và tên"])
    assert refused.value.fault is FileFault.UNMAPPED_COLUMN
    assert refused.value.facts == {"field": Field.BIRTH}


def test_a_list_of_nobody_is_refused():
    with pytest.raises(FileRefusedError) as refused:
        read([1], [2], [None, "Người lập biểu"])
    assert refused.value.fault is FileFault.NO_PEOPLE


def test_progress_ends_at_the_last_row():
    told = []
    read(
        *[person(number=n, cccd=None, birth=1950 + n % 50) for n in range(1_201)],
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(500, 1_201), (1_000, 1_201), (1_201, 1_201)]


def test_a_personal_number_does_not_show_itself_in_logs():
    reading = read(MAI, person(cccd="012175001234"))
    assert "001234" not in repr(reading)


@pytest.fixture
def words():
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield labels


def test_every_problem_of_a_cell_can_be_said_and_advised_on(words):
    problems = [
        problem
        for name, value in BAD_CELLS.values()
        for problem in read(person(**{name: value}), MAI, MAI, person(cccd=None)).problems
    ]
    assert {problem.fault for problem in problems} == set(CellFault)
    for problem in problems:
        assert "%(" not in words.describe_problem(problem) + words.advise_on_problem(problem)


def test_every_refusal_of_a_file_can_be_said_and_advised_on(words):
    facts = {"rows": 30, "row": 2, "columns": 3, "megabytes": 21, "limit": 20, "field": Field.BIRTH}
    for fault in FileFault:
        error = FileRefusedError(fault, **facts)
        said = words.describe_refused_file(error) + words.advise_on_refused_file(error)
        assert "%(" not in said
    assert words.FIELDS.keys() == set(Field) >= set(SCORE_FIELDS)
