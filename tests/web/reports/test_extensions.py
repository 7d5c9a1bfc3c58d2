"""More time, as the agency that asks for it and the one that answers see it."""

import re

import pytest

from app.domain.permissions import Role
from tests.builders.reporting import Desk
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE


ABOVE, OWN = f"/{PROVINCE}/-/reports", f"/{COMMUNE}/-/reports/own"
ASKED = {"until": "2027-01-15", "reason": "Mưa lũ chia cắt các bản"}


@pytest.fixture
def desk(world):
    desk = Desk(world, COMMUNE)
    desk.expect()
    return desk


def words_of(answer):
    return " ".join(answer.text.split())


def link_in(page, pattern):
    return re.search(rf"/{PROVINCE}/-/reports/requests/{pattern}", page.text).group()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            {
                "asked": "until the end of 15/01/2027; asked by",
                "task": "1 request for more time to answer",
                "again": "waiting for an answer already",
                "answered": "More time refused",
                "over": "settled already: “More time refused”",
            },
        ),
        (
            "vi",
            {
                "asked": "đến hết ngày 15/01/2027;",
                "task": "1 đề nghị gia hạn cần trả lời",
                "again": "đang chờ trả lời",
                "answered": "Không gia hạn",
                "over": "đã được giải quyết: “Không gia hạn”",
            },
        ),
    ],
)
@pytest.mark.usefixtures("desk")
def test_a_request_is_sent_waits_is_refused_with_a_reason_and_read(world, sign_in, language, told):
    officer = sign_in(world.make_account(COMMUNE, Role.OFFICER), language=language)
    above = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language=language)
    assert "/own/more-time" in officer.get(OWN).text
    assert "requests" not in re.findall(r'id="(\w+)"', above.get(f"{ABOVE}/").text)
    assert officer.post(f"{OWN}/more-time", data=ASKED).status_code == 303
    page = officer.get(OWN)
    assert told["asked"] in words_of(page)
    assert "/withdrawal" in page.text
    again = officer.post(f"{OWN}/more-time", data={**ASKED, "reason": "Lại mưa lũ"})
    assert again.status_code == 422
    assert told["again"] in words_of(again)
    assert "Lại mưa lũ" in again.text
    assert told["task"] in words_of(above.get(f"/{PROVINCE}/-/home"))
    index = above.get(f"{ABOVE}/?year=2025")
    assert 'id="requests"' in index.text
    assert ASKED["reason"] in index.text
    request = link_in(index, r"[-\w]+")
    assert request in above.get(f"{ABOVE}/below/{COMMUNE}").text
    empty = above.post(f"{request}/refusal", data={"reason": " "})
    assert empty.status_code == 422
    assert ASKED["reason"] in empty.text
    assert above.post(f"{request}/refusal", data={"reason": "Đã đủ lâu"}).status_code == 303
    over = above.post(f"{request}/grant", data={"until": "2027-01-15"})
    assert over.status_code == 422
    assert told["over"] in words_of(over)
    for answered in (above.get(request), officer.get(OWN)):
        assert told["answered"] in words_of(answered)
        assert "Đã đủ lâu" in answered.text
    assert "/grant" not in above.get(request).text


@pytest.mark.usefixtures("desk")
def test_a_request_is_granted_until_another_day_and_becomes_an_extension(world, sign_in):
    officer = sign_in(world.make_account(COMMUNE, Role.OFFICER))
    above = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    officer.post(f"{OWN}/more-time", data=ASKED)
    request = link_in(above.get(f"{ABOVE}/"), r"[-\w]+")
    assert 'value="2027-01-15"' in above.get(request).text
    early = above.post(f"{request}/grant", data={"until": "2026-12-01"})
    assert early.status_code == 422
    assert "Until 04/12/2026 the report is on time anyway." in words_of(early)
    assert above.post(f"{request}/grant", data={"until": "not a day"}).status_code == 422
    assert above.post(f"{request}/grant", data={"until": "2027-01-12"}).status_code == 303
    page = words_of(officer.get(OWN))
    assert "More time given" in page
    assert "until the end of 12/01/2027; asked by" in page
    assert 'id="requests"' not in above.get(f"{ABOVE}/").text


@pytest.mark.usefixtures("desk")
def test_a_request_is_withdrawn_by_who_sent_it(world, sign_in):
    officer = sign_in(world.make_account(COMMUNE, Role.OFFICER))
    officer.post(f"{OWN}/more-time", data=ASKED)
    address = re.search(rf"{OWN}/more-time/[-\w]+/withdrawal", officer.get(OWN).text).group()
    assert officer.post(address).status_code == 303
    page = officer.get(OWN)
    assert "Withdrawn by the agency" in page.text
    assert f"{OWN}/more-time?" in page.text
    assert officer.post(address).status_code == 409
    neighbour = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    assert neighbour.post(address.replace(COMMUNE, DEPARTMENT)).status_code == 404


def test_who_owes_nothing_is_not_offered_to_ask(world, sign_in, desk):
    desk.hand_in()
    officer = sign_in(world.make_account(COMMUNE, Role.OFFICER))
    assert "/own/more-time" not in officer.get(OWN).text
    refused = officer.post(f"{OWN}/more-time", data=ASKED)
    assert refused.status_code == 422
    assert "only while a report is owed" in words_of(refused)
    admin = sign_in(world.make_account(COMMUNE, Role.TENANT_ADMIN))
    assert admin.get(f"{OWN}/more-time").status_code == 403
