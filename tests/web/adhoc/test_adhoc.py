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
    "lines-4-label": "Kinh phí",
    "lines-4-asked": "decimal",
    "lines-4-unit": "triệu đồng",
    "lines-5-label": "Trung tâm mở lại",
    "lines-5-asked": "percent",
    "lines-6-label": "Ngày khai mạc",
    "lines-6-asked": "date",
    "lines-7-label": "Tỉ lệ đăng ký",
    "lines-7-asked": "registered/eligible",
}
ANSWER = {
    "answer-1": "1.250",
    "answer-2": "1",
    "answer-3": "yes",
    "answer-4": "=1+1",
    "answer-5": "12,5",
    "answer-6": "3",
    "whole-6": "4",
    "answer-7": f"{THIS_YEAR}-10-02",
    "answer-8": "1",
    "whole-8": "1",
    "version": "0",
    "draft": "0",
}


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
    answer = asker.post(page(PROVINCE, f"{request}/send"), data={"version": "1"})
    assert answer.status_code == 303
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
    assert "lines-8-label" in answer.text
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
    assert "12.5 triệu đồng answered: 1 of 1" in said
    assert "3 / 4 (75.0%)" in said
    assert f"02/10/{THIS_YEAR} answered: 1 of 1" in said
    back = page(PROVINCE, f"lines/{line}/return")
    assert "1,250" in asker.get(back).text
    for nothing in (" ", "\u200b"):
        assert asker.post(back, data={"reason": nothing, "version": "1"}).status_code == 422
    assert asker.post(back, data={"reason": "Thiếu biểu", "version": "1"}).status_code == 303
    assert "Thiếu biểu" in officer.get(page(COMMUNE, f"received/{line}")).text
    end = page(PROVINCE, f"{request}/close")
    assert "has not answered, and no longer can" in asker.get(end).text
    assert asker.post(end).status_code == 303
    again = officer.post(page(COMMUNE, f"received/{line}"), data=ANSWER | {"version": "1"})
    assert again.status_code == 422
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
        "Kinh phí (triệu đồng)",
        "Trung tâm mở lại: How many",
        "Trung tâm mở lại: Of how many in all",
        "Trung tâm mở lại (%)",
        "Ngày khai mạc",
        "Tỉ lệ đăng ký: How many",
        "Tỉ lệ đăng ký: Of how many in all",
        "Tỉ lệ đăng ký (%)",
        "As the system counts",
        "Of how many, as the system counts",
        "Why it differs",
    ]
    assert rows[1][0] == "Xã Sìn Hồ"
    assert rows[1][3:6] == [1250, 1, 1]
    assert rows[1][7:13] == ["Yes", "=1+1", 12.5, 3, 4, 0.75]
    assert rows[1][14:19] == [1, 1, 1, 1, 1]
    assert rows[2][:2] == ["Grand total", "answered: 1 of 1"]
    assert rows[2][3:5] == [1250, 1]
    assert rows[2][9:13] == [12.5, 3, 4, 0.75]


def test_a_draft_is_changed_before_it_is_sent(world, asker):
    request = drawn_up(world, asker)
    edit = page(PROVINCE, f"{request}/edit")
    assert (
        f'href="/{PROVINCE}/-/adhoc/{request}/edit"' in asker.get(page(PROVINCE, f"{request}")).text
    )
    form = asker.get(edit).text
    assert 'value="triệu đồng"' in form
    assert re.search(r'<option selected value="registered/eligible"', form)
    refused = asker.post(edit, data=FORM | {"closes_on": f"{THIS_YEAR}-11-29", "version": "1"})
    assert refused.status_code == 422
    assert "would be closed on 29/11" in refused.text
    changed = FORM | {"title": "Báo cáo khác", "closes_on": f"{THIS_YEAR}-12-02", "version": "1"}
    assert asker.post(edit, data=changed).status_code == 303
    assert "Báo cáo khác" in asker.get(page(PROVINCE, f"{request}")).text
    stale = asker.post(edit, data=changed)
    assert stale.status_code == 409
    assert 'value="Báo cáo khác"' in stale.text
    assert asker.post(page(PROVINCE, f"{request}/send"), data={"version": "1"}).status_code == 409
    assert asker.post(page(PROVINCE, f"{request}/send"), data={"version": "2"}).status_code == 303
    assert asker.get(edit).status_code == 409


def test_what_is_typed_is_kept_by_itself_and_by_its_button(world, asker, officer):
    sent(world, asker)
    address = page(COMMUNE, f"received/{line_of(world)}")
    half = {"answer-1": "mười", "reason-2": "Đang đếm", "draft": "0"}
    saved = officer.post(f"{address}/keep", data=half, headers={"Accept": "application/json"})
    assert saved.json["fields"] == {"draft": "1"}
    form = officer.get(address).text
    assert 'value="mười"' in form
    assert "Begun and not sent: kept on" in words_of(officer.get(address))
    stale = officer.post(f"{address}/keep", data=half, headers={"Accept": "application/json"})
    assert (stale.status_code, len(stale.json["problems"])) == (409, 1)
    assert officer.post(f"{address}/keep", data=half | {"draft": "1"}).status_code == 303
    shown = officer.post(f"{address}/keep", data=half | {"answer-4": "Chưa gửi"})
    assert shown.status_code == 409
    assert "Chưa gửi" in shown.text
    assert officer.post(address, data=ANSWER).status_code == 303
    assert "Begun and not sent" not in officer.get(address).text


