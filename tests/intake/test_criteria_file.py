"""The workbook of a draft is read cell by cell: the good ones come in, the bad ones are named."""

from datetime import date

from app.domain.criteria import cells_of
from app.domain.criteria_faults import Fault
from app.intake.criteria_sheet import read_criteria_sheets
from app.intake.sheets import Sheet
from tenants.loading import find_criteria_set


CURRENT = cells_of(find_criteria_set("qd-324-2023@1"))
TEXT = "groups.1.indicators.1.text"


def read(*rows):
    numbered = tuple((number, tuple(row)) for number, row in enumerate(rows, start=5))
    return read_criteria_sheets([Sheet(name="Lời văn", rows=numbered)], CURRENT)


def found(reading):
    return [(one.row, one.column, one.fault.fault) for one in reading.problems]


def test_words_are_read_from_two_columns_and_everything_else_from_one():
    reading = read(
        (TEXT, "Nhóm 1", "Lời văn", "Wording"),
        ("groups.1.rule.pass_total", "", 85.0, None),
        ("issued_on", "", date(2024, 3, 5)),
    )
    assert reading.cells == {
        f"{TEXT}.vi": "Lời văn",
        f"{TEXT}.en": "Wording",
        "groups.1.rule.pass_total": "85",
        "issued_on": "2024-03-05",
    }
    assert reading.problems == ()


def test_headings_and_notes_are_no_cells():
    assert read(("Vị trí (không sửa)", "x", "y"), (None, "ghi chú"), ("Nhóm 1",)).cells == {}


def test_every_bad_cell_is_named_with_its_row_and_the_good_ones_are_kept():
    reading = read(
        (TEXT, "", "", "Wording"),
        ("groups.1.indicators.2.text", "", "Lời văn", "Wording"),
        ("groups.1.indicators.3.evidence", "", "có lẽ"),
        ("groups.9.indicators.3.evidence", "", "optional"),
        ("issued_on", "", "mùa thu"),
        ("groups.1.indicators.2.text", "", "Lần nữa", "Again"),
    )
    assert found(reading) == [
        (5, "C", Fault.MISSING),
        (7, "C", Fault.NOT_OFFERED),
        (8, "A", Fault.UNKNOWN_PLACE),
        (9, "C", Fault.NOT_A_DATE),
        (10, "C", Fault.TWICE),
        (10, "D", Fault.TWICE),
    ]
    assert reading.cells == {
        f"{TEXT}.en": "Wording",
        "groups.1.indicators.2.text.vi": "Lời văn",
        "groups.1.indicators.2.text.en": "Wording",
    }


def test_the_numbers_of_a_rule_come_in_together_or_not_at_all():
    reading = read(
        ("groups.1.rule.scale_max", "", 4),
        ("groups.1.rule.pass_total", "", 30),
        ("groups.2.rule.pass_total", "", 85),
    )
    # The least for each indicator stays 5, more than the highest score would be.
    assert found(reading) == [(0, "", Fault.OUT_OF_RANGE)]
    assert reading.cells == {"groups.2.rule.pass_total": "85"}
