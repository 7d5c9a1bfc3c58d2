"""The pages of ad-hoc requests: drawn up, confirmed, answered with what is known, added up."""

import io
import re
from datetime import UTC, datetime

import pytest

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from app.persistence.queries.adhoc import lines_received, requests_made
from tests.builders.figures import Office
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR
from tests.exports import reading


NOW = datetime(THIS_YEAR, 11, 23, 3, tzinfo=UTC)
FORM = {
    "title": "Báo cáo nhanh tháng 11",
    "document": "Công văn số 25/HKH",
    "instructions": "",
    "due_on": f"{THIS_YEAR}-11-30",
    "year": str(THIS_YEAR),
    "whom": "communes",
    "lines-0-label": "Số lớp tập huấn",
    "lines-0-asked": "number",
    "lines-1-label": "Số người đăng ký",
    "lines-1-asked": "registered",
    "lines-2-label": "Có ban chỉ đạo",
    "lines-2-asked": "yes_no",
    "lines-3-label": "Khó khăn",
    "lines-3-asked": "text",
}
ANSWER = {"answer-1": "1.250", "answer-2": "1", "answer-3": "yes", "answer-4": "=1+1"}


@pytest.fixture(autouse=True)
def today():
    with clock_set_to(NOW):
        yield


@pytest.fixture
def asker(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))


@pytest.fixture
def officer(world, sign_in):
    office = Office(world, COMMUNE)
    office.make(State.REGISTERED)
    office.recompute()
    return sign_in(world.make_account(COMMUNE, Role.OFFICER))


def words_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def page(slug, path=""):
    return f"/{slug}/-/adhoc/{path}"


def drawn_up(world, asker, **more):
    answer = asker.post(page(PROVINCE, "new"), data=FORM | more)
    assert answer.status_code == 303, words_of(answer)
    with world.inside(PROVINCE):
        return requests_made()[0].request.id


def sent(world, asker, **more):
    request = drawn_up(world, asker, **more)
    assert asker.post(page(PROVINCE, f"{request}/send")).status_code == 303
    return request


def line_of(world, slug=COMMUNE):
    with world.inside(slug):
        return lines_received()[0].row.id


def test_without_requests_the_pages_say_what_they_are_for(asker, officer):
    assert "Nothing has been asked yet." in asker.get(page(PROVINCE)).text
    assert "Nothing has been asked of this agency." in officer.get(page(COMMUNE, "received")).text


def test_a_draft_says_who_will_be_asked_what(world, asker):
    request = drawn_up(world, asker)
    said = words_of(asker.get(page(PROVINCE, f"{request}")))
    assert "Sending it asks 1 agency" in said
    assert "Xã Sìn Hồ" in said
    assert "Sở Công Thương" not in said
    assert "Filled in: Registered people" in said
    assert asker.post(page(PROVINCE, f"{request}/discard")).status_code == 303
    assert asker.get(page(PROVINCE, f"{request}")).status_code == 404


@pytest.mark.parametrize(
    ("whom", "name"), [("communes", "Xã Sìn Hồ"), ("others", "Sở Công Thương")]
)
def test_all_communes_or_all_others_are_asked(world, asker, whom, name):
    request = drawn_up(world, asker, whom=whom)
    assert name in asker.get(page(PROVINCE, f"{request}")).text


def test_some_are_asked_by_name(world, asker):
    chosen = str(world.key_of(DEPARTMENT).tenant_id)
    sent(world, asker, whom="some", agencies=chosen)
    with world.inside(COMMUNE):
        assert not lines_received()
    assert line_of(world, DEPARTMENT)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"whom": "some"}, "No agency has been chosen."),
        ({"due_on": f"{THIS_YEAR}-11-01"}, "is over already."),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(asker, more, told):
    answer = asker.post(page(PROVINCE, "new"), data=FORM | more)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Số lớp tập huấn" in answer.text


