"""Nothing typed is lost when a session ends meanwhile; and nobody else gets it."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select

from app.domain.permissions import Role
from app.domain.sessions import Ending
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import Account, Membership, Person
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import hash_password
from app.services.sessions import end_all
from tests.builders.sessions import code_of, give_totp
from tests.builders.world import COMMUNE, DEPARTMENT, THIS_YEAR
from tests.conftest import THE_DAY


HERE = f"/{DEPARTMENT}/-"
ADD = f"{HERE}/roster/add"
PASSWORD = "bốn mùa hoa ban nở"
TYPED = {"name": "Lò Thị Pánh", "birth_year": "1984", "note": "bà dạy chữ Thái"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
ACTION = re.compile(r'<form method="post"\s+action="([^"]*)"\s+class="panel panel-body prose"')


@pytest.fixture
def member(world):
    def make(*roles):
        someone = world.make_account(DEPARTMENT, *roles)
        with world.inside(DEPARTMENT), unit_of_work():
            db.session.get_one(Account, someone.id).password_hash = hash_password(PASSWORD)
        return someone

    return make


@pytest.fixture
def officer(member):
    return member(Role.OFFICER)


def token_in(browser):
    with browser.session_transaction() as session:
        return session.setdefault("csrf_token", "token")


def enter(browser, someone, **more):
    typed = {"csrf_token": token_in(browser), "login": someone.login, "password": PASSWORD}
    return browser.post(f"{HERE}/sign-in", data={**typed, **more})


@pytest.fixture
def at_work(app, officer):
    browser = app.test_client()
    assert enter(browser, officer).status_code == 302
    browser.get(ADD)
    return browser


def hidden_in(page):
    found = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    found.pop("csrf_token", None)
    return found


def end_sessions(app, someone):
    with app.app_context(), unit_of_work():
        end_all(someone.id, Ending.ENDED_ELSEWHERE)


def send(browser, token=None, path=ADD, **more):
    return browser.post(path, data={"csrf_token": token or token_in(browser), **TYPED, **more})


def test_what_was_typed_is_there_again_after_signing_in(app, at_work, officer):
    end_sessions(app, officer)
    asked = send(at_work)
    assert asked.status_code == 401
    assert "is there again once you have signed in" in unescape(asked.text) or "giữ" in asked.text
    shown = enter(at_work, officer, **hidden_in(asked.text))
    assert shown.status_code == 200
    assert "bà dạy chữ Thái" in shown.text
    assert "data-send-on" not in shown.text
    assert ACTION.findall(shown.text) == [ADD]
    again = at_work.post(ADD, data={"csrf_token": token_in(at_work), **hidden_in(shown.text)})
    assert again.status_code in {200, 303, 422}
    assert hidden_in(shown.text).items() >= TYPED.items()


def test_a_session_that_idled_out_loses_nothing_either(at_work, officer):
    token = token_in(at_work)
    with clock_set_to(THE_DAY + timedelta(minutes=31)):
        asked = send(at_work, token)
        assert asked.status_code == 401
        wrong = at_work.post(
            f"{HERE}/sign-in",
            data={
                "csrf_token": token,
                "login": officer.login,
                "password": "a wrong password",
                **hidden_in(asked.text),
            },
        )
        assert wrong.status_code == 422
        assert hidden_in(wrong.text)["kept.note"] == TYPED["note"]
        shown = enter(at_work, officer, **hidden_in(wrong.text))
    assert hidden_in(shown.text).items() >= TYPED.items()


def test_another_account_gets_nothing_of_it(app, at_work, officer, member):
    end_sessions(app, officer)
    asked = send(at_work)
    answer = enter(at_work, member(Role.OFFICER), **hidden_in(asked.text))
    assert answer.status_code == 302
    after = at_work.get(f"{HERE}/roster/").text
    assert "bà dạy chữ Thái" not in answer.text + after


def test_nobody_passes_a_form_to_another_by_naming_them_its_owner(app, at_work, officer):
    end_sessions(app, officer)
    hidden = hidden_in(send(at_work).text) | {"kept_owner": "0" * 64}
    assert enter(at_work, officer, **hidden).status_code == 302


def test_a_page_that_was_open_while_its_owner_signed_out_is_kept_too(at_work, officer):
    old = token_in(at_work)
    at_work.post(f"{HERE}/sign-out", data={"csrf_token": old})
    asked = send(at_work, old)
    assert asked.status_code == 401
    shown = enter(at_work, officer, **hidden_in(asked.text))
    assert hidden_in(shown.text).items() >= TYPED.items()


def test_so_is_one_whose_owner_has_signed_in_again_in_another_window(at_work, officer):
    old = token_in(at_work)
    at_work.post(f"{HERE}/sign-out", data={"csrf_token": old})
    enter(at_work, officer)
    shown = send(at_work, old)
    assert shown.status_code == 200
    assert "data-send-on" not in shown.text
    assert hidden_in(shown.text).items() >= TYPED.items()


def test_but_not_for_who_has_signed_in_since(at_work, member):
    old = token_in(at_work)
    at_work.post(f"{HERE}/sign-out", data={"csrf_token": old})
    enter(at_work, member(Role.OFFICER))
    refused = send(at_work, old)
    assert refused.status_code == 400
    assert "bà dạy chữ Thái" not in refused.text


def test_a_form_of_another_site_is_forged_whoever_was_here(at_work):
    at_work.post(f"{HERE}/sign-out", data={"csrf_token": token_in(at_work)})
    assert send(at_work, "guessed").status_code == 400
    at_work.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert send(at_work, "guessed").status_code == 400


def test_a_visitor_who_never_signed_in_is_only_led_to_do_so(client):
    assert send(client, token_in(client)).status_code == 302


def test_the_second_factor_stands_between(app, member):
    head, browser = member(Role.HEAD), app.test_client()
    secret = give_totp(app, head.id)
    enter(browser, head)
    browser.post(f"{HERE}/factor", data={"csrf_token": token_in(browser), "code": code_of(secret)})
    browser.get(f"{HERE}/decisions/")
    end_sessions(app, head)
    asked = send(browser)
    waiting = enter(browser, head, **hidden_in(asked.text))
    kept = hidden_in(waiting.text)
    assert kept["kept_for"] == ADD
    token = token_in(browser)
    with clock_set_to(THE_DAY + timedelta(seconds=30)):
        code = code_of(secret)
        shown = browser.post(f"{HERE}/factor", data={"csrf_token": token, "code": code, **kept})
    assert ACTION.findall(shown.text) == [ADD]
    assert hidden_in(shown.text).items() >= TYPED.items()


def test_files_and_passwords_are_not_kept_and_that_is_said(app, at_work, officer):
    end_sessions(app, officer)
    asked = at_work.post(
        ADD,
        data={
            "csrf_token": token_in(at_work),
            **TYPED,
            "file": (BytesIO(b"x"), "x.xlsx"),
            "password": PASSWORD,
        },
    )
    assert PASSWORD not in asked.text
    with at_work.session_transaction() as session:
        session["language"] = "en"
    shown = enter(at_work, officer, **hidden_in(asked.text))
    assert "Files could not be kept" in shown.text
    assert hidden_in(shown.text).items() >= TYPED.items()


def test_a_script_that_swaps_parts_of_a_page_gets_the_whole_one(app, at_work, officer):
    end_sessions(app, officer)
    at_work.environ_base["HTTP_HX_REQUEST"] = "true"
    at_work.environ_base["HTTP_HX_CURRENT_URL"] = f"http://localhost{HERE}/board/"
    polled = at_work.get(f"{HERE}/roster/")
    assert polled.status_code == 401
    assert polled.headers["HX-Redirect"].startswith(f"{HERE}/sign-in?next=")
    sent = send(at_work)
    assert sent.headers["HX-Retarget"] == "body"
    assert hidden_in(sent.text)["kept.note"] == TYPED["note"]


def test_a_form_acts_in_the_agency_of_its_address_wherever_its_owner_is_by_now(
    world, at_work, officer
):
    with world.inside(COMMUNE), unit_of_work():
        db.session.add(
            Membership(account_id=officer.id, role=Role.APPRAISER, since=date(2020, 1, 1))
        )
    places = at_work.get("/agencies?lang=en").text
    assert f"/{DEPARTMENT}/-" in places
    assert f"/{COMMUNE}/-" in places
    assert "Chi Lăng" not in places
    assert "Member of the appraisal team" in places
    token = token_in(at_work)
    elsewhere = at_work.get(f"/{COMMUNE}/-/home").text
    assert "Member of the appraisal team" in elsewhere
    typed = {
        "name": "Lò Thị Pánh",
        "birth": "1984",
        "unit_id": str(world.unit_of(DEPARTMENT)),
        "group_number": "3",
        "year": str(THIS_YEAR),
        "csrf_token": token,
    }
    assert at_work.post(ADD, data=typed).status_code == 303
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(Person.name)).all() == ["Lò Thị Pánh"]
    with world.inside(COMMUNE):
        assert not db.session.scalars(select(Person.name)).all()
