"""What was closed is opened again within thirty days, by whoever closed it, and with a reason."""

import re
from datetime import timedelta

import pytest

from app.domain.permissions import Role
from app.domain.reports import ReportEvent
from app.persistence.clock import clock_set_to
from app.persistence.queries.reports import find_report
from tests.builders.reporting import Desk
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


OWN = f"/{DEPARTMENT}/-/reports/own"
ABOVE = f"/{PROVINCE}/-/reports"
UNDOING = f"{ABOVE}/closing/undoing"


@pytest.fixture
def closed(world):
    """Let the reports of two agencies be closed."""
    desks = [Desk(world, slug) for slug in (DEPARTMENT, COMMUNE)]
    for desk in desks:
        desk.hand_in()
        desk.accept()
        desk.above_does(ReportEvent.CLOSE)
    return desks[0]


@pytest.fixture
def above(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))


@pytest.fixture
def officer(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.OFFICER))


def long_after(world):
    with world.inside(DEPARTMENT) as key:
        return clock_set_to(find_report(key, THIS_YEAR).changed_at + timedelta(days=31))


def read(browser, address):
    return " ".join(browser.get(address).text.split())


def test_whoever_closes_reads_first_until_when_it_can_be_undone(world, above):
    desk = Desk(world, DEPARTMENT)
    desk.hand_in()
    desk.accept()
    assert "The closing can be undone until the end of" in read(above, f"{ABOVE}/closing")


def test_the_closing_of_a_year_is_undone_at_once_and_both_sides_read_why(closed, above, officer):
    assert "can undo the closing until the end of" in read(officer, OWN)
    assert 'href="/lai-chau/-/reports/closing/undoing' in above.get(f"{ABOVE}/").text
    page = read(above, UNDOING)
    assert "The closing of 2 reports is undone." in page
    seen = re.search(r'name="version" value="(\d+)"', page)[1]
    refused = above.post(UNDOING, data={"version": seen, "reason": " "})
    assert refused.status_code == 422
    stale = above.post(UNDOING, data={"version": int(seen) - 1, "reason": "Khóa nhầm"})
    assert stale.status_code == 409
    assert "Khóa nhầm" in stale.text
    assert above.post(UNDOING, data={"version": seen, "reason": "Khóa nhầm"}).status_code == 303
    for browser, address in ((above, f"{ABOVE}/below/{DEPARTMENT}"), (officer, OWN)):
        page = read(browser, address)
        assert "undid the closing of the report" in page
        assert "Khóa nhầm" in page
    closed.correct()


def test_one_closing_is_undone_on_the_page_of_its_report(closed, above):
    address = f"{ABOVE}/acts/unclose/{DEPARTMENT}"
    assert "Undo the closing" in above.get(f"{ABOVE}/below/{DEPARTMENT}").text
    assert "no official figure changes by this" in above.get(address).text
    sent = {"revision": closed.revision(), "reason": "Khóa nhầm"}
    assert above.post(address, data=sent).status_code == 303
    assert "Report accepted" in above.get(f"{ABOVE}/below/{DEPARTMENT}").text


def test_after_thirty_days_nothing_offers_to_undo_a_closing(world, closed, above, officer):
    with long_after(world):
        assert "closing/undoing" not in above.get(f"{ABOVE}/").text
        page = read(above, f"{ABOVE}/below/{DEPARTMENT}")
        assert "this report is final" in page
        assert "acts/unclose" not in page
        assert "this report is final" in read(officer, OWN)
        assert "and final" in read(above, UNDOING)
        sent = {"revision": closed.revision(), "reason": "Khóa nhầm"}
        late = above.post(f"{ABOVE}/acts/unclose/{DEPARTMENT}", data=sent)
    assert late.status_code == 422
    assert "a closing is undone within 30 days" in late.text


def test_a_correction_is_called_off_on_a_page_that_says_what_goes_on_counting(
    world, sign_in, officer
):
    desk = Desk(world, DEPARTMENT)
    desk.hand_in()
    desk.accept()
    assert "own/uncorrect" not in officer.get(OWN).text
    desk.correct()
    assert "own/uncorrect" in officer.get(OWN).text
    assert "Version 1 goes on counting" in officer.get(f"{OWN}/uncorrect").text
    appraiser = sign_in(world.make_account(DEPARTMENT, Role.APPRAISER))
    sent = {"revision": desk.revision(), "reason": "Số đúng rồi"}
    assert appraiser.post(f"{OWN}/uncorrect", data=sent).status_code == 403
    assert officer.post(f"{OWN}/uncorrect", data=sent).status_code == 303
    page = read(officer, OWN)
    assert "Report accepted" in page
    assert "called off the correction of the report" in page


def test_whoever_began_a_review_ends_it_without_a_result_and_nobody_else(world, sign_in, above):
    desk = Desk(world, DEPARTMENT)
    desk.hand_in()
    colleague = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    shown, address = f"{ABOVE}/below/{DEPARTMENT}", f"{ABOVE}/acts/release/{DEPARTMENT}"
    begin = f"{ABOVE}/acts/review/{DEPARTMENT}"
    assert above.post(begin, data={"revision": desk.revision()}).status_code == 303
    assert "acts/release" in above.get(shown).text
    assert "acts/release" not in colleague.get(shown).text
    refused = colleague.post(address, data={"revision": desk.revision()})
    assert refused.status_code == 422
    assert "began this review, and nobody else ends it" in refused.text
    assert above.post(address, data={"revision": desk.revision()}).status_code == 303
    assert "Report handed in" in above.get(shown).text