def test_lines_are_added_without_losing_a_word(asker):
    answer = asker.post(page(PROVINCE, "new"), data=FORM | {"arrange": "add"})
    assert answer.status_code == 200
    assert "lines-4-label" in answer.text
    assert "Khó khăn" in answer.text


def test_it_stands_on_the_desk_with_the_days_left(world, asker, officer):
    sent(world, asker)
    home = words_of(officer.get(f"/{COMMUNE}/-/home"))
    assert "1 ad-hoc request to answer" in home
    assert "Báo cáo nhanh tháng 11 7 days left" in home
    assert "7 days left" in words_of(officer.get(page(COMMUNE, "received")))


def test_what_the_system_knows_is_filled_in_and_a_deviation_asks_for_a_reason(
    world, asker, officer
):
    sent(world, asker)
    address = page(COMMUNE, f"received/{line_of(world)}")
    form = officer.get(address).text
    assert "The system counts 1." in form
    assert re.search(r'name="answer-2"[^>]*value="1"', form)
    refused = officer.post(address, data=ANSWER | {"answer-2": "5"})
    assert refused.status_code == 422
    assert "the number is not the one that the system counts" in refused.text
    assert 'value="1.250"' in refused.text
    taken = officer.post(address, data=ANSWER | {"answer-2": "5", "reason-2": "Tính thêm"})
    assert taken.status_code == 303
    assert "counted: 1 – Tính thêm" in words_of(officer.get(address))


def test_the_answers_add_up_and_can_be_given_back_and_the_request_closed(world, asker, officer):
    request = sent(world, asker)
    line = line_of(world)
    officer.post(page(COMMUNE, f"received/{line}"), data=ANSWER)
    said = words_of(asker.get(page(PROVINCE, f"{request}")))
    assert "1,250 answered: 1 of 1" in said
    assert "yes: 1" in said
    back = page(PROVINCE, f"lines/{line}/return")
    assert "1,250" in asker.get(back).text
    assert asker.post(back, data={"reason": " "}).status_code == 422
    assert asker.post(back, data={"reason": "Thiếu biểu"}).status_code == 303
    assert "Thiếu biểu" in officer.get(page(COMMUNE, f"received/{line}")).text
    end = page(PROVINCE, f"{request}/close")
    assert "has not answered, and no longer can" in asker.get(end).text
    assert asker.post(end).status_code == 303
    assert officer.post(page(COMMUNE, f"received/{line}"), data=ANSWER).status_code == 422
    assert "Closed on 23/11" in words_of(officer.get(page(COMMUNE, f"received/{line}")))


def test_the_workbook_holds_each_line_and_the_sum(world, asker, officer):
    request = sent(world, asker)
    officer.post(page(COMMUNE, f"received/{line_of(world)}"), data=ANSWER)
    answer = asker.post(page(PROVINCE, f"{request}/workbook"))
    rows = reading.values(io.BytesIO(answer.data), "Answers")[3:]
    assert rows[0][3:] == [
        "Số lớp tập huấn",
        "Số người đăng ký",
        "As the system counts",
        "Why it differs",
        "Có ban chỉ đạo",
        "Khó khăn",
    ]
    assert rows[1][0] == "Xã Sìn Hồ"
    assert rows[1][3:6] == [1250, 1, 1]
    assert rows[1][7:] == ["Yes", "=1+1"]
    assert rows[2][:2] == ["Grand total", "answered: 1 of 1"]
    assert rows[2][3:5] == [1250, 1]


@pytest.mark.parametrize("path", ["", "new", "received"])
def test_both_languages_have_all_the_words(world, sign_in, path):
    role, slug = (Role.OFFICER, COMMUNE) if path == "received" else (Role.ASSOCIATION, PROVINCE)
    reader = sign_in(world.make_account(slug, role), language="vi")
    assert "áo cáo đột xuất" in reader.get(page(slug, path)).text


def test_an_agency_asked_does_not_find_the_line_of_another(world, asker, officer, sign_in):
    sent(world, asker)
    other = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    assert other.get(page(DEPARTMENT, f"received/{line_of(world)}")).status_code == 404
