"""A session is a row: it runs out, it can be ended anywhere, and its cookie is nothing then."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.domain.audit import Act
from app.domain.permissions import Role
from app.factory import create_app
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import Account, AuditEvent, Membership, WebSession
from app.persistence.queries.accounts import find_account_by_login
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import hash_password
from app.services.invitations import accept_invitation, invite
from app.services.sessions import begin
from tests.builders.sessions import code_of, give_totp, open_session
from tests.builders.world import DEPARTMENT
from tests.conftest import THE_DAY


HERE = f"/{DEPARTMENT}/-"
ROSTER = f"{HERE}/roster/"
SESSIONS = f"{HERE}/account/sessions"
PASSWORD = "bốn mùa hoa ban nở"


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER)


@pytest.fixture
def with_password(world):
    """Let an account sign in through the form."""

    def give(someone):
        with world.inside(DEPARTMENT), unit_of_work():
            db.session.get_one(Account, someone.id).password_hash = hash_password(PASSWORD)
        return someone

    return give


def enter(browser, someone, password=PASSWORD):
    with browser.session_transaction() as session:
        session["csrf_token"] = "token"
    typed = {"csrf_token": "token", "login": someone.login, "password": password}
    return browser.post(f"{HERE}/sign-in", data=typed)


def copy_of(app, browser):
    """Return another browser with the same cookie."""
    thief = app.test_client()
    with browser.session_transaction() as session:
        held = dict(session)
    with thief.session_transaction() as session:
        session.update(held)
    thief.environ_base["HTTP_X_CSRF_TOKEN"] = held.get("csrf_token", "")
    return thief


def is_stranger(browser, page=ROSTER):
    answer = browser.get(page)
    return answer.status_code == 302 and "/sign-in" in answer.location


@pytest.mark.parametrize(
    ("role", "minutes"), [(Role.OFFICER, 30), (Role.HEAD, 15), (Role.SUPERIOR, 15)]
)
def test_whoever_is_away_too_long_is_a_stranger(world, sign_in, role, minutes):
    browser = sign_in(world.make_account(DEPARTMENT, role), factor_minutes=0)
    page = f"{HERE}/decisions/"
    for later in (minutes - 1, 2 * (minutes - 1)):
        with clock_set_to(THE_DAY + timedelta(minutes=later)):
            assert browser.get(page).status_code == 200
    with clock_set_to(THE_DAY + timedelta(minutes=3 * minutes - 2)):
        assert is_stranger(browser, page)


def test_a_session_lasts_twelve_hours_at_most(sign_in, officer):
    browser = sign_in(officer, factor_minutes=0)
    for minutes in range(20, 12 * 60, 20):
        with clock_set_to(THE_DAY + timedelta(minutes=minutes)):
            assert browser.get(SESSIONS).status_code == 200
    with clock_set_to(THE_DAY + timedelta(hours=12)):
        assert is_stranger(browser)


def test_looking_at_pages_writes_once_a_minute_at_most(app, world, sign_in, officer):
    browser = sign_in(officer, factor_minutes=0)

    def version():
        with app.app_context(), world.owner():
            return db.session.execute(text("SELECT xmin::text, seen_at FROM web_session")).one()

    first = version()
    with clock_set_to(THE_DAY + timedelta(seconds=59)):
        browser.get(ROSTER)
    assert version() == first
    with clock_set_to(THE_DAY + timedelta(seconds=61)):
        browser.get(ROSTER)
    assert version() != first


def test_a_cookie_copied_before_signing_out_opens_nothing_after(app, sign_in, officer):
    browser = sign_in(officer)
    thief = copy_of(app, browser)
    assert thief.get(ROSTER).status_code == 200
    left = browser.post(f"{HERE}/sign-out")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert is_stranger(browser)
    assert is_stranger(thief)
    assert thief.post(f"{HERE}/exports/", data={"year": "2026"}).status_code == 302


def test_signing_in_gives_a_token_and_a_csrf_token_that_nobody_knew(
    app, client, officer, with_password
):
    with_password(officer)
    fixed = open_session(app, officer.id)
    with client.session_transaction() as session:
        session.update(_user_id=fixed, language="en")
    assert enter(client, officer).status_code == 302
    client.get(ROSTER)
    with client.session_transaction() as session:
        assert session["_user_id"] != fixed
        assert session.get("csrf_token") != "token"
        assert session["language"] == "en"
    attacker = app.test_client()
    with attacker.session_transaction() as session:
        session["_user_id"] = fixed
    assert is_stranger(attacker)


def test_the_browser_holds_a_token_and_the_database_its_hash(app, client, officer, with_password):
    enter(client, with_password(officer))
    with client.session_transaction() as session:
        token = session["_user_id"]
        assert str(officer.id) not in repr(dict(session))
    assert len(token) >= 43
    with app.app_context(), pytest.raises(Exception, match="permission denied"):
        db.session.execute(text("SELECT token_hash FROM web_session"))


def test_the_id_of_an_account_is_no_token(app, client, officer):
    with client.session_transaction() as session:
        session["_user_id"] = str(officer.id)
    assert is_stranger(client)


def test_a_disabled_account_is_out_with_its_next_request(app, world, sign_in, officer):
    browser = sign_in(officer)
    command = ["users", "disable", officer.login, "--reason", "left the office"]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    assert is_stranger(browser)
    with world.inside(DEPARTMENT):
        [act] = db.session.scalars(select(AuditEvent))
        assert (act.act, act.facts["reason"]) == (Act.ACCOUNT_DISABLED, "left the office")


def test_a_new_password_signs_out_everywhere(app, sign_in, officer):
    browser = sign_in(officer)
    with app.app_context(), unit_of_work():
        token = invite(officer.id)
    with app.app_context(), unit_of_work():
        accept_invitation(token, PASSWORD)
    assert is_stranger(browser)


def test_a_role_given_or_ended_signs_its_holder_out_and_nobody_else(app, world, sign_in, officer):
    administrator = world.make_account(DEPARTMENT, Role.TENANT_ADMIN)
    manager, browser = sign_in(administrator), sign_in(officer)
    given = manager.post(
        f"{HERE}/members/{officer.id}", data={"role": "secretary", "since": "2026-11-21"}
    )
    assert given.status_code == 303, given.text
    assert is_stranger(browser)
    again = sign_in(officer)
    with world.inside(DEPARTMENT):
        held = db.session.scalars(
            select(Membership.id).where(
                Membership.account_id == officer.id, Membership.role == Role.SECRETARY
            )
        ).one()
    ended = manager.post(
        f"{HERE}/members/{officer.id}/roles/{held}/end", data={"last_day": "2026-11-20"}
    )
    assert ended.status_code == 303, ended.text
    assert is_stranger(again)
    assert manager.get(f"{HERE}/members/").status_code == 200


def test_people_see_their_own_sessions_and_end_one_or_all_others(app, world, sign_in, officer):
    stranger = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    here, phone, library = sign_in(officer), sign_in(officer), sign_in(officer)
    page = here.get(SESSIONS).text
    assert page.count("127.0.0.1") == 3
    with app.app_context():
        rows = {one.id: one.account_id for one in db.session.scalars(select(WebSession))}
        theirs = next(key for key, account in rows.items() if account != officer.id)
    assert str(theirs) not in page
    assert here.post(f"{SESSIONS}/{theirs}/end").status_code == 404
    assert stranger.get(ROSTER).status_code == 200
    with app.app_context():
        newest = db.session.scalars(
            select(WebSession.id)
            .where(WebSession.account_id == officer.id)
            .order_by(WebSession.id.desc())
        ).first()
    assert here.post(f"{SESSIONS}/{newest}/end").status_code == 303
    assert is_stranger(library)
    assert phone.get(ROSTER).status_code == 200
    here.post(f"{SESSIONS}/end-others")
    assert is_stranger(phone)
    assert here.get(ROSTER).status_code == 200


def test_a_session_is_named_by_its_browser_and_system(app, client, officer, with_password):
    client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
    )
    enter(client, with_password(officer))
    assert "Edge · Windows" in client.get(SESSIONS).text


def test_signing_in_and_out_is_recorded_in_an_agency_of_ones_own_and_else_in_the_log(
    app, world, officer, with_password, caplog
):
    with_password(officer)
    browser = app.test_client()
    enter(browser, officer)
    with browser.session_transaction() as session:
        session["csrf_token"] = "token"
    browser.post(f"{HERE}/sign-out", data={"csrf_token": "token"})
    with world.inside(DEPARTMENT):
        acts = db.session.scalars(select(AuditEvent).order_by(AuditEvent.at)).all()
        assert [one.act for one in acts] == [Act.ACCOUNT_SIGNED_IN, Act.ACCOUNT_SIGNED_OUT]
        assert acts[0].facts["address"] == "127.0.0.1"
    visitor = app.test_client()
    with visitor.session_transaction() as session:
        session["csrf_token"] = "token"
    with caplog.at_level("INFO", logger="app.services.sessions"):
        typed = {"csrf_token": "token", "login": officer.login, "password": PASSWORD}
        visitor.post("/sign-in", data=typed)
    told = json.loads(caplog.messages[0])
    assert told == {
        "act": "account-signed-in",
        "account": str(officer.id),
        "address": "127.0.0.1",
    }
    assert officer.login not in caplog.text


def test_over_https_the_cookie_belongs_to_this_host_alone(config):
    app = create_app(replace(config, is_https=True))
    cookie = app.test_client().get("/?lang=en").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_what_is_long_over_is_forgotten(app, officer):
    open_session(app, officer.id)
    later = THE_DAY + timedelta(days=91)
    with clock_set_to(later), app.app_context(), unit_of_work():
        begin(officer.id, address="127.0.0.1", agent="a test")
    with app.app_context():
        assert len(db.session.scalars(select(WebSession)).all()) == 1


def test_a_first_password_does_not_go_around_the_factor(app, client, world):
    head = world.make_account(DEPARTMENT, Role.HEAD)
    give_totp(app, head.id)
    with app.app_context(), unit_of_work():
        token = invite(head.id)
    with app.app_context(), unit_of_work():
        accept_invitation(token, PASSWORD)
    assert enter(client, head).location == f"{HERE}/factor"
    assert is_not_let_in(client)


def is_not_let_in(browser):
    answer = browser.get(f"{HERE}/decisions/")
    return answer.status_code == 302 and "/factor" in answer.location


def test_an_operator_takes_factors_away_for_a_reason(app, world, client, with_password, sign_in):
    head = with_password(world.make_account(DEPARTMENT, Role.HEAD))
    secret, browser = give_totp(app, head.id), sign_in(head)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["users", "reset-factor", head.login]).exit_code != 0
    command = ["users", "reset-factor", head.login, "--reason", "lost the phone, came in person"]
    assert runner.invoke(args=command).exit_code == 0
    assert is_stranger(browser, f"{HERE}/decisions/")
    assert enter(client, head).location == f"{HERE}/account/factors"
    assert is_not_let_in(client)
    assert client.post(f"{HERE}/factor", data={"code": code_of(secret)}).status_code == 400
    with world.inside(DEPARTMENT):
        [act] = db.session.scalars(select(AuditEvent))
        assert act.facts["reason"] == "lost the phone, came in person"
        assert find_account_by_login(head.login).password_hash
