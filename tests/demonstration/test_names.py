"""Names are well formed, varied, and follow the manner of a people."""

from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demonstration.dice import dice_for
from app.demonstration.names import PUBLIC_PERSONS, People, make_name
from app.demonstration.regions import peoples_of


dice = st.integers().map(dice_for)
peoples = st.sampled_from(People)
birth_years = st.integers(1935, 2012)


def make_names(people, *, is_female, count=60):
    random = dice_for(1)
    return [make_name(random, people, is_female=is_female) for _ in range(count)]


@given(dice, peoples, st.booleans(), birth_years)
def test_every_name_is_two_to_five_words_in_nfc(random, people, is_female, birth_year):
    name = make_name(random, people, is_female=is_female, birth_year=birth_year)
    assert is_normalized("NFC", name)
    assert 2 <= len(name.split(" ")) <= 5
    assert all(word[0].isupper() for word in name.split(" "))


@given(dice, peoples, st.booleans(), birth_years)
def test_nobody_is_named_as_a_person_in_public_life(random, people, is_female, birth_year):
    name = make_name(random, people, is_female=is_female, birth_year=birth_year)
    assert name not in PUBLIC_PERSONS


def test_the_signers_of_published_plans_are_among_those_avoided():
    assert {"Vũ Hoàng Quý", "Y Ngọc", "Vương Thế Mẫn"} <= PUBLIC_PERSONS


def test_the_same_dice_give_the_same_names():
    assert make_names(People.THAI, is_female=True) == make_names(People.THAI, is_female=True)


def test_a_mong_man_is_called_a_and_a_mong_woman_thi():
    assert all(" A " in name for name in make_names(People.MONG, is_female=False))
    assert all(" Thị " in name for name in make_names(People.MONG, is_female=True))


@pytest.mark.parametrize("people", [People.BA_NA, People.XO_DANG, People.GIE_TRIENG])
def test_in_kon_tum_men_are_called_a_and_women_y(people):
    assert all(name.startswith("A ") for name in make_names(people, is_female=False))
    assert all(name.startswith("Y ") for name in make_names(people, is_female=True))


def test_a_gia_rai_woman_is_called_by_her_clan_and_h():
    assert all(" H'" in name for name in make_names(People.GIA_RAI, is_female=True))
    assert not any("H'" in name for name in make_names(People.GIA_RAI, is_female=False))


def test_every_co_bears_the_name_ho():
    assert all(name.startswith("Hồ ") for name in make_names(People.CO, is_female=False))


def test_names_are_seldom_the_same():
    names = make_names(People.KINH_NORTH, is_female=True, count=400)
    assert len(set(names)) > 300


def test_the_young_are_named_after_another_fashion_than_their_grandparents():
    random = dice_for(1)
    old, young = (
        {make_name(random, People.KINH_NORTH, is_female=True, birth_year=year) for _ in range(300)}
        for year in (1950, 2005)
    )
    share_called_thi = [
        sum(" Thị " in name for name in names) / len(names) for names in (old, young)
    ]
    assert share_called_thi[0] > 0.9
    assert share_called_thi[1] < 0.4


@pytest.mark.parametrize(
    ("province", "code", "met_there", "not_met_there"),
    [
        ("12", "03445", People.HA_NHI, People.TAY),
        ("12", "03434", People.MANG, People.NUNG),
        ("20", "06463", People.NUNG, People.THAI),
        ("51", "21115", People.CO, People.BA_NA),
        ("51", "21484", People.HRE, People.XO_DANG),
        ("51", "23425", People.XO_DANG, People.HRE),
        ("51", "23341", People.GIE_TRIENG, People.CO),
        ("51", "23527", People.GIA_RAI, People.HRE),
    ],
)
def test_a_commune_has_the_names_of_its_region(province, code, met_there, not_met_there):
    weights = peoples_of(province, code)
    assert met_there in weights
    assert not_met_there not in weights


def test_the_lowlands_of_quang_ngai_and_its_island_are_kinh():
    for code in ("21400", "21548"):
        assert peoples_of("51", code)[People.KINH_CENTRE] == 99


def test_a_province_that_nobody_described_still_has_names():
    assert peoples_of("01", "00004") == {People.KINH_NORTH: 1}
