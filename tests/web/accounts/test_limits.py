"""Guessing is slow, nobody is locked out, and without Redis only signing in waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.limits import Guarded, Limit, Per
from app.domain.permissions import Role
from app.factory import create_app
from app.launch.valkey import Valkey
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import Account, AuditEvent
from app.persistence.unit_of_work import unit_of_work
from app.services import accounts
from app.web.accounts import trying
from tests.builders.sessions import open_session
from tests.builders.world import COMMUNE, DEPARTMENT
from tests.conftest import THE_DAY


HERE = f"/{DEPARTMENT}/-"
PASSWORD = "bốn mùa hoa ban nở"
WRONG = "a wrong password"


@pytest.fixture
def officer(world):
    someone = world.make_account(DEPARTMENT, Role.OFFICER)
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.get_one(Account, someone.id).password_hash = accounts.hash_password(PASSWORD)
    return someone


@pytest.fixture
def limited(config):
    """Make a house with limits of the test's own."""
    made = []

    def make(*limits, **settings):
        app = create_app(replace(config, limits=limits, **settings))
        app.testing = True
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def visitor_of(app, language="en"):
    browser = app.test_client()
    with browser.session_transaction() as session:
        session.update(csrf_token="token", language=language)
    return browser


def member_of(app, someone):
    browser = visitor_of(app)
    with browser.session_transaction() as session:
        session["_user_id"] = open_session(app, someone.id)
    browser.environ_base["HTTP_X_CSRF_TOKEN"] = "token"
    return browser


def enter(browser, login, password=WRONG, **more):
    with browser.session_transaction() as session:
        session["csrf_token"] = "token"
    typed = {"csrf_token": "token", "login": login, "password": password, **more}
    return browser.post(f"{HERE}/sign-in", data=typed)


@pytest.fixture
def looked_at(monkeypatch):
    """The passwords that reached the hash; looking at them costs nothing here."""
    seen = []

    def look(login, password):
        seen.append((login, password))

    monkeypatch.setattr(trying, "find_account_by_password", look)
    return seen


def test_of_ten_thousand_guesses_in_a_day_few_reach_the_hash(app, officer, looked_at):
    browser, day = visitor_of(app), timedelta(days=1)
    with app.test_request_context(f"{HERE}/sign-in"):
        for guess in range(10_000):
            with clock_set_to(THE_DAY + guess * day / 10_000):
                trying.try_password(officer.login, f"guess {guess}")
    assert 50 < len(looked_at) < 120
    with clock_set_to(THE_DAY + day):
        assert enter(browser, officer.login).status_code == 429


def test_guesses_sent_at_once_wait_as_well(app, officer, looked_at):
    browser = visitor_of(app)
    answers = [enter(browser, officer.login) for _ in range(8)]
    assert [one.status_code for one in answers] == [422] * 5 + [429] * 3
    assert len(looked_at) == 5
    assert answers[-1].headers["Retry-After"] == "15"
    assert "Try again at 09:00:15, in 15 seconds." in answers[-1].text
    assert f'value="{officer.login}"' in answers[-1].text


def test_after_the_wait_the_right_password_opens_and_the_count_begins_again(app, officer):
    browser = visitor_of(app)
    for _ in range(5):
        enter(browser, officer.login)
    assert enter(browser, officer.login, PASSWORD).status_code == 429
    with clock_set_to(THE_DAY + timedelta(seconds=15)):
        assert enter(browser, officer.login, PASSWORD).status_code == 302
        assert enter(visitor_of(app), officer.login).status_code == 422


def test_guesses_made_elsewhere_do_not_slow_a_browser_that_is_known(app, officer):
    own, stranger = visitor_of(app), visitor_of(app)
    assert enter(own, officer.login, PASSWORD).status_code == 302
    own.post(f"{HERE}/sign-out", data={"csrf_token": "token"})
    for _ in range(6):
        last = enter(stranger, officer.login)
    assert last.status_code == 429
    assert enter(own, officer.login, PASSWORD).status_code == 302
    assert enter(stranger, officer.login, PASSWORD).status_code == 429