def test_an_answer_is_corrected_and_both_sides_see_what_it_said(world, asker, officer):
    request = sent(world, asker)
    address = page(COMMUNE, f"received/{line_of(world)}")
    officer.post(address, data=ANSWER)
    shown = officer.get(address).text
    assert "?correct=yes" in shown
    assert 'name="answer-1"' not in shown
    form = officer.get(f"{address}?correct=yes").text
    assert re.search(r'name="answer-5"[^>]*value="12.5"', form)
    assert re.search(r'name="whole-6"[^>]*value="4"', form)
    other = ANSWER | {"answer-1": "1300", "version": "1"}
    refused = officer.post(address, data=other)
    assert refused.status_code == 422
    assert 'value="1300"' in refused.text
    taken = officer.post(address, data=other | {"because": "Bỏ sót"})
    assert taken.status_code == 303
    for said in (officer.get(address), asker.get(page(PROVINCE, f"{request}"))):
        assert "Corrected: Bỏ sót" in words_of(said)
        assert "since corrected" in words_of(said)
        assert "1,250" in said.text


def test_an_answer_that_was_corrected_meanwhile_is_not_given_back_unseen(world, asker, officer):
    sent(world, asker)
    line = line_of(world)
    address, back = page(COMMUNE, f"received/{line}"), page(PROVINCE, f"lines/{line}/return")
    officer.post(address, data=ANSWER)
    assert 'name="version" value="1"' in asker.get(back).text
    other = ANSWER | {"answer-1": "1300", "version": "1", "because": "Bỏ sót"}
    assert officer.post(address, data=other).status_code == 303
    stale = asker.post(back, data={"reason": "Thiếu biểu", "version": "1"})
    assert stale.status_code == 409
    assert "Thiếu biểu" in stale.text
    assert asker.post(back, data={"reason": "Thiếu biểu", "version": "2"}).status_code == 303


def test_what_is_too_much_is_refused_and_stays_in_the_form(world, asker, officer):
    questions = {f"lines-{n}-label": f"Câu hỏi {n + 1}" for n in range(30)}
    kinds = {f"lines-{n}-asked": "text" for n in range(30)}
    refused = asker.post(page(PROVINCE, "new"), data=FORM | questions | kinds)
    assert refused.status_code == 422
    assert "Câu hỏi 30" in refused.text
    far = asker.post(page(PROVINCE, "new"), data=FORM | {"due_on": "9999-12-31"})
    assert far.status_code == 422
    assert "31/12/9999 lies too far away" in words_of(far)
    sent(world, asker)
    address = page(COMMUNE, f"received/{line_of(world)}")
    for number, typed, told in ((4, "a" * 1_001, "longer than"), (1, "9" * 5_000, "is no number")):
        refused = officer.post(address, data=ANSWER | {f"answer-{number}": typed})
        assert refused.status_code == 422
        assert told in words_of(refused)
        assert typed in refused.text


def test_who_asks_picks_out_who_is_late_and_reminds_them(world, asker, officer):
    request = sent(world, asker)
    address = page(PROVINCE, f"{request}")
    assert "No agency stands like this." in words_of(asker.get(f"{address}?only=late"))
    assert "Xã Sìn Hồ" in words_of(asker.get(f"{address}?only=awaited"))
    assert asker.post(f"{address}/remind").status_code == 303
    said = words_of(asker.get(address))
    assert "reminded on 23/11" in said
    assert "Remind who is awaited" not in said
    assert asker.post(f"{address}/remind").status_code == 409
    assert "reminded on 23/11" in words_of(officer.get(page(COMMUNE, "received")))
    officer.post(page(COMMUNE, f"received/{line_of(world)}"), data=ANSWER)
    assert "No agency stands like this." in words_of(asker.get(f"{address}?only=awaited"))


def test_after_the_closing_day_the_page_says_so_on_both_sides(world, asker, officer):
    request = sent(world, asker, closes_on=f"{THIS_YEAR}-12-02")
    line = line_of(world)
    assert "closed after 02/12" in words_of(officer.get(page(COMMUNE, "received")))
    with clock_set_to(NOW.replace(month=12, day=3)):
        said = words_of(officer.get(page(COMMUNE, f"received/{line}")))
        assert "Closed after 02/12" in said
        assert "Send the answer" not in said
        assert "Remind who is awaited" not in words_of(asker.get(page(PROVINCE, f"{request}")))


@pytest.mark.parametrize("path", ["", "new", "received"])
def test_both_languages_have_all_the_words(world, sign_in, path):
    role, slug = (Role.OFFICER, COMMUNE) if path == "received" else (Role.ASSOCIATION, PROVINCE)
    reader = sign_in(world.make_account(slug, role), language="vi")
    assert "áo cáo đột xuất" in reader.get(page(slug, path)).text


def test_an_agency_asked_does_not_find_the_line_of_another(world, asker, officer, sign_in):
    sent(world, asker)
    other = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    assert other.get(page(DEPARTMENT, f"received/{line_of(world)}")).status_code == 404
