"""A whole number is seen once, for a reason, by few, and not often."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.cccd import MOST_AN_HOUR, NumberUseKind, look_ups_of_list
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.roster import PersonDetails
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent, Person
from app.persistence.unit_of_work import unit_of_work
from app.services.roster import add_person
from app.services.unmasking import count_list
from tests.builders.world import DEPARTMENT, THIS_YEAR
from tests.conftest import THE_DAY


ROOM = f"/{DEPARTMENT}/-/roster"
NUMBER = "012188001234"
WHY = {"reason": "Đối chiếu với thẻ theo đề nghị của người dân"}


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER)


@pytest.fixture
def person(world, app, officer):
    seal = app.extensions["number_seal"]
    unit = world.unit_of(DEPARTMENT)
    details = PersonDetails(
        name="Lò Thị Pánh", birth_year=1988, unit_id=unit, group_number=3, cccd=NUMBER
    )
    with world.inside(DEPARTMENT), unit_of_work():
        return add_person(details, year=THIS_YEAR, seal=seal, by=officer.actor())


def page_of(person):
    return f"{ROOM}/people/{person}/personal-number"


def acts(world, act):
    with world.inside(DEPARTMENT):
        rows = db.session.scalars(select(AuditEvent).where(AuditEvent.act == act)).all()
        return [(one.object_id, one.facts) for one in rows]


def test_the_number_is_shown_for_a_reason_and_nothing_keeps_the_page(
    world, sign_in, officer, person
):
    browser = sign_in(officer)
    assert NUMBER not in browser.get(page_of(person)).text
    shown = browser.post(page_of(person), data=WHY)
    assert shown.status_code == 200
    assert NUMBER in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert NUMBER not in browser.get(page_of(person)).text
    [(of, facts)] = acts(world, Act.NUMBER_SHOWN)
    assert (of, facts["reason"]) == (person, WHY["reason"])
    assert NUMBER not in str(facts)


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_shown(world, sign_in, officer, person, reason):
    answer = sign_in(officer).post(page_of(person), data={"reason": reason})
    assert answer.status_code == 422
    assert NUMBER not in answer.text
    assert acts(world, Act.NUMBER_SHOWN) == []


def test_without_a_fresh_factor_nothing_is_shown(world, sign_in, officer, person):
    answer = sign_in(officer, factor_minutes=30).post(page_of(person), data=WHY)
    assert NUMBER not in answer.text
    assert acts(world, Act.NUMBER_SHOWN) == []


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.TENANT_ADMIN, 200),
        (Role.HEAD, 403),
        (Role.SECRETARY, 403),
        (Role.UNIT_HEAD, 403),
        (Role.CITIZEN, 403),
    ],
)
def test_only_who_looks_after_the_data_may_see_it(world, sign_in, person, role, status):
    more = {"unit_id": world.unit_of(DEPARTMENT)} if role is Role.UNIT_HEAD else {}
    answer = sign_in(world.make_account(DEPARTMENT, role, **more)).post(page_of(person), data=WHY)
    assert answer.status_code == status
    assert (NUMBER in answer.text) == (status == 200)


def test_somebody_without_a_number_has_nothing_to_show(world, sign_in, officer):
    page = sign_in(officer).get(page_of(world.make_person(DEPARTMENT)))
    assert "No personal number is kept." in page.text
    assert 'name="reason"' not in page.text


def test_an_account_sees_so_many_in_an_hour_and_more_in_the_next(world, sign_in, officer, person):
    browser, most = sign_in(officer), MOST_AN_HOUR[NumberUseKind.SHOWN]
    for _ in range(most):
        assert NUMBER in browser.post(page_of(person), data=WHY).text
    refused = browser.post(page_of(person), data=WHY)
    assert refused.status_code == 422
    assert NUMBER not in refused.text
    assert WHY["reason"] in refused.text
    assert len(acts(world, Act.NUMBER_SHOWN)) == most
    colleague = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    assert NUMBER in colleague.post(page_of(person), data=WHY).text
    with clock_set_to(THE_DAY + timedelta(hours=1)):
        later = sign_in(officer)
        assert NUMBER in later.post(page_of(person), data=WHY).text


def typed(world, number):
    return {
        "name": f"Vàng A {chr(ord('A') + number % 26)}",
        "birth": str(1988),
        "unit_id": str(world.unit_of(DEPARTMENT)),
        "group_number": "3",
        "cccd": f"012188{number:06}",
        "is_another": "y",
        "year": str(THIS_YEAR),
    }


def test_who_types_numbers_on_end_is_asked_to_stop_and_keeps_what_was_typed(
    world, sign_in, officer
):
    browser, most = sign_in(officer), MOST_AN_HOUR[NumberUseKind.LOOKED_UP]
    # A number that is refused tells as much as one that is taken.
    for number in range(most):
        assert browser.post(f"{ROOM}/add", data=typed(world, number // 2)).status_code in {303, 422}
    refused = browser.post(f"{ROOM}/add", data=typed(world, 999))
    assert refused.status_code == 422
    assert "personal numbers in an hour" in refused.text
    assert 'value="012188000999"' in refused.text
    with world.inside(DEPARTMENT):
        known = db.session.scalars(select(Person.cccd_last_four)).all()
    assert "0999" not in known
    nameless = typed(world, 998) | {"cccd": ""}
    assert browser.post(f"{ROOM}/add", data=nameless).status_code == 303


def test_a_list_counts_as_a_look_up_for_each_thousand_of_its_numbers(world, officer):
    assert [look_ups_of_list(one) for one in (0, 1, 1_000, 1_001)] == [0, 1, 1, 2]
    with world.inside(DEPARTMENT), unit_of_work():
        count_list(59_001, by=officer.actor())
    with (
        world.inside(DEPARTMENT),
        pytest.raises(RefusedError) as refusal,
        unit_of_work(),
    ):
        count_list(1, by=officer.actor())
    assert refusal.value.rule is Rule.TOO_MANY_LOOK_UPS