def test_a_cookie_of_ones_own_making_makes_no_browser_known(app, officer):
    stranger = visitor_of(app)
    stranger.set_cookie("known", '["me", ["x"]]')
    answers = [enter(stranger, officer.login).status_code for _ in range(6)]
    assert answers[-1] == 429


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_name_that_nobody_has_is_answered_in_the_same_words(app, officer, language):
    def pages(login):
        browser = visitor_of(app, language)
        answers = [enter(browser, login) for _ in range(6)]
        return [(one.status_code, one.text.replace(login, "NAME")) for one in answers]

    assert pages(officer.login) == pages("nobody.here")


def test_a_name_that_nobody_has_costs_a_hash_too(app, officer, monkeypatch):
    verified = []
    matches = accounts._matches  # noqa: SLF001
    monkeypatch.setattr(
        accounts, "_matches", lambda stored, typed: verified.append(1) or matches(stored, typed)
    )
    enter(visitor_of(app), "nobody.here")
    assert len(verified) == 1


def test_without_redis_nobody_signs_in_and_everybody_signed_in_goes_on(
    home, limited, officer, world
):
    with Valkey(home / "another-valkey", is_durable=False) as valkey:
        limits = (Limit(Guarded.EXPORT, Per.USER, 1, 60), Limit(Guarded.SIGN_IN, Per.ADDRESS, 9, 1))
        app = limited(*limits, redis_url=valkey.url)
        member = member_of(app, officer)
        assert enter(visitor_of(app), officer.login, PASSWORD).status_code == 302
    refused = enter(visitor_of(app), officer.login, PASSWORD, kept_for=f"{HERE}/roster/")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "60"
    assert "Signing in is not possible for the moment." in refused.text
    assert f'value="{HERE}/roster/"' in refused.text
    assert member.get(f"{HERE}/roster/").status_code == 200
    for _ in range(2):
        assert member.post(f"{HERE}/exports/", data={"year": "2026"}).status_code < 429


def test_a_limit_by_person_refuses_that_person_and_keeps_what_was_typed(limited, world, officer):
    app = limited(Limit(Guarded.EXPORT, Per.USER, 2, 60))
    first, second = (member_of(app, world.make_account(DEPARTMENT, Role.OFFICER)) for _ in "ab")
    typed = {"year": "2026", "note": "for the Tết meeting"}
    for _ in range(2):
        assert first.post(f"{HERE}/exports/", data=typed).status_code != 429
    refused = first.post(f"{HERE}/exports/", data=typed)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert "This was done too often in a short time." in refused.text
    assert 'value="for the Tết meeting"' in refused.text
    assert second.post(f"{HERE}/exports/", data=typed).status_code != 429
    assert first.get(f"{HERE}/exports/").status_code == 200
    with world.inside(DEPARTMENT):
        acts = db.session.query(AuditEvent).all()
        assert [one.facts["rule"] for one in acts if "rule" in one.facts] == ["too-often"]


def test_a_limit_by_agency_leaves_other_agencies_alone(limited, world):
    app = limited(Limit(Guarded.SIGN_IN, Per.TENANT, 1, 10))
    browser = visitor_of(app, "vi")
    typed = {"csrf_token": "token", "login": "a", "password": "b"}
    answers = [browser.post(f"{HERE}/sign-in", data=typed).status_code for _ in range(2)]
    assert answers == [422, 429]
    assert browser.post(f"/{COMMUNE}/-/sign-in", data=typed).status_code == 422


def test_a_limit_of_failures_by_address_counts_no_right_password(limited, officer):
    limit = Limit(Guarded.SIGN_IN, Per.ADDRESS, 2, 10, failures=True)
    app = limited(limit, proxy_hops=1)

    def statuses(address, password, times):
        browser = visitor_of(app)
        browser.environ_base["HTTP_X_FORWARDED_FOR"] = address
        return [enter(browser, officer.login, password).status_code for _ in range(times)]

    assert statuses("10.1.1.1", PASSWORD, 4) == [302] * 4
    assert statuses("10.1.1.1", "a wrong password", 3) == [422, 422, 429]
    assert statuses("10.2.2.2", PASSWORD, 1) == [302]
