"""The list of expected reports, as whoever reviews and whoever owes one see it."""

import pytest
from sqlalchemy import update

from app.domain.expected_reports import ListChange
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Tenant
from app.persistence.unit_of_work import unit_of_work
from tenants.schema import TenantKind
from tests.builders.reporting import Desk
from tests.builders.trees import Tree
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE


ABOVE = f"/{PROVINCE}/-/reports"


@pytest.fixture
def desk(world):
    desk = Desk(world, COMMUNE)
    desk.expect()
    return desk


@pytest.fixture
def above(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))


def words_of(answer):
    return " ".join(answer.text.split())


@pytest.mark.usefixtures("desk")
def test_who_came_later_is_shown_and_put_on_the_list_with_a_reason(world, above):
    Tree(world, PROVINCE).plant("lai-chau/moi", PROVINCE, TenantKind.ORGANISATION)
    page = words_of(above.get(f"{ABOVE}/"))
    assert "1 agency stands below that is not on the list" in page
    assert "not expected" in page
    assert "Official: 0 of 2 reports accepted" in page
    address = f"{ABOVE}/list/added/lai-chau/moi"
    assert address in above.get(f"{ABOVE}/below/lai-chau/moi").text
    refused = above.post(address, data={"reason": " "})
    assert refused.status_code == 422
    assert "What will happen" in refused.text
    assert above.post(address, data={"reason": "Mới thành lập"}).status_code == 303
    page = words_of(above.get(f"{ABOVE}/"))
    assert "Came onto the list later" in page
    assert "Mới thành lập" in page
    assert "of 3 expected" in page
    again = above.post(address, data={"reason": "Mới thành lập"})
    assert again.status_code == 422
    assert "says so already" in again.text


def test_who_is_suspended_is_pointed_out_and_taken_off_with_a_reason(world, desk, above):
    with world.inside(COMMUNE), world.owner(), unit_of_work():
        db.session.execute(update(Tenant).where(Tenant.slug == COMMUNE).values(is_suspended=True))
    assert "is suspended and can hand in nothing" in words_of(above.get(f"{ABOVE}/"))
    address = f"{ABOVE}/list/removed/{COMMUNE}"
    assert "no longer counts as missing" in above.get(address).text
    assert above.post(address, data={"reason": "Đã sáp nhập"}).status_code == 303
    page = words_of(above.get(f"{ABOVE}/"))
    assert "Taken off the list" in page
    assert "Đã sáp nhập" in page
    assert "is suspended and can hand in nothing" not in page
    assert "of 1 expected" in page


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "taken off the list of expected reports"), ("vi", "ra khỏi danh sách phải báo cáo")],
)
def test_the_agency_reads_that_it_was_taken_off_and_why(world, sign_in, desk, language, told):
    desk.list_changes(ListChange.REMOVED, "Đã sáp nhập")
    officer = sign_in(world.make_account(COMMUNE, Role.OFFICER), language=language)
    page = words_of(officer.get(f"/{COMMUNE}/-/reports/own"))
    assert told in page
    assert "Đã sáp nhập" in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("No report of this agency is taken in", "Ask Hội Khuyến học tỉnh Lai Châu")),
        ("vi", ("Không tiếp nhận báo cáo", "Đề nghị Hội Khuyến học tỉnh Lai Châu")),
    ],
)
def test_who_is_not_on_the_list_reads_whom_to_ask(world, sign_in, desk, language, told):
    desk.list_changes(ListChange.REMOVED, "Đã sáp nhập")
    officer = sign_in(world.make_account(COMMUNE, Role.OFFICER), language=language)
    page = words_of(officer.get(f"/{COMMUNE}/-/reports/own"))
    assert told[0] in page
    assert "/reports/own/compile" not in page
    answer = officer.post(f"/{COMMUNE}/-/reports/own/compile")
    assert answer.status_code == 409
    assert told[1] in words_of(answer)
    above = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language=language)
    page = words_of(above.get(f"{ABOVE}/below/{COMMUNE}"))
    assert told[0] in page
    assert "/acts/waive/" not in page
    assert f"/list/added/{COMMUNE}" in page


