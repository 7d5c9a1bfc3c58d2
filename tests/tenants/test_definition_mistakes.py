"""A mistake in a definition is told with its file, its key, what was expected and found."""

import calendar
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.loading import DefinitionError, load_all_definitions
from tenants.loading.choices import read_deadline
from tenants.loading.tables import Table


SCT = "lai-chau/so-cong-thuong"


@pytest.mark.parametrize(
    ("address", "old", "new", "message"),
    [
        (SCT, 'place = "', 'plaace = "', "place: expected a value, found nothing"),
        (
            SCT,
            "appeal_days = 5",
            "appeal_day = 5",
            "appeal_day: expected one of the keys .*found 5",
        ),
        (SCT, "appeal_days = 5", "appeal_days = 0", "appeal_days: .*from 1 to 365, found 0"),
        (SCT, 'name = "Sở Công Thương"', 'name = " "', "^[^:]*: name: expected words in quotes"),
        (SCT, "groups = [3]", "groups = []", "groups: expected a list of different whole numbers"),
        (
            SCT,
            "groups = [3]",
            "groups = [1, 3]",
            r"criteria: expected a set for each of .*\[1, 3\]",
        ),
        (SCT, 'parent = "lai-chau"', 'parent = "lai-chao"', "parent: .*found 'lai-chao'"),
        (SCT, 'parent = "lai-chau"', 'parent = "lang-son"', "province: expected 20, as its parent"),
        (SCT, 'parent = "lai-chau"', f'parent = "{SCT}"', "parent: expected a chain that ends"),
        (SCT, 'province = "12"', 'province = "13"', "province: .*code in the catalogue.*'13'"),
        (SCT, 'kind = "department"', 'kind = "commune"', "commune: expected a code for a commune"),
        (SCT, 'kind = "office"', 'kind = "room"', r"units\[0\]\.kind: expected one of 'office'"),
        (SCT, "Phòng Quản lý thương mại", "Văn phòng Sở", "units: expected each only once"),
        (SCT, "qd-324-2023@1", "qd-324-2023@7", "criteria.set: expected a published set"),
        (SCT, "from_year = 2022", "from_year = 2021", "criteria.from_year: .*found 2021"),
        (SCT, "from_year = 2022", "from_year = 2024", "criteria.from_year: .*found 2024"),
        (SCT, "from_year = 2022", 'from_year = "2022"', r"from_year: expected a whole number"),
        (SCT, "month = 12", "month = 13", r"deadlines\[0\]\.month: .*from 1 to 12, found 13"),
        (SCT, "day = 28", "day = 32", r"deadlines\[0\]\.day: .*month 12 has in the year 2026"),
        (SCT, "percent = 100", "percent = 101", r"targets\[0\]\.percent: .*found 101"),
        (SCT, 'on_behalf_of = "GIÁM ĐỐC"\n', "", r"signers\[1\]\.on_behalf_of: expected words"),
        (SCT, "[[legal_bases]]\ntext", "[[legal_bases]]\ntexte", r"legal_bases\[0\]\.text: "),
        (SCT, 'superior = "UBND', 'commune = "03388"\nsuperior = "UBND', "commune: .*for no other"),
        ("lai-chau", 'communes = "all"', 'communes = ["05977"]', "communes: .*province 12"),
        ("lai-chau", 'symbol = "UBND"', 'name = "Xã"', r"commune_defaults\.name: expected nothing"),
        ("lai-chau", "[commune_units]", "[commune_parts]", "commune_units: expected a value"),
        (
            "lai-chau",
            "\nward = [",
            "\nwards = [",
            r"commune_units\.wards: expected one of the keys",
        ),
        ("lai-chau", "03487 =", "05977 =", r"commune_places\.05977: expected one of the keys"),
        (
            "lang-son/so-noi-vu",
            "qd-324-2023@1",
            "lai-chau-2026@1",
            "a national set or the province",
        ),
    ],
)
def test_a_mistake_is_told_where_it_was_made(spoil, address, old, new, message):
    root = spoil(address, old, new)
    with pytest.raises(DefinitionError, match=message) as told:
        load_all_definitions(root)
    assert told.value.path == root / address / "tenant.toml"


def test_a_line_without_a_document_must_be_marked_as_assumed(spoil):
    root = spoil(SCT, 'wording = "Hoàn thành trước ngày 28/12/2026"\nsource', 'wording = "x"\n#')
    with pytest.raises(DefinitionError, match=r"deadlines\[0\]\.source: expected a value"):
        load_all_definitions(root)


def test_an_address_has_small_letters_digits_and_hyphens(spoil):
    root = spoil(SCT, "SCT", "SCT")
    (root / SCT).rename(root / "lai-chau" / "Sở")
    with pytest.raises(DefinitionError, match=r"the folder: .* found 'lai-chau/Sở'"):
        load_all_definitions(root)


def test_an_address_belongs_to_one_agency(spoil):
    root = spoil(SCT, "SCT", "SCT")
    (root / SCT).rename(root / "lai-chau" / "doan-ket")
    with pytest.raises(DefinitionError, match="slug: expected an address that no other tenant has"):
        load_all_definitions(root)


def deadline_on(day, month, year):
    said = {"kind": "completion", "rule": "by", "wording": "x", "is_assumed": True}
    dated = {**said, "day": day, "month": month, **({"year": year} if year else {})}
    return read_deadline(Table(Path("tenant.toml"), dated, "deadlines[0]"))


@given(day=st.integers(-1, 40), month=st.integers(1, 12), year=st.none() | st.integers(2022, 2100))
def test_a_deadline_is_a_day_that_exists_whenever_it_is_due(day, month, year):
    # A date of every year must also exist in the years without a 29 February.
    last = calendar.monthrange(year or 2023, month)[1]
    if 1 <= day <= last:
        assert deadline_on(day, month, year).day == day
    else:
        with pytest.raises(DefinitionError, match=r"deadlines\[0\]\.day: expected a day"):
            deadline_on(day, month, year)


def test_29_february_is_a_deadline_in_2028_but_not_of_every_year():
    assert deadline_on(29, 2, 2028).day == 29
    with pytest.raises(DefinitionError, match="a day that month 2 has in every year, found 29"):
        deadline_on(29, 2, None)
