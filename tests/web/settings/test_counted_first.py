"""Where people of two agencies are counted: chosen at the top, shown below, asked twice."""

import pytest

from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.persistence.queries.rules import value_in_effect
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, PROVINCE, THIS_YEAR


ADDRESS = f"/{PROVINCE}/-/settings"
PAGE = f"{ADDRESS}/counted-first/edit"
TYPED = {"value": "home", "source": "Công văn số 12", "seen": "counted_first="}


@pytest.fixture
def admin(world):
    return world.make_account(PROVINCE, Role.TENANT_ADMIN)


def test_its_consequences_come_first_and_nothing_is_saved_until_then(world, sign_in, admin):
    put_somebody_into_both(world)
    browser = sign_in(admin)
    asked = browser.post(PAGE, data=TYPED)
    assert asked.status_code == 200
    assert f"{THIS_YEAR}: up to 1 person is counted at the other agency." in asked.text
    assert "The figures of 3 agencies are computed again" in asked.text
    assert "keep the figures that were signed" in asked.text
    assert 'value="Công văn số 12"' in asked.text
    with world.inside(PROVINCE):
        assert value_in_effect(SettingName.COUNTED_FIRST) is None
    again = browser.post(PAGE, data={**TYPED, "edit": "1"})
    assert 'value="Công văn số 12"' in again.text
    assert browser.post(PAGE, data={**TYPED, "is_confirmed": "1"}).status_code == 303
    listed = browser.get(ADDRESS + "/").text
    assert "At home rather than at the workplace" in listed
    assert "Công văn số 12" in listed


def test_confirming_what_stands_changes_nobody_and_is_no_longer_assumed(world, sign_in, admin):
    put_somebody_into_both(world)
    browser = sign_in(admin)
    typed = {**TYPED, "value": "workplace"}
    assert "Nobody changes the agency" in browser.post(PAGE, data=typed).text
    browser.post(PAGE, data={**typed, "is_confirmed": "1"})
    with world.inside(PROVINCE):
        [kept] = value_in_effect(SettingName.COUNTED_FIRST)
    assert kept["first"] == "workplace"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_agency_below_reads_the_rule_and_cannot_change_it(world, sign_in, admin, language):
    sign_in(admin).post(PAGE, data={**TYPED, "is_confirmed": "1"})
    below = sign_in(world.make_account(COMMUNE, Role.TENANT_ADMIN), language=language)
    listed = below.get(f"/{COMMUNE}/-/settings/").text
    shown = listed[listed.index('id="counted-first"') :].split("</section>")[0]
    assert "Hội Khuyến học tỉnh Lai Châu" in shown
    assert "/edit" not in shown
    refused = below.get(f"/{COMMUNE}/-/settings/counted-first/edit")
    assert refused.status_code == 409
    assert "whole province" in refused.text or "toàn tỉnh" in refused.text


WORDS = {
    "en": ("at the workplace rather than at home", "at home rather than at the workplace"),
    "vi": ("nơi làm việc trước nơi cư trú", "nơi cư trú trước nơi làm việc"),
}


@pytest.mark.parametrize("language", WORDS)
def test_the_board_says_by_which_rule_and_on_whose_word(world, sign_in, admin, language):
    put_somebody_into_both(world)
    browser = sign_in(admin, language=language)
    assumed, chosen = WORDS[language]
    before = overlap_on(browser)
    assert assumed in before
    assert "assumed" in before or "giả định" in before
    browser.post(PAGE, data={**TYPED, "is_confirmed": "1"})
    after = overlap_on(browser)
    assert chosen in after
    assert "Công văn số 12" in after


def overlap_on(browser):
    page = browser.get(f"/{PROVINCE}/-/board/?year={THIS_YEAR}").text
    return page[page.index('id="overlap"') :].split("</section>")[0]


def test_the_record_says_what_was_chosen_in_words(sign_in, admin):
    browser = sign_in(admin)
    browser.post(PAGE, data={**TYPED, "is_confirmed": "1"})
    assert "At home rather than at the workplace" in browser.get(f"/{PROVINCE}/-/record/").text
