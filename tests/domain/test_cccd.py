"""A personal number is read as the law builds it, and held against the year of birth."""

import pytest

from app.domain.cccd import CccdFault, birth_year_in, read_cccd


@pytest.mark.parametrize(
    "typed", ["012174001234", "012 174 001 234", "'012174001234", "012.174.001.234"]
)
def test_a_number_is_read_however_it_is_spaced(typed):
    assert read_cccd(typed, birth_year=1974).digits == "012174001234"


def test_zeros_that_a_spreadsheet_dropped_are_put_back():
    reading = read_cccd("12174001234", birth_year=1974, was_number=True)
    assert (reading.digits, reading.zeros_added) == ("012174001234", 1)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("12174001234", CccdFault.WRONG_LENGTH),
        ("045123456", CccdFault.IS_CMND),
        ("0121740012345", CccdFault.WRONG_LENGTH),
        ("2.0165E+11", CccdFault.NOT_DIGITS),
        ("٠١٢١٧٤٠٠١٢٣٤", CccdFault.NOT_DIGITS),
        ("003174001234", CccdFault.UNKNOWN_PLACE),
        ("012175001234", CccdFault.OTHER_BIRTH_YEAR),
        ("012274001234", CccdFault.OTHER_BIRTH_YEAR),
    ],
)
def test_a_number_that_cannot_be_right_names_its_fault(typed, fault):
    assert read_cccd(typed, birth_year=1974).fault is fault


def test_without_a_year_of_birth_there_is_nothing_to_compare():
    assert read_cccd("012175001234", birth_year=None).fault is None


@pytest.mark.parametrize(
    ("digits", "year"), [("012074001234", 1974), ("012305001234", 2005), ("012499001234", 2199)]
)
def test_the_century_stands_in_the_fourth_digit(digits, year):
    assert birth_year_in(digits) == year


def test_a_number_does_not_show_itself_in_logs():
    assert "012174001234" not in repr(read_cccd("012174001234", birth_year=1974))
