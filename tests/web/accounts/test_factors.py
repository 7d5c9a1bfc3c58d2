"""People set up their second factor themselves, the first time before anything else opens."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent
from tests.builders.authenticator import SoftAuthenticator
from tests.builders.sessions import code_of, give_totp
from tests.builders.world import DEPARTMENT
from tests.conftest import THE_DAY


HERE = f"/{DEPARTMENT}/-"
FACTORS = f"{HERE}/account/factors"
CODES = re.compile(r"<code[^>]*>([a-z0-9-]{29})</code>")


@pytest.fixture
def head(world):
    return world.make_account(DEPARTMENT, Role.HEAD)


def let_in(browser):
    """Take the csrf token that the browser got with its new session."""
    browser.get(FACTORS)
    with browser.session_transaction() as session:
        browser.environ_base["HTTP_X_CSRF_TOKEN"] = session["csrf_token"]
    return browser


def secret_in(page):
    return re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")


def test_the_first_factor_is_set_up_before_anything_opens(world, head, sign_in):
    browser, elsewhere = sign_in(head, factor_minutes=None), sign_in(head, factor_minutes=None)
    assert "nothing else opens before" in browser.get(FACTORS).text
    shown = browser.post(f"{FACTORS}/app/new", follow_redirects=True)
    assert 'src="data:image/svg+xml' in shown.text
    secret = secret_in(shown.text)
    assert "This is not the code" in browser.post(f"{FACTORS}/app", data={"code": "1"}).text
    done = browser.post(f"{FACTORS}/app", data={"code": pyotp.TOTP(secret).at(THE_DAY)})
    assert len(CODES.findall(done.text)) == 10
    assert browser.get(f"{HERE}/decisions/").status_code == 200
    assert "/sign-in" in elsewhere.get(f"{HERE}/decisions/").location
    with world.inside(DEPARTMENT):
        acts = set(db.session.scalars(select(AuditEvent.act)))
    assert acts == {Act.FACTOR_ADDED, Act.ACCOUNT_SIGNED_IN, Act.RECOVERY_CODES_MADE}


def test_the_picture_says_whose_account_it_is(world, head, sign_in):
    browser = sign_in(head, factor_minutes=None)
    browser.post(f"{FACTORS}/app/new")
    page = browser.get(f"{FACTORS}/app").text
    assert "<script>" not in page
    assert 'style="' not in page


def test_printed_codes_are_shown_once_and_each_stands_in_for_the_factor(app, head, sign_in):
    give_totp(app, head.id)
    browser = sign_in(head)
    printed = CODES.findall(browser.post(f"{FACTORS}/codes").text)
    assert len(set(printed)) == 10
    page = let_in(browser).get(FACTORS).text
    assert not CODES.search(page)
    assert "10 codes are left" in page
    waiting = sign_in(head, factor_minutes=None)
    assert waiting.post(f"{HERE}/factor", data={"code": printed[0]}).status_code == 302
    assert "9 codes are left" in waiting.get(FACTORS).text


def test_nobody_makes_printed_codes_without_a_factor(world, sign_in):
    browser = sign_in(world.make_account(DEPARTMENT, Role.OFFICER), factor_minutes=None)
    assert browser.post(f"{FACTORS}/codes").status_code == 303


@pytest.mark.parametrize("path", ["app/new", "app", "app/remove", "codes", "passkeys/ask"])
def test_a_factor_is_changed_with_a_fresh_factor_alone(app, head, sign_in, path):
    give_totp(app, head.id)
    assert sign_in(head, factor_minutes=11).post(f"{FACTORS}/{path}").status_code == 403
    waiting = sign_in(head, factor_minutes=None).post(f"{FACTORS}/{path}")
    assert waiting.status_code == 403
    assert sign_in(head).post(f"{FACTORS}/{path}").status_code != 403


def test_a_first_factor_is_added_soon_after_the_password_alone(world, sign_in):
    browser = sign_in(world.make_account(DEPARTMENT, Role.OFFICER), factor_minutes=None)
    assert browser.post(f"{FACTORS}/app/new").location == f"{FACTORS}/app"
    with clock_set_to(THE_DAY + timedelta(minutes=10)):
        assert "/sign-in" in browser.post(f"{FACTORS}/app/new").location


def test_another_phone_replaces_the_first(app, head, sign_in):
    former = give_totp(app, head.id)
    browser = sign_in(head)
    secret = secret_in(browser.post(f"{FACTORS}/app/new", follow_redirects=True).text)
    assert browser.post(f"{FACTORS}/app", data={"code": code_of(secret)}).status_code == 200
    with clock_set_to(THE_DAY + timedelta(minutes=1)):
        waiting = sign_in(head, factor_minutes=None)
        assert waiting.post(f"{HERE}/factor", data={"code": code_of(former)}).status_code == 422
        assert waiting.post(f"{HERE}/factor", data={"code": code_of(secret)}).status_code == 302


def test_the_last_factor_of_a_head_stays_and_one_of_two_may_go(app, world, head, sign_in):
    give_totp(app, head.id)
    browser = sign_in(head)
    refused = browser.post(f"{FACTORS}/app/remove")
    assert refused.status_code == 422
    assert "this is the only one you have" in refused.text
    key = SoftAuthenticator()
    made = key.make(browser.post(f"{FACTORS}/passkeys/ask").text)
    browser.post(f"{FACTORS}/passkeys", data={"passkey": made, "name": "Máy ở cơ quan"})
    page = let_in(browser).get(FACTORS).text
    assert "Máy ở cơ quan" in page
    address = re.search(r"passkeys/([0-9a-f-]{36})/remove", page).group(0)
    stranger = world.make_account(DEPARTMENT, Role.HEAD)
    give_totp(app, stranger.id)
    assert sign_in(stranger).post(f"{FACTORS}/{address}").status_code == 404
    assert browser.post(f"{FACTORS}/{address}").status_code == 303
    assert "Máy ở cơ quan" not in browser.get(FACTORS).text


def test_a_passkey_that_is_none_is_refused_with_advice(app, head, sign_in):
    give_totp(app, head.id)
    browser = sign_in(head)
    browser.post(f"{FACTORS}/passkeys/ask")
    refused = browser.post(f"{FACTORS}/passkeys", data={"passkey": "{}", "name": "x"})
    assert refused.status_code == 422
    assert "use the code of an app instead" in refused.text


def test_a_passkey_alone_lets_a_head_in(head, sign_in):
    browser, key = sign_in(head, factor_minutes=None), SoftAuthenticator()
    made = key.make(browser.post(f"{FACTORS}/passkeys/ask").text)
    done = browser.post(f"{FACTORS}/passkeys", data={"passkey": made, "name": "USB"})
    assert len(CODES.findall(done.text)) == 10
    assert browser.get(f"{HERE}/decisions/").status_code == 200
