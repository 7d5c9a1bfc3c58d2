"""People ask about their data and see what becomes of it; the office sees what is due."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.data_requests import RequestChannel, RequestKind, RequestState
from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent, DataRequest, Person
from app.persistence.unit_of_work import unit_of_work
from app.services.data_requests import ask
from tests.builders.world import COMMUNE, DEPARTMENT
from tests.conftest import THE_DAY


ROOM = f"/{DEPARTMENT}/-/data"
MINE = f"/{DEPARTMENT}/-/my-data"
NAME = "Lò Thị Pánh"


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER)


@pytest.fixture
def person(world):
    return world.make_person(DEPARTMENT, NAME)


@pytest.fixture
def citizen(world, person):
    with world.inside(DEPARTMENT):
        whose = db.session.scalars(select(Person.identity_id).where(Person.id == person)).one()
    return world.make_account(DEPARTMENT, Role.CITIZEN, identity=whose)


def requests(world):
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(DataRequest)).all()


@pytest.fixture
def asked(world, person, officer):
    def made(kind):
        with world.inside(DEPARTMENT), unit_of_work():
            return ask(person, kind, RequestChannel.SPOKEN, "lời tôi", by=officer.actor())

    return made


@pytest.mark.parametrize("language", ["en", "vi"])
def test_somebody_asks_for_themselves_and_sees_it(world, sign_in, citizen, officer, language):
    browser = sign_in(citizen, language=language)
    assert NAME in browser.get(f"{MINE}/").text
    sent = browser.post(f"{MINE}/", data={"kind": "correct", "words": "sai năm sinh"})
    assert sent.status_code == 303
    assert "01/12/2026" in browser.get(f"{MINE}/").text
    [one] = requests(world)
    assert (one.kind, one.state) == (RequestKind.CORRECT, RequestState.RECEIVED)
    office = sign_in(officer, language=language)
    assert NAME in office.get(f"{ROOM}/").text
    assert "sai năm sinh" in office.get(f"{ROOM}/{one.id}").text


def test_who_is_on_no_roster_is_told_so(world, sign_in):
    stranger = world.make_account(DEPARTMENT, Role.CITIZEN)
    page = sign_in(stranger).get(f"{MINE}/")
    assert "not on the roster" in page.text
    assert sign_in(stranger).get(f"{MINE}/copy").status_code == 404


def test_the_office_takes_down_and_answers_a_request(world, sign_in, officer, person):
    browser = sign_in(officer)
    at = f"{ROOM}/people/{person}/ask"
    assert browser.get(at).status_code == 200
    typed = {"kind": "access", "channel": "paper", "words": "đơn ngày 20/11"}
    assert browser.post(at, data=typed).status_code == 303
    [one] = requests(world)
    browser.post(f"{ROOM}/{one.id}", data={"act": "accept", "outcome": ""})
    [one] = requests(world)
    assert one.state is RequestState.ACCEPTED
    refused = browser.post(f"{ROOM}/{one.id}", data={"act": "refuse", "outcome": ""})
    assert refused.status_code == 422
    browser.post(f"{ROOM}/{one.id}", data={"act": "finish", "outcome": "đã trao bản sao"})
    [one] = requests(world)
    assert (one.state, one.outcome) == (RequestState.DONE, "đã trao bản sao")
    assert "đã trao bản sao" in browser.get(f"{ROOM}/{one.id}").text


def test_what_is_late_is_seen(sign_in, officer, asked):
    asked(RequestKind.ACCESS)
    assert "Overdue" not in sign_in(officer).get(f"{ROOM}/").text
    with clock_set_to(THE_DAY + timedelta(days=6)):
        assert "Overdue" in sign_in(officer).get(f"{ROOM}/").text


def test_an_assumed_clock_says_that_it_is(sign_in, officer, asked):
    browser = sign_in(officer)
    assert "assumed" in browser.get(f"{ROOM}/{asked(RequestKind.ERASE)}").text
    assert "assumed" not in browser.get(f"{ROOM}/{asked(RequestKind.RESTRICT)}").text


def test_a_restriction_is_shown_and_lifted_for_a_reason(world, sign_in, officer, person, asked):
    browser, one = sign_in(officer), asked(RequestKind.RESTRICT)
    browser.post(f"{ROOM}/{one}", data={"act": "finish", "outcome": "tranh chấp"})
    assert "Processing is restricted" in browser.get(f"{ROOM}/{one}").text
    assert browser.post(f"{ROOM}/people/{person}/lift", data={"reason": " "}).status_code == 409
    assert browser.post(f"{ROOM}/people/{person}/lift", data={"reason": "xong"}).status_code == 303
    assert "Processing is restricted" not in browser.get(f"{ROOM}/{one}").text


def test_an_erasure_is_confirmed_with_a_fresh_factor(world, sign_in, officer, person, asked):
    one = asked(RequestKind.ERASE)
    assert "cannot be undone" in sign_in(officer).get(f"{ROOM}/{one}/erase").text
    sign_in(officer, factor_minutes=30).post(f"{ROOM}/{one}/erase")
    assert requests(world)[0].state is RequestState.RECEIVED
    assert sign_in(officer).post(f"{ROOM}/{one}/erase").status_code == 303
    assert requests(world)[0].state is RequestState.DONE
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(Person.name).where(Person.id == person)).one() == "–"
    page = sign_in(officer).get(f"{ROOM}/{one}").text
    assert NAME not in page
    assert sign_in(officer).get(f"{ROOM}/{asked(RequestKind.ACCESS)}/erase").status_code == 404


def test_a_copy_holds_what_is_kept_and_is_noted(world, sign_in, officer, citizen, person):
    world.make_dossier(DEPARTMENT, person)
    for browser, at in (
        (sign_in(officer), f"{ROOM}/people/{person}/copy"),
        (sign_in(citizen), f"{MINE}/copy"),
    ):
        answer = browser.get(at)
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        tables = json.loads(answer.text)["tables"]
        assert tables["person"][0]["name"] == NAME
        assert len(tables["dossier"]) == 1
        assert tables["account"][0]["login"] == citizen.login
        assert "password_hash" not in tables["account"][0]
    with world.inside(DEPARTMENT):
        noted = db.session.scalars(
            select(AuditEvent.object_id).where(AuditEvent.act == Act.DATA_EXPORTED)
        ).all()
    assert noted == [person, person]


def test_nothing_of_another_agency_is_reached(world, sign_in, officer, asked):
    one, elsewhere = asked(RequestKind.ACCESS), world.make_account(COMMUNE, Role.OFFICER)
    browser = sign_in(elsewhere)
    assert browser.get(f"/{COMMUNE}/-/data/{one}").status_code == 404
    foreign = world.make_person(COMMUNE)
    assert sign_in(officer).get(f"{ROOM}/people/{foreign}/copy").status_code == 404
