"""What no page of ours sends is refused or passed over: nothing of it is a mistake of ours."""

import pytest

from app.domain.permissions import Role
from tests.builders.world import PROVINCE


ROOM = f"/{PROVINCE}/-"
PAGES = [
    "board/",
    "dossiers/",
    "figures/recognised",
    "reports/",
    "roster/copy",
    "targets/",
    "exports/",
    "record/",
    "jobs/",
]
FAR = 99_999_999_999


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "query", [f"{name}={FAR}" for name in ("group", "year", "signed", "page", "from")]
)
def test_a_number_beyond_all_columns_is_passed_over(browser, page, query):
    assert browser.get(f"{ROOM}/{page}?{query}").status_code < 500


@pytest.mark.parametrize("number", [FAR, 32_768])
def test_a_version_that_no_report_can_have_is_not_found(browser, number):
    assert browser.get(f"{ROOM}/reports/own/versions/{number}").status_code == 404
    assert browser.get(f"{ROOM}/reports/own/files/paper/{number}").status_code == 404


@pytest.mark.parametrize("page", ["dossiers/?name=%00", "%00/", "board/?%00=1"])
def test_a_null_in_an_address_is_refused(browser, page):
    assert browser.get(f"{ROOM}/{page}").status_code == 400


def test_a_null_in_a_form_is_refused(browser):
    sent = browser.post(f"{ROOM}/adhoc/new", data={"instructions": "\0"})
    assert sent.status_code == 400


def test_a_null_before_the_agency_is_refused(client):
    assert client.get("/lai%00chau/-/home").status_code == 400
