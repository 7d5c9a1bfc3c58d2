"""Nothing opens before a factor that is due, and no weighty act without a fresh one."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, text

from app.domain.audit import Act
from app.domain.factors import NEED_FACTOR
from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.factory import create_app
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent, WebSession
from app.persistence.queries.sessions import find_session
from app.persistence.unit_of_work import unit_of_work
from app.services import factors
from app.services.settings import change_setting
from app.web.access import takes_fresh_factor
from tests.builders.authenticator import SoftAuthenticator
from tests.builders.listening import statements_of
from tests.builders.sessions import code_for, code_of, give_totp, open_session
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE
from tests.conftest import THE_DAY


HERE = f"/{DEPARTMENT}/-"
FACTOR = f"{HERE}/factor"
KEPT = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


@pytest.fixture
def head(world):
    return world.make_account(DEPARTMENT, Role.HEAD)


def hidden_in(page):
    found = {}
    for name, value in KEPT.findall(page):
        if name != "csrf_token":
            found.setdefault(name, []).append(unescape(value))
    return found


@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_needs_a_factor_opens_nothing_before_it(app, world, sign_in, role):
    someone = world.make_account(DEPARTMENT, role)
    bare = sign_in(someone, factor_minutes=None)
    pages = [f"{HERE}/decisions/", f"{HERE}/account/sessions", "/agencies", f"{HERE}/members/"]
    answers = [bare.get(page) for page in pages]
    if role in NEED_FACTOR:
        assert {one.status_code for one in answers} == {302}
        assert all("/account/factors?" in one.location for one in answers)
        assert someone.name not in bare.get(f"{HERE}/home").text
    else:
        assert answers[1].status_code == 200
    give_totp(app, someone.id)
    enrolled = sign_in(someone, factor_minutes=None)
    assert "/factor?" in enrolled.get(f"{HERE}/account/sessions").location
    assert sign_in(someone).get(f"{HERE}/account/sessions").status_code == 200


def test_a_role_in_one_agency_counts_in_all_of_them(world, sign_in):
    clerk = world.make_account(DEPARTMENT, Role.OFFICER)
    with world.inside(COMMUNE), unit_of_work():
        db.session.execute(
            text(
                "INSERT INTO membership (province_id, tenant_id, id, account_id, role, since)"
                " SELECT province_id, id, gen_random_uuid(), :account, 'chair', '2026-01-01'"
                " FROM tenant WHERE slug = :slug"
            ),
            {"account": clerk.id, "slug": COMMUNE},
        )
    assert "/account/factors" in sign_in(clerk, factor_minutes=None).get(f"{HERE}/roster/").location


def ask_everybody(world, slug):
    admin = world.make_account(slug, Role.TENANT_ADMIN).actor()
    with world.inside(slug), unit_of_work():
        change_setting(SettingName.SECOND_FACTOR, "everybody", source="", by=admin)


@pytest.mark.parametrize("asking", [DEPARTMENT, PROVINCE])
@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OFFICER, Role.APPRAISER])
def test_an_agency_that_asks_everybody_opens_nothing_to_anybody_before_the_factor(
    app, world, sign_in, asking, role
):
    someone = world.make_account(DEPARTMENT, role)
    browser = sign_in(someone, factor_minutes=None)
    page = f"{HERE}/account/sessions"
    assert browser.get(page).status_code == 200
    ask_everybody(world, asking)
    assert "/account/factors?" in browser.get(page).location
    assert "asks everybody for a second factor" in browser.get(f"{HERE}/account/factors").text
    give_totp(app, someone.id)
    waiting = sign_in(someone, factor_minutes=None)
    assert "/factor?" in waiting.get(page).location
    assert waiting.post(FACTOR, data={"code": code_for(app, someone.id)}).status_code == 302
    assert waiting.get(page).status_code == 200
    refused = sign_in(someone).post(f"{HERE}/account/factors/app/remove")
    assert "this is the only one you have" in refused.text


def test_an_agency_that_asks_everybody_asks_nobody_elsewhere(world, sign_in):
    ask_everybody(world, DEPARTMENT)
    beside, above = (world.make_account(slug, Role.OFFICER) for slug in (COMMUNE, PROVINCE))
    for someone, slug in ((beside, COMMUNE), (above, PROVINCE)):
        opened = sign_in(someone, factor_minutes=None).get(f"/{slug}/-/account/sessions")
        assert opened.status_code == 200


def test_who_someone_is_and_what_is_asked_of_them_is_one_statement(app, world):
    token = open_session(app, world.make_account(DEPARTMENT, Role.OFFICER).id)
    ask_everybody(world, DEPARTMENT)
    with app.app_context():
        find_session(token)
        with statements_of(app) as seen:
            assert find_session(token).needs_factor
    assert len([one for one in seen if "web_session" in one]) == 1
    assert len([one for one in seen if "setting" in one]) == 0


def test_the_right_code_opens_the_page_that_was_asked_for_with_a_new_token(app, head, sign_in):
    secret = give_totp(app, head.id)
    browser = sign_in(head, factor_minutes=None)
    led = browser.get(f"{HERE}/decisions/?year=2026").location
    assert led.startswith(f"{FACTOR}?next=")
    with browser.session_transaction() as session:
        before = session["_user_id"]
    opened = browser.post(led, data={"code": code_of(secret)})
    assert opened.location == f"{HERE}/decisions/?year=2026"
    with browser.session_transaction() as session:
        assert session["_user_id"] != before
        assert session.get("csrf_token") != "token"
    assert browser.get(opened.location).status_code == 200


def test_a_code_is_right_once_whoever_types_it(app, head, sign_in):
    secret = give_totp(app, head.id)
    first, second = (sign_in(head, factor_minutes=None) for _ in range(2))
    assert first.post(FACTOR, data={"code": code_of(secret)}).status_code == 302
    refused = second.post(FACTOR, data={"code": code_of(secret)})
    assert refused.status_code == 422
    assert "was used before" in refused.text


def test_a_printed_code_opens_once(app, head, sign_in):
    give_totp(app, head.id)
    with app.app_context(), unit_of_work():
        code = factors.make_recovery_codes(head.id)[0]
    first, second = (sign_in(head, factor_minutes=None) for _ in range(2))
    assert first.post(FACTOR, data={"code": code}).status_code == 302
    assert second.post(FACTOR, data={"code": code}).status_code == 422


def test_whoever_guesses_starts_again_with_the_password(app, world, head, sign_in):
    give_totp(app, head.id)
    browser = sign_in(head, factor_minutes=None)
    answers = [browser.post(FACTOR, data={"code": f"00000{n}"}) for n in range(5)]
    assert [one.status_code for one in answers] == [422, 422, 422, 422, 303]
    assert "/sign-in" in browser.get(f"{HERE}/decisions/").location
    with world.inside(DEPARTMENT):
        acts = db.session.scalars(select(AuditEvent.act)).all()
        assert acts == [Act.FACTOR_FAILED] * 5


def test_a_passkey_opens_what_a_code_does(app, head, sign_in):
    key, key_page = SoftAuthenticator(), f"{HERE}/account/factors/passkeys"
    give_totp(app, head.id)
    browser = sign_in(head)
    made = key.make(browser.post(f"{key_page}/ask").text)
    kept = browser.post(key_page, data={"passkey": made, "name": "USB"})
    assert kept.status_code == 200
    waiting = sign_in(head, factor_minutes=None)
    assert "Use a passkey" in waiting.get(FACTOR).text
    signed = key.sign(waiting.post(f"{FACTOR}/passkey").text)
    opened = waiting.post(FACTOR, data={"passkey": signed})
    assert opened.status_code == 302
    assert waiting.get(f"{HERE}/decisions/").status_code == 200
    again = sign_in(head, factor_minutes=None)
    again.post(f"{FACTOR}/passkey")
    assert again.post(FACTOR, data={"passkey": signed}).status_code == 422


WEIGHTY = {"decisions.review", "decisions.annul", "decisions.correct"}


def test_every_way_to_decide_takes_a_fresh_factor(app):
    found = {name for name, view in app.view_functions.items() if takes_fresh_factor(view)}
    assert found >= WEIGHTY


@pytest.mark.parametrize("minutes", [None, 10, 11])
def test_a_stale_factor_decides_nothing_and_a_fresh_one_may(app, head, sign_in, minutes):
    give_totp(app, head.id)
    browser = sign_in(head, factor_minutes=minutes)
    page = f"{HERE}/decisions/00000000-0000-7000-8000-000000000000/annul"
    refused = browser.post(page, data={"reason": "Nhầm số"})
    assert refused.status_code == (302 if minutes is None else 403)
    assert sign_in(head, factor_minutes=9).post(page).status_code == 404


def test_looking_at_a_form_takes_no_fresh_factor(app, head, sign_in):
    give_totp(app, head.id)
    page = f"{HERE}/decisions/00000000-0000-7000-8000-000000000000/annul"
    assert sign_in(head, factor_minutes=11).get(page).status_code == 404


def test_what_was_typed_waits_for_the_factor_and_is_sent_on(app, head, sign_in):
    secret = give_totp(app, head.id)
    browser = sign_in(head, factor_minutes=11)
    page = f"{HERE}/decisions/00000000-0000-7000-8000-000000000000/annul"
    typed = {"reason": 'Nhầm "số"\r\nquyết định', "line": ["a", "b"]}
    asked = browser.post(f"{page}?year=2026", data=typed)
    assert asked.status_code == 403
    assert "What you have typed is kept" in asked.text
    wrong = browser.post(FACTOR, data={**hidden_in(asked.text), "code": "000000"})
    assert wrong.status_code == 422
    done = browser.post(FACTOR, data={**hidden_in(wrong.text), "code": code_of(secret)})
    assert done.status_code == 200
    assert f'action="{page}?year=2026"' in done.text
    assert hidden_in(done.text) == {"reason": [typed["reason"]], "line": ["a", "b"]}


@pytest.mark.parametrize("address", ["//elsewhere.example/x", "https://elsewhere.example", ""])
def test_a_kept_form_is_never_sent_to_another_house(app, head, sign_in, address):
    secret = give_totp(app, head.id)
    browser = sign_in(head, factor_minutes=11)
    typed = {"kept_for": address, "kept.reason": "x", "code": code_of(secret)}
    done = browser.post(FACTOR, data=typed)
    assert (done.status_code, done.location) == (302, f"{HERE}/home")


def test_who_has_no_factor_yet_sets_one_up_beside_what_was_typed(app, head, sign_in):
    browser = sign_in(head, factor_minutes=11)
    page = f"{HERE}/decisions/00000000-0000-7000-8000-000000000000/annul"
    asked = browser.post(page, data={"reason": "Nhầm số"})
    assert asked.status_code == 403
    assert "/account/factors" in asked.text
    with app.app_context(), unit_of_work():
        db.session.execute(WebSession.__table__.update().values(factor_at=THE_DAY))
    assert "Go on" in browser.post(FACTOR, data=hidden_in(asked.text)).text


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_a_demonstration_shows_the_code_and_no_other_house_does(
    config, world, head, is_demonstration
):
    secret = give_totp(world.app, head.id)
    ordinary = world.make_account(DEPARTMENT, Role.HEAD)
    other = give_totp(world.app, ordinary.id)
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(
            text("UPDATE account SET is_demonstration = true WHERE id = :who"), {"who": head.id}
        )
    app = create_app(replace(config, is_demonstration=is_demonstration))
    for someone, code, is_shown in ((head, secret, is_demonstration), (ordinary, other, False)):
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = open_session(app, someone.id, factor_minutes=None)
        assert (code_of(code) in browser.get(FACTOR).text) is is_shown
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_a_factor_is_stale_after_ten_minutes_on_the_clock(app, head, sign_in):
    give_totp(app, head.id)
    browser = sign_in(head, factor_minutes=0)
    page = f"{HERE}/decisions/00000000-0000-7000-8000-000000000000/annul"
    assert browser.post(page).status_code == 404
    with clock_set_to(THE_DAY + timedelta(minutes=10)):
        assert browser.post(page).status_code == 403
