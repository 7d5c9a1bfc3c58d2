"""Both sides of a report, as people see them."""

import re
from datetime import datetime

import pytest

from app.domain.deadlines import VIETNAM
from app.domain.permissions import Role
from app.domain.report_reviews import review_ends_on
from app.domain.reports import ReportEvent
from app.persistence.clock import clock_set_to
from app.persistence.queries.calendar import working_days
from tests.builders.reporting import TITLE, Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE


OWN = f"/{DEPARTMENT}/-/reports/own"
ABOVE = f"/{PROVINCE}/-/reports"


@pytest.fixture
def desk(world):
    put_somebody_into_both(world)
    return Desk(world, DEPARTMENT)


@pytest.fixture
def officer(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.OFFICER))


@pytest.fixture
def above(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))


def test_a_report_is_compiled_signed_reviewed_and_accepted(desk, officer, above):
    assert "Report not begun" in officer.get(OWN).text
    assert officer.post(f"{OWN}/compile").status_code == 303
    assert "frozen as a version: 1 eligible" in officer.get(f"{OWN}/submit").text
    sent = officer.post(f"{OWN}/submit", data={"revision": 1, "title": TITLE})
    assert sent.status_code == 303
    page = above.get(f"{ABOVE}/below/{DEPARTMENT}").text
    assert "Report handed in" in page
    assert "Fingerprint" in page
    for number, kind in enumerate(("review", "accept"), start=2):
        address = f"{ABOVE}/acts/{kind}/{DEPARTMENT}"
        assert "What will happen" in above.get(address).text
        assert above.post(address, data={"revision": number}).status_code == 303
    assert "1 of 2 reports accepted" in above.get(f"{ABOVE}/").text
    version = officer.get(f"{OWN}/versions/1").text
    assert TITLE in version
    assert "By unit, group and state" in version
    assert above.get(f"{ABOVE}/versions/1/{DEPARTMENT}").status_code == 200


def test_who_stands_in_two_accepted_reports_is_counted_once(world, desk, above):
    for one in (desk, Desk(world, COMMUNE)):
        one.hand_in()
        one.accept()
    page = " ".join(above.get(f"{ABOVE}/").text.split())
    assert "1 of Sở Công Thương" in page or "1 of Xã Sìn Hồ" in page
    assert "2 of 2 reports accepted" in page


def test_nothing_typed_is_lost_when_a_return_names_no_figure(desk, above):
    desk.hand_in()
    desk.above_does(ReportEvent.REVIEW)
    address = f"{ABOVE}/acts/return/{DEPARTMENT}"
    page = above.post(address, data={"revision": 3, "reason": "Thiếu nhóm 4"})
    assert page.status_code == 422
    assert "Thiếu nhóm 4" in page.text
    assert "Name at least one figure" in page.text
    sent = {"revision": 3, "reason": "Thiếu nhóm 4", "items": "Nhóm 4\n\nTiêu biểu"}
    assert above.post(address, data=sent).status_code == 303
    assert "– Tiêu biểu" in above.get(f"{ABOVE}/below/{DEPARTMENT}").text


def test_a_screen_out_of_date_says_so(desk, officer):
    desk.recompute()
    desk.compile()
    page = officer.post(f"{OWN}/submit", data={"revision": 0, "title": TITLE})
    assert page.status_code == 409
    assert TITLE in page.text


def test_what_the_reviewer_holds_cannot_be_taken_back_and_the_page_says_why(desk, officer):
    desk.hand_in()
    assert "What will happen" in officer.get(f"{OWN}/recall").text
    desk.above_does(ReportEvent.REVIEW)
    page = officer.post(f"{OWN}/recall", data={"revision": 3, "reason": "Nhầm"})
    assert page.status_code == 422
    assert "frozen until the review ends" in page.text


def test_a_correction_shows_its_difference(desk, officer):
    desk.hand_in()
    desk.accept()
    assert "A further version begins" in officer.get(f"{OWN}/correct").text
    assert officer.post(f"{OWN}/correct", data={"revision": 4, "reason": "Sót"}).status_code == 303
    page = officer.get(f"{OWN}/submit").text
    assert "Why there is a further version" in page
    officer.post(f"{OWN}/submit", data={"revision": 5, "title": TITLE, "reason": "Sót một người"})
    page = officer.get(f"{OWN}/versions/2").text
    assert "Beside the version before" in page
    assert "Sót một người" in page


def test_the_association_fixes_who_reports_extends_waives_and_closes(world, desk, above):
    assert "not been fixed" in above.get(f"{ABOVE}/").text
    assert "2 agencies are expected" in above.get(f"{ABOVE}/expected").text
    assert above.post(f"{ABOVE}/expected", data={"closes_on": "2026-12-31"}).status_code == 303
    again = above.post(f"{ABOVE}/expected", data={"closes_on": "2026-12-31"})
    assert again.status_code == 422
    extension = {"until": "2027-01-05", "requester": "Công văn 5", "reason": "Bão lũ"}
    assert "More time for" in above.get(f"{ABOVE}/extensions/{COMMUNE}").text
    assert above.post(f"{ABOVE}/extensions/{COMMUNE}", data=extension).status_code == 303
    assert "Bão lũ" in above.get(f"{ABOVE}/below/{COMMUNE}").text
    waiver = {"revision": 0, "reason": "Đang sáp nhập"}
    assert above.post(f"{ABOVE}/acts/waive/{COMMUNE}", data=waiver).status_code == 303
    desk.hand_in()
    desk.accept()
    page = above.get(f"{ABOVE}/?standing=waived").text
    assert "is missing: waived, Đang sáp nhập" in " ".join(page.split())
    page = above.get(f"{ABOVE}/closing").text
    assert "1 accepted report is closed" in page
    assert "Report waived" in page
    assert above.post(f"{ABOVE}/closing").status_code == 409
    seen = re.search(r'name="version" value="(\d+)"', page)[1]
    assert above.post(f"{ABOVE}/closing", data={"version": seen}).status_code == 303
    assert "Report closed" in above.get(f"{ABOVE}/").text


