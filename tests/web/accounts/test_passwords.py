"""Passwords: chosen well, hashed well, changed by who knows them, and never made by the house."""

import unicodedata
from threading import Semaphore

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from sqlalchemy import create_engine, select, text

from app.domain.audit import Act
from app.domain.permissions import Role
from app.launch.postgres import OWNER
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import Account, AuditEvent
from app.persistence.queries.accounts import find_account_by_login
from app.persistence.unit_of_work import unit_of_work
from app.services import accounts
from app.services.invitations import invite
from tests.builders.sessions import code_of, give_totp
from tests.builders.world import DEPARTMENT
from tests.conftest import THE_DAY, migrate


HERE = f"/{DEPARTMENT}/-"
PAGE = f"{HERE}/account/password"
OLD, NEW = "bốn mùa hoa ban nở", "con trâu ngoài bãi"


@pytest.fixture
def officer(world):
    someone = world.make_account(DEPARTMENT, Role.OFFICER)
    keep_hash(world, someone, accounts.hash_password(OLD))
    return someone


def keep_hash(world, someone, stored):
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.get_one(Account, someone.id).password_hash = stored


def enter(browser, someone, password):
    with browser.session_transaction() as session:
        session.update(csrf_token="token", language="en")
    typed = {"csrf_token": "token", "login": someone.login, "password": password}
    return browser.post(f"{HERE}/sign-in", data=typed)


def change(browser, present=OLD, password=NEW, repeated=None):
    typed = {"present": present, "password": password, "repeated": repeated or password}
    return browser.post(PAGE, data=typed)


def stored_of(world, someone):
    with world.inside(DEPARTMENT):
        return db.session.get_one(Account, someone.id).password_hash


def test_a_password_is_hashed_as_owasp_advises(world, officer):
    assert stored_of(world, officer).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_of_other_parameters_is_renewed_when_its_owner_signs_in(app, world, officer):
    keep_hash(world, officer, PasswordHasher.from_parameters(CHEAPEST).hash(OLD))
    assert enter(app.test_client(), officer, "a wrong password").status_code == 422
    assert "m=8," in stored_of(world, officer)
    assert enter(app.test_client(), officer, OLD).status_code == 302
    assert "m=19456,t=2,p=1" in stored_of(world, officer)
    assert enter(app.test_client(), officer, OLD).status_code == 302


def test_it_opens_however_a_keyboard_writes_its_letters(app, officer):
    assert enter(app.test_client(), officer, unicodedata.normalize("NFD", OLD)).status_code == 302
    assert enter(app.test_client(), officer, OLD.upper()).status_code == 422


def test_who_knows_the_present_password_chooses_another_and_is_out_elsewhere(
    app, world, sign_in, officer
):
    here, elsewhere = sign_in(officer), sign_in(officer)
    assert change(here).status_code == 303
    assert "Your password is changed" in here.get(f"{HERE}/account/sessions").text
    assert elsewhere.get(PAGE).status_code == 302
    assert enter(app.test_client(), officer, OLD).status_code == 422
    assert enter(app.test_client(), officer, NEW).status_code == 302
    with world.inside(DEPARTMENT):
        acts = [one.act for one in db.session.scalars(select(AuditEvent))]
    assert Act.PASSWORD_CHANGED in acts


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"present": "a wrong password"}, "This is not your present password."),
        ({"password": "short"}, "A password has at least 12 characters."),
        ({"password": "1qaz2wsx3edc"}, "Many people use this password"),
        ({"password": "socongthuong2026"}, "easy to guess here"),
        ({"password": "x" * 129}, "A password has at most 128 characters."),
        ({"repeated": "something else now"}, "The two passwords differ."),
    ],
)
def test_a_refusal_says_what_to_do_and_changes_nothing(world, sign_in, officer, typed, told):
    before = stored_of(world, officer)
    answer = change(sign_in(officer), **typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert stored_of(world, officer) == before


def test_the_own_name_is_no_password(sign_in, world, officer):
    answer = change(sign_in(officer, language="vi"), password=f"{officer.login} 2026 2026")
    assert answer.status_code == 422


def test_whoever_has_a_factor_gives_it_first(app, world, sign_in):
    head = world.make_account(DEPARTMENT, Role.HEAD)
    keep_hash(world, head, accounts.hash_password(OLD))
    secret, browser = give_totp(app, head.id), sign_in(head, factor_minutes=11)
    assert "/factor?next=" in browser.get(PAGE).location
    assert "/factor?next=" in change(browser).location
    assert stored_of(world, head) is not None
    given = browser.post(f"{HERE}/factor?next=/account/password", data={"code": code_of(secret)})
    assert given.location == PAGE
    with browser.session_transaction() as session:
        session["csrf_token"] = "token"
    assert change(browser).status_code == 303


def test_an_invitation_is_refused_a_weak_password_and_works_once_for_three_days(
    app, client, world, officer
):
    with app.app_context(), unit_of_work():
        token = invite(officer.id)
    link = f"{HERE}/invitations/{token}"
    with client.session_transaction() as session:
        session.update(csrf_token="token", language="en")
    client.environ_base["HTTP_X_CSRF_TOKEN"] = "token"

    def choose(password):
        return client.post(link, data={"password": password, "repeated": password})

    with clock_set_to(THE_DAY.replace(day=24)):
        assert client.get(link).status_code == 404
    weak = choose("khuyenhoc2026")
    assert weak.status_code == 422
    assert "easy to guess here" in weak.text
    assert choose(NEW).status_code == 303
    client.environ_base["HTTP_X_CSRF_TOKEN"] = ""
    assert client.get(link).status_code == 404
    assert enter(app.test_client(), officer, NEW).status_code == 302


def test_a_freshly_migrated_database_has_no_account(postgres, database):
    name = f"{database}_bare"
    postgres.create_database(name, OWNER)
    migrate(postgres.url(name, OWNER))
    engine = create_engine(postgres.url(name, OWNER))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 0
    engine.dispose()


def test_a_server_without_a_free_turn_says_so_and_keeps_the_name(app, officer, monkeypatch):
    monkeypatch.setattr(accounts, "PATIENCE", 0.01)
    taken = Semaphore(0)
    monkeypatch.setattr(accounts, "_SLOTS", taken)
    answer = enter(app.test_client(), officer, OLD)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "The server is busy" in answer.text
    assert f'value="{officer.login}"' in answer.text
    with app.app_context():
        assert find_account_by_login(officer.login) is not None
