"""Invented people have plausible ages and groups, and numbers that are plainly not real."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demonstration.dice import dice_for
from app.demonstration.people import (
    CORE_STAFF,
    PUPILS,
    STAFF,
    SYNTHETIC_SERIAL,
    WORKERS,
    Locality,
    Register,
    make_people,
)
from app.domain.cccd import read_cccd
from tenants.schema import TenantKind


YEAR = 2026
dice = st.integers().map(dice_for)
LAI_CHAU_OFFICE = Locality("12", None, TenantKind.DEPARTMENT)
LAI_CHAU = Locality("12", "03445", TenantKind.COMMUNE)
LANG_SON = Locality("20", "06463", TenantKind.COMMUNE)
QUANG_NGAI = Locality("51", "21400", TenantKind.COMMUNE)
FORMER_KON_TUM = Locality("51", "23425", TenantKind.COMMUNE)


def make_some(locality, count=600, register=None):
    return make_people(dice_for(1), locality, count, register or Register(YEAR))


def numbers(people):
    return [person.cccd for person in people if person.cccd is not None]


@given(
    dice,
    st.sampled_from([LAI_CHAU_OFFICE, LAI_CHAU, LANG_SON, QUANG_NGAI, FORMER_KON_TUM]),
)
def test_a_number_tells_sex_and_year_of_birth_as_real_ones_do(random, locality):
    for person in make_people(random, locality, 12, Register(YEAR)):
        if person.cccd is not None:
            reading = read_cccd(person.cccd, birth_year=person.birth_year)
            assert reading.digits == person.cccd
            assert bool(int(person.cccd[3]) % 2) is person.is_female


@pytest.mark.parametrize(
    ("locality", "code"),
    [(LAI_CHAU, "012"), (LANG_SON, "020"), (QUANG_NGAI, "051"), (FORMER_KON_TUM, "062")],
)
def test_a_number_begins_with_the_province_as_it_was_before_2025(locality, code):
    assert all(number.startswith(code) for number in numbers(make_some(locality)))


def test_an_office_of_the_merged_province_has_people_born_in_either():
    office = Locality("51", None, TenantKind.DEPARTMENT)
    assert {number[:3] for number in numbers(make_some(office))} == {"051", "062"}


def test_every_number_can_be_told_to_be_invented():
    assert all(number[6:9] == SYNTHETIC_SERIAL for number in numbers(make_some(LAI_CHAU)))


def test_no_number_is_given_twice_even_across_agencies():
    register = Register(YEAR)
    given_out = [number for _ in range(8) for number in numbers(make_some(LAI_CHAU, 900, register))]
    assert len(given_out) == len(set(given_out)) == len(register.taken)


def test_seven_people_in_ten_have_a_number():
    assert len(numbers(make_some(LANG_SON, 2000))) / 2000 == pytest.approx(0.7, abs=0.04)


def test_those_who_run_an_agency_are_staff_of_some_standing():
    core = make_some(LAI_CHAU)[:CORE_STAFF]
    assert {person.group_number for person in core} == {STAFF}
    assert all(YEAR - person.birth_year >= 36 for person in core)


def test_an_office_has_mainly_staff_and_a_few_workers():
    groups = [person.group_number for person in make_some(LAI_CHAU_OFFICE)]
    assert set(groups) == {STAFF, WORKERS}
    assert groups.count(WORKERS) / len(groups) < 0.15


def test_a_commune_has_people_of_all_four_groups():
    assert {person.group_number for person in make_some(LAI_CHAU)} == {1, 2, 3, 4}


def test_everybody_is_of_an_age_for_their_group():
    for person in make_some(LAI_CHAU):
        age = YEAR - person.birth_year
        assert 16 <= age <= 85
        assert person.group_number != PUPILS or age <= 22
        assert person.group_number != STAFF or 23 <= age <= 61


def test_the_same_dice_make_the_same_people():
    assert make_some(LAI_CHAU) == make_some(LAI_CHAU)
