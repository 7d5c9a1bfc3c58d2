"""People register themselves at the address of their agency, while registration is open."""

from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import func, select

from app.domain.dossiers import State
from app.domain.people import Origin
from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import Account, Consent, Dossier, Membership, Person
from tests.builders.world import COMMUNE, DEPARTMENT, THIS_YEAR


PAGE = f"/{COMMUNE}/-/registration/"


@pytest.fixture(autouse=True)
def spring():
    with clock_set_to(datetime(THIS_YEAR, 3, 1, 2, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def visitor(app):
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["csrf_token"] = "token"
        session["language"] = "en"
    browser.environ_base["HTTP_X_CSRF_TOKEN"] = "token"
    return browser


@pytest.fixture
def answers(world):
    return {
        "name": "Hoàng  Thị Mỷ",
        "birth_year": "1990",
        "unit": str(world.unit_of(COMMUNE)),
        "group": "1",
        "login": "Hoang.My",
        "password": "một mật khẩu dài",
        "consent": "y",
    }


def count(world, model, slug=COMMUNE):
    with world.inside(slug):
        return db.session.scalar(select(func.count()).select_from(model))


def test_somebody_registers_and_is_at_once_at_their_own_dossier(world, visitor, answers):
    answer = visitor.post(PAGE, data=answers)
    assert answer.status_code == 303
    assert answer.location.endswith("/own/")
    assert "Hoàng Thị Mỷ" in unescape(visitor.get(f"/{COMMUNE}/-/own/").text)
    with world.inside(COMMUNE):
        person = db.session.scalars(select(Person)).one()
        assert (person.name, person.birth_year) == ("Hoàng Thị Mỷ", 1990)
        assert person.origin is Origin.SELF_REGISTERED
        dossier = db.session.scalars(select(Dossier)).one()
        assert (dossier.state, dossier.year) == (State.REGISTERED, THIS_YEAR)
        assert not dossier.is_on_behalf
        assert db.session.scalars(select(Consent)).one().channel == "online"
        membership = db.session.scalars(select(Membership)).one()
        assert (membership.role, membership.person_id) == (Role.CITIZEN, person.id)
        account = db.session.get_one(Account, membership.account_id)
        assert account.login == "hoang.my"
        assert account.identity_id == person.identity_id
        assert "mật khẩu" not in account.password_hash
    assert count(world, Person, DEPARTMENT) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Mỷ"}, "Enter the family name and the given name."),
        ({"birth_year": "90"}, "Enter the year of birth with four digits."),
        ({"birth_year": "tám"}, "Not a valid integer value."),
        ({"unit": ""}, "Unit, village or residential group"),
        ({"unit": "0000"}, "Not a valid choice"),
        ({"group": "9"}, "Not a valid choice"),
        ({"login": "hoàng mỷ"}, "Letters without accents"),
        ({"password": "ngắn"}, "at least 12 characters"),
        ({"consent": ""}, "agree that their data are kept"),
    ],
)
def test_what_does_not_fit_is_named_and_the_rest_stays(world, visitor, answers, change, words):
    data = {name: value for name, value in {**answers, **change}.items() if value}
    page = visitor.post(PAGE, data=data)
    assert page.status_code == 422
    assert words in unescape(page.text)
    if "name" not in change:
        assert "Hoàng  Thị Mỷ" in unescape(page.text)
    assert "một mật khẩu dài" not in page.text
    assert count(world, Person) == 0
    assert count(world, Account) == 0


def test_whoever_seems_to_be_known_is_sent_to_the_office_and_told_no_more(world, visitor, answers):
    world.make_person(COMMUNE, "HOÀNG THỊ MỶ", birth_year=1990, group=1)
    page = visitor.post(PAGE, data=answers)
    assert page.status_code == 422
    assert "Ask the office of the agency for an invitation" in page.text
    assert "roster" not in page.text
    assert count(world, Account) == 0


def test_a_namesake_of_another_year_registers(world, visitor, answers):
    world.make_person(COMMUNE, "Hoàng Thị Mỷ", birth_year=1991, group=1)
    assert visitor.post(PAGE, data=answers).status_code == 303


def test_a_name_to_sign_in_with_belongs_to_one_person(world, visitor, answers):
    taken = world.make_account(DEPARTMENT, Role.CITIZEN).login
    page = visitor.post(PAGE, data={**answers, "login": taken.upper()})
    assert page.status_code == 422
    assert "is already in use" in page.text
    assert count(world, Person) == 0


def test_a_unit_of_another_agency_is_no_choice(world, visitor, answers):
    page = visitor.post(PAGE, data={**answers, "unit": str(world.unit_of(DEPARTMENT))})
    assert page.status_code == 422


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(THIS_YEAR, 4, 1, tzinfo=UTC), "The last day for this was 31/03/2026."),
        (datetime(THIS_YEAR - 1, 12, 30, tzinfo=UTC), "Registration opens on 01/01/2026."),
    ],
)
def test_outside_its_days_the_page_says_when(world, visitor, answers, moment, words):
    with clock_set_to(moment):
        assert words in visitor.get(PAGE).text
        assert visitor.post(PAGE, data=answers).status_code == 409
    assert count(world, Person) == 0


def test_somebody_of_another_agency_keeps_their_account_and_stays_one_human_being(
    world, sign_in, answers
):
    account = world.make_account(DEPARTMENT, Role.CITIZEN, name="Hoàng Thị Mỷ")
    browser = sign_in(account)
    assert 'name="password"' not in browser.get(PAGE).text
    data = {name: answers[name] for name in ("name", "birth_year", "unit", "group", "consent")}
    assert browser.post(PAGE, data=data).status_code == 303
    with world.inside(COMMUNE):
        person = db.session.scalars(select(Person)).one()
        assert person.identity_id == account.identity_id
    assert browser.get(f"/{COMMUNE}/-/own/").status_code == 200
    assert browser.get(PAGE).location.endswith("/own/")


def test_there_is_no_registration_outside_an_agency(visitor):
    assert visitor.get("/registration/").status_code == 404