def test_only_whoever_reviews_changes_the_list(world, sign_in, desk):
    admin = sign_in(world.make_account(PROVINCE, Role.TENANT_ADMIN))
    address = f"{ABOVE}/list/removed/{COMMUNE}"
    assert admin.post(address, data={"reason": "Đã sáp nhập"}).status_code == 403
    above = sign_in(desk.world.make_account(PROVINCE, Role.ASSOCIATION))
    assert above.get(f"{ABOVE}/list/else/{COMMUNE}").status_code == 404
    assert above.get(f"{ABOVE}/list/removed/{PROVINCE}").status_code == 404
    assert f"/list/removed/{DEPARTMENT}" in above.get(f"{ABOVE}/below/{DEPARTMENT}").text


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_year_is_opened_with_the_day_on_which_its_reports_are_closed(world, sign_in, language):
    admin = sign_in(world.make_account(PROVINCE, Role.TENANT_ADMIN), language=language)
    address = f"/{PROVINCE}/-/roster/cycle"
    assert 'name="reports_close_on"' in admin.get(address).text
    year = {"year": "2027", "registration_opens_on": "2027-01-01"}
    refused = admin.post(address, data={**year, "reports_close_on": "2027-02-01"})
    assert refused.status_code == 422
    assert "04/12/2027" in refused.text
    assert admin.post(address, data={**year, "reports_close_on": "2028-01-15"}).status_code == 303


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Moved from 31/12/2026 to 20/01/2027 by", "anyway")),
        ("vi", ("đã lùi từ 31/12/2026 sang 20/01/2027", "vốn được tiếp nhận")),
    ],
)
def test_a_closing_is_moved_and_everybody_reads_from_what_by_whom_and_why(
    world, sign_in, language, told
):
    above = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language=language)
    address = f"{ABOVE}/closing-day"
    assert address in above.get(f"{ABOVE}/").text
    refused = above.post(
        address, data={"revision": "0", "closes_on": "2026-12-20", "reason": "Bão lũ lớn"}
    )
    assert refused.status_code == 422
    assert told[1] in words_of(refused)
    assert "Bão lũ lớn" in refused.text
    sent = {"revision": "0", "closes_on": "2027-01-20", "reason": "Bão lũ lớn"}
    assert above.post(address, data=sent).status_code == 303
    stale = above.post(address, data={**sent, "closes_on": "2027-02-20"})
    assert stale.status_code == 409
    officer = sign_in(world.make_account(COMMUNE, Role.OFFICER), language=language)
    for page in (
        above.get(f"{ABOVE}/"),
        above.get(f"{ABOVE}/below/{COMMUNE}"),
        officer.get(f"/{COMMUNE}/-/reports/own"),
    ):
        assert told[0] in words_of(page)
        assert "Bão lũ lớn" in page.text


def test_only_whoever_reviews_moves_a_closing(world, sign_in, desk):
    admin = sign_in(desk.world.make_account(PROVINCE, Role.TENANT_ADMIN))
    assert "/closing-day" not in admin.get(f"{ABOVE}/").text
    assert admin.get(f"{ABOVE}/closing-day").status_code == 403


def test_before_a_list_is_fixed_the_closing_says_so(above):
    page = words_of(above.get(f"{ABOVE}/closing-day"))
    assert "There is no closing to move before that." in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("The year 2027 has not been opened here", "open it first")),
        ("vi", ("Cơ quan chưa mở đợt đánh giá năm 2027", "mở đợt trước")),
    ],
)
def test_a_year_that_was_never_opened_says_what_to_do_first(world, sign_in, language, told):
    above = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language=language)
    index = above.get(f"{ABOVE}/?year=2027")
    assert f"{ABOVE}/expected" not in index.text
    address = f"{ABOVE}/expected?year=2027"
    sent = above.post(address, data={"closes_on": "2027-12-31"})
    assert sent.status_code == 422
    for page in (index, above.get(address), sent):
        for words in told:
            assert words in words_of(page)
