"""Units are listed, added, renamed and retired in pages."""

import pytest

from app.domain.permissions import Role
from tests.builders.appraisals import last_unit_of
from tests.builders.reading import read_figures, words_of
from tests.builders.world import COMMUNE, DEPARTMENT, THIS_YEAR
from tests.web.figures.test_every_figure import assert_listed


ADDRESS = f"/{DEPARTMENT}/-/settings/units"


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))


def test_a_unit_is_added_and_listed(browser):
    sent = browser.post(ADDRESS, data={"name": "Phòng Đo lường", "kind": "division"})
    assert sent.status_code == 303
    assert "Phòng Đo lường" in browser.get(ADDRESS).text


def test_a_name_that_is_taken_stays_in_the_form(browser):
    sent = browser.post(ADDRESS, data={"name": "Văn phòng Sở", "kind": "office"})
    assert sent.status_code == 422
    assert 'value="Văn phòng Sở"' in sent.text
    assert "There is already a unit named" in sent.text


def test_a_unit_is_renamed(world, browser):
    unit = world.unit_of(DEPARTMENT)
    page = f"{ADDRESS}/{unit}"
    assert browser.get(page).status_code == 200
    sent = browser.post(page, data={"name": "Chi cục Một", "kind": "subordinate"})
    assert sent.status_code == 303
    assert "Chi cục Một" in browser.get(ADDRESS).text


def test_a_unit_with_people_says_why_it_stays(world, browser):
    unit = world.unit_of(DEPARTMENT)
    world.make_person(DEPARTMENT, unit_id=unit)
    sent = browser.post(f"{ADDRESS}/{unit}/retire")
    assert sent.status_code == 422
    assert "There are people in the unit" in sent.text


def test_an_empty_unit_is_retired_and_used_again(world, browser):
    unit = world.unit_of(DEPARTMENT)
    assert browser.get(f"{ADDRESS}/{unit}/retire").status_code == 200
    assert browser.post(f"{ADDRESS}/{unit}/retire").status_code == 303
    assert "retired" in browser.get(ADDRESS).text
    assert browser.post(f"{ADDRESS}/{unit}/reopen").status_code == 303


def test_the_number_of_people_leads_to_who_they_are_of_whatever_year(world, browser, sign_in):
    unit = world.unit_of(DEPARTMENT)
    world.make_person(DEPARTMENT, "Vừ A Dơ", unit_id=unit)
    world.make_dossier(DEPARTMENT, name="Lò Thị Chờ", unit_id=unit)
    [figure] = [
        one for one in read_figures(browser.get(ADDRESS).text).figures if str(unit) in one.url
    ]
    assert figure.number == "2"
    assert_listed(browser, figure)
    said = words_of(browser.get(figure.url))
    assert "Vừ A Dơ" in said
    assert f"Lò Thị Chờ 1988 3 {THIS_YEAR}" in said
    other = world.make_account(DEPARTMENT, Role.UNIT_HEAD, unit_id=last_unit_of(world, DEPARTMENT))
    assert sign_in(other).get(figure.url).status_code == 404


def test_who_reads_no_names_is_not_led_to_them(world, sign_in):
    reader = sign_in(world.make_account(DEPARTMENT, Role.ASSOCIATION))
    page = reader.get(ADDRESS)
    assert page.status_code == 200
    assert "/roster/" not in page.text.partition("<main")[2]


@pytest.mark.parametrize("act", ["", "/retire", "/reopen"])
def test_a_unit_of_another_agency_is_not_found(world, browser, act):
    foreign = world.unit_of(COMMUNE)
    data = {"name": "Bản Một", "kind": "village"}
    assert browser.post(f"{ADDRESS}/{foreign}{act}", data=data).status_code == 404
