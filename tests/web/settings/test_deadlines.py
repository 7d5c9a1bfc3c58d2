"""What the page of deadlines says in words, and which dates it takes."""

import re

import pytest

from app.domain.permissions import Role
from tests.builders.reading import words_of
from tests.builders.world import COMMUNE, DEPARTMENT, THIS_YEAR


ADDRESS = f"/{DEPARTMENT}/-/settings/deadlines"
REPORT = f"{ADDRESS}/report?year={THIS_YEAR}"


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))


def date_of(month: int, day: int, **more) -> dict[str, str]:
    values = {"scope": "always", "rule": "by", "month": str(month), "day": str(day)}
    seen = {"seen_always": "", "seen_year": ""}
    return {**values, **seen, "year": str(THIS_YEAR), **more}


def test_a_date_is_told_in_words_with_its_last_day(browser):
    page = browser.get(ADDRESS).text
    assert "before 05/12 → until the end of 04/12/2026" in page


def test_a_plan_that_cannot_be_kept_is_told_in_words(browser):
    page = browser.get(ADDRESS).text
    sentence = (
        "The agency plans to finish before 28/12, while the results have to reach the provincial"
        " association before 05/12: 27/12/2026 comes after 04/12/2026."
    )
    assert sentence in " ".join(page.split())


def test_an_agency_without_a_conflict_is_told_of_none(world, sign_in):
    commune = sign_in(world.make_account(COMMUNE, Role.TENANT_ADMIN))
    assert "cannot be kept" not in commune.get(f"/{COMMUNE}/-/settings/deadlines").text


def test_a_later_date_is_refused_with_both_dates_and_stays_in_the_form(browser):
    sent = browser.post(REPORT, data=date_of(12, 20, wording="Trước ngày 20/12"))
    assert sent.status_code == 422
    assert "20/12/2026 is later than 04/12/2026" in sent.text
    assert "Trước ngày 20/12" in sent.text


def test_an_earlier_date_binds_until_it_is_removed(browser):
    assert browser.post(REPORT, data=date_of(11, 15)).status_code == 303
    assert "until the end of 15/11/2026" in browser.get(ADDRESS).text
    question = browser.get(f"{ADDRESS}/report/remove?year={THIS_YEAR}&scope=always")
    assert question.status_code == 200
    gone = browser.post(f"{ADDRESS}/report/remove?year={THIS_YEAR}&scope=always")
    assert gone.status_code == 303
    assert "15/11/2026" not in browser.get(ADDRESS).text


def test_a_date_for_one_year_stands_beside_the_one_for_every_year(browser):
    browser.post(REPORT, data=date_of(11, 15))
    page = browser.get(REPORT).text
    seen = re.search(r'name="seen_always"[^>]*value="([^"]*)"', page)[1]
    this_year = date_of(11, 10, scope="year", seen_always=seen)
    assert browser.post(REPORT, data=this_year).status_code == 303
    assert "until the end of 10/11/2026" in browser.get(f"{ADDRESS}?year=2026").text
    assert "until the end of 15/11/2027" in browser.get(f"{ADDRESS}?year=2027").text


def test_a_date_that_others_set_meanwhile_is_not_overwritten(browser):
    browser.post(REPORT, data=date_of(11, 15))
    assert browser.post(REPORT, data=date_of(11, 1)).status_code == 409


@pytest.mark.parametrize("address", ["/nothing", "/report/remove"])
def test_a_date_that_is_not_there_is_not_found(browser, address):
    assert browser.get(ADDRESS + address).status_code == 404


def test_a_date_on_a_public_holiday_moves_and_says_why(browser):
    moves = date_of(11, 24, rolls_off_non_working_days="y")
    assert browser.post(REPORT, data=moves).status_code == 303
    page = words_of(browser.get(ADDRESS))
    assert "by 24/11 → until the end of 25/11/2026" in page
    assert "The deadline falls on a day off, 24/11/2026, and moves to 25/11/2026. assumed" in page
    home = words_of(browser.get(f"/{DEPARTMENT}/-/home"))
    assert "The deadline falls on a day off, 24/11/2026, and moves to 25/11/2026. assumed" in home


def test_the_days_off_of_a_year_are_listed_and_a_year_without_any_says_so(browser):
    known = words_of(browser.get(f"{ADDRESS}?year=2026"))
    assert "30/04/2026, 01/05/2026, 31/08/2026 (assumed), 01/09/2026" in known
    assert "Worked instead: 10/01/2026 (assumed), 22/08/2026 (assumed)" in known
    unknown = words_of(browser.get(f"{ADDRESS}?year=2031"))
    assert "The public holidays of 2031 are not known here yet." in unknown


def test_a_date_that_moves_in_a_year_without_a_calendar_says_what_it_moves_off(browser):
    moves = date_of(11, 24, rolls_off_non_working_days="y")
    assert browser.post(REPORT, data=moves).status_code == 303
    page = words_of(browser.get(f"{ADDRESS}?year=2031"))
    assert "2031 are not known here yet: it moves off weekends alone." in page