def test_changes_on_the_ground_are_told_to_both(world, desk, officer, above):
    desk.hand_in()
    put_somebody_into_both(world)
    assert "1 change since submission" in officer.get(OWN).text
    assert "1 change since submission" in above.get(f"{ABOVE}/").text
    assert "1 change since submission" in above.get(f"{ABOVE}/below/{DEPARTMENT}").text


def test_what_waits_stands_on_the_first_page_of_each(world, desk, officer, above):
    assert "1 year for which nobody is asked" in above.get(f"/{PROVINCE}/-/home").text
    desk.expect()
    assert "nobody is asked" not in above.get(f"/{PROVINCE}/-/home").text
    assert "1 report to submit" in officer.get(f"/{DEPARTMENT}/-/home").text
    desk.hand_in()
    assert "report to submit" not in officer.get(f"/{DEPARTMENT}/-/home").text
    assert "1 report to review" in above.get(f"/{PROVINCE}/-/home").text


def test_no_other_agency_finds_a_report(world, desk, sign_in, above):
    desk.hand_in()
    stranger = sign_in(world.make_account(OTHER_PROVINCE, Role.ASSOCIATION))
    elsewhere = f"/{OTHER_PROVINCE}/-/reports"
    for path in ("below", "versions/1", "acts/accept", "acts/waive", "extensions"):
        assert stranger.get(f"{elsewhere}/{path}/{DEPARTMENT}").status_code == 404
        assert stranger.post(f"{elsewhere}/{path}/{DEPARTMENT}").status_code in {404, 405}
    assert above.get(f"{ABOVE}/acts/submit/{DEPARTMENT}").status_code == 404
    assert above.get(f"{ABOVE}/below/{PROVINCE}").status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_agency_at_the_top_has_no_report_of_its_own(world, sign_in, language):
    browser = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language=language)
    assert browser.get(f"{ABOVE}/own").status_code == 200
    below = sign_in(world.make_account(COMMUNE, Role.HEAD), language=language)
    assert below.get(f"/{COMMUNE}/-/reports/").status_code == 200


def test_an_undo_says_first_what_it_takes_away(world, desk, officer, above):
    desk.hand_in()
    assert "this moment is lost" in officer.get(f"{OWN}/recall").text
    desk.above_does(ReportEvent.REVIEW)
    page = above.get(f"{ABOVE}/acts/accept/{DEPARTMENT}").text
    assert "Version 1 brings: eligible 1, recognised" in page
    desk.above_does(ReportEvent.ACCEPT)
    page = above.get(f"{ABOVE}/acts/reopen/{DEPARTMENT}").text
    assert "Version 1 takes away: eligible 1, recognised" in page


def test_who_is_expected_after_all_is_shown_by_when(desk, above):
    desk.expect()
    desk.above_does(ReportEvent.WAIVE)
    address = f"{ABOVE}/acts/unwaive/{DEPARTMENT}"
    assert "It is due until the end of 04/12/2026" in above.get(address).text
    with clock_set_to(datetime(2026, 12, 20, 9, tzinfo=VIETNAM)):
        assert "until the end of 04/12/2026: it counts as overdue" in above.get(address).text


def test_who_came_and_when_stands_above_the_list(desk, above):
    desk.expect()
    desk.hand_in()
    page = " ".join(above.get(f"{ABOVE}/").text.split())
    for told in ("fixed on", "of 2 expected", "of 1 received", "0 of them overdue"):
        assert told in page
    assert "Pending below: Report handed in (1)" in page
    assert "Pending below: Report not begun (1)" in page


def test_a_report_that_came_back_says_first_why_and_what_to_look_at(desk, officer):
    desk.hand_in()
    desk.above_does(ReportEvent.REVIEW)
    desk.above_does(ReportEvent.RETURN, items=["Nhóm 3", "Tiêu biểu"], reason="Chưa khớp")
    page = " ".join(officer.get(OWN).text.split())
    assert page.index("returned version 1") < page.index("Figures this moment")
    assert "<li>Nhóm 3</li><li>Tiêu biểu</li>" in page
    assert "compile again, then sign a further version" in page
    desk.compile()
    sheet = officer.get(f"{OWN}/submit").text
    assert "returned version 1" in sheet
    assert "(optional)" not in sheet
    desk.submit(reason="Đã rà soát")
    assert "returned version 1" not in officer.get(OWN).text


def test_dates_are_days_and_not_the_midnights_after_them(desk, officer):
    desk.expect()
    page = " ".join(officer.get(OWN).text.split())
    assert "until the end of" in page
    assert "31/12/2026" in page
    assert "01/01/2027" not in page


def test_both_sides_read_until_when_a_review_holds_and_that_it_is_over(desk, officer, above):
    desk.hand_in()
    day = f"{review_ends_on(datetime.now(VIETNAM), working_days()):%d/%m/%Y}"
    sheet = " ".join(above.get(f"{ABOVE}/acts/review/{DEPARTMENT}").text.split())
    assert "ends by itself at the end of" in sheet
    desk.above_does(ReportEvent.REVIEW)
    pages = [f"{ABOVE}/below/{DEPARTMENT}", OWN]
    for browser, address in zip((above, officer), pages, strict=True):
        assert f"The review holds until the end of {day}" in browser.get(address).text
        with clock_set_to(datetime(2030, 1, 1, tzinfo=VIETNAM)):
            assert "The time of this review was over" in browser.get(address).text
