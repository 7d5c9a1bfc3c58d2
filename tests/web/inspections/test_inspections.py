"""Both sides of looking into a file, as people see them."""

import pytest
from sqlalchemy import select

from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Inspection
from tests.builders.lists import Office
from tests.builders.world import DEPARTMENT, OTHER_PROVINCE, PROVINCE


ABOVE = f"/{PROVINCE}/-/inspections/"
BELOW = f"/{DEPARTMENT}/-/inspections/"


@pytest.fixture
def published(world):
    office = Office(world)
    office.published(office.appraised(name="Lò Thị Pánh"), number="12/QĐ-SCT")
    return office


@pytest.fixture
def above(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))


@pytest.fixture
def below(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))


def asked(world, **more):
    return {
        "agency": str(world.key_of(DEPARTMENT).tenant_id),
        "number": "12/QĐ-SCT",
        "signed_on": "2026-11-21",
        "line": "1",
        "reason": "Đơn khiếu nại số 5",
        **more,
    }


def address_of(world, act):
    with world.inside(DEPARTMENT):
        return f"{db.session.scalars(select(Inspection.id)).one()}/{act}"


def test_a_file_is_asked_for_opened_looked_into_and_shut(world, published, above, below):
    assert "No file has been asked for." in above.get(ABOVE).text
    assert "Nobody has asked" in below.get(BELOW + "received").text
    assert above.get(ABOVE + "new").status_code == 200
    assert above.post(ABOVE + "new", data=asked(world)).status_code == 303
    assert "Đơn khiếu nại số 5" in below.get(BELOW + "received").text
    look = address_of(world, "look")
    assert above.post(ABOVE + look).status_code == 409
    assert "Đơn khiếu nại số 5" in below.get(BELOW + address_of(world, "answer")).text
    assert below.post(BELOW + address_of(world, "grant"), data={"hours": "24"}).status_code == 303
    assert "Open until" in above.get(ABOVE).text
    shown = above.post(ABOVE + look)
    assert shown.status_code == 200
    assert "Lò Thị Pánh" in shown.text
    assert "Shut the file" in below.get(BELOW + "received").text
    assert below.post(BELOW + address_of(world, "revocation")).status_code == 303
    shut = above.post(ABOVE + look)
    assert shut.status_code == 409
    assert "Lò Thị Pánh" not in shut.text
    assert "Ended by the agency" in above.get(ABOVE).text


def test_a_refusal_says_why_and_nothing_typed_is_lost(world, published, above, below):
    above.post(ABOVE + "new", data=asked(world))
    missing = below.post(BELOW + address_of(world, "refusal"), data={"reason": " "})
    assert missing.status_code == 422
    long = below.post(BELOW + address_of(world, "grant"), data={"hours": "73"})
    assert long.status_code == 422
    assert 'value="73"' in long.text
    answered = {"reason": "Đã trả lời bằng văn bản"}
    assert below.post(BELOW + address_of(world, "refusal"), data=answered).status_code == 303
    assert "Đã trả lời bằng văn bản" in above.get(ABOVE).text


def test_a_line_that_is_not_there_can_only_be_refused(world, published, above, below):
    above.post(ABOVE + "new", data=asked(world, line="7"))
    page = below.post(BELOW + address_of(world, "grant"), data={"hours": "1"})
    assert page.status_code == 422
    assert "a line 7" in page.text


def test_what_is_missing_is_said_and_the_rest_is_kept(world, published, above):
    page = above.post(ABOVE + "new", data=asked(world, number="", reason="Vì đơn thư"))
    assert page.status_code == 422
    assert "Vì đơn thư" in page.text
    stranger = asked(world, agency=str(world.key_of(OTHER_PROVINCE).tenant_id))
    assert above.post(ABOVE + "new", data=stranger).status_code == 422


@pytest.mark.parametrize("role", [Role.OFFICER, Role.CHAIR, Role.CITIZEN])
def test_others_neither_ask_nor_answer(world, sign_in, role):
    browser = sign_in(world.make_account(DEPARTMENT, role))
    for page in ("", "new", "received"):
        assert browser.get(BELOW + page).status_code == 403


def test_the_head_may_answer_too(world, sign_in):
    head = sign_in(world.make_account(DEPARTMENT, Role.HEAD))
    assert head.get(BELOW + "received").status_code == 200


def test_both_sides_read_vietnamese(world, sign_in):
    above = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language="vi")
    below = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN), language="vi")
    assert above.get(ABOVE).status_code == 200
    assert below.get(BELOW + "received").status_code == 200
