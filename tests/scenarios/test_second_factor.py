"""The head of an agency sets up a second factor, signs in with it, and decides with it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import text

from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.unit_of_work import unit_of_work
from tests.builders.lists import Office
from tests.builders.world import DEPARTMENT
from tests.scenarios.people import (
    PHONE,
    Desk,
    code_on_the_phone,
    give_password,
    sign_in_through_the_form,
)
from tests.scenarios.reading import require_fit, watch


@pytest.fixture
def localhost(house: str) -> str:
    """The house by a name: browsers give passkeys to no bare address."""
    return house.replace("127.0.0.1", "localhost")


@pytest.fixture
def window(chromium: Browser, localhost: str):
    """A window of somebody whose phone keeps passkeys."""
    context = chromium.new_context(base_url=localhost, viewport=PHONE, locale="vi")
    context.set_default_timeout(15_000)
    page = context.new_page()
    watch(page, localhost)
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()


@pytest.mark.usefixtures("year")
def test_a_head_signs_in_and_annuls_with_a_second_factor(world, window):
    office = Office(world)
    decision_id = office.decided(office.submitted(office.appraised()))
    give_password_alone(world, office.head)
    desk = Desk(window, DEPARTMENT, looked_at=set())
    sign_in_through_the_form(desk, office.head)
    assert desk.path() == "/account/factors"
    secret = set_up_an_app(desk)
    add_a_passkey(desk)
    sign_out(desk)
    sign_in_through_the_form(desk, office.head)
    window.click("[data-passkey-button]")
    window.wait_for_url("**/-/home")
    let_time_pass(world)
    annul(desk, decision_id, secret)
    desk.visit("/account/sessions")
    desk.reads("Chrome", "127.0.0.1")


def give_password_alone(world, head) -> None:
    give_password(world, DEPARTMENT, head)
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.execute(text("DELETE FROM factor_totp"))


def set_up_an_app(desk: Desk) -> str:
    desk.press("form[action$='app/new'] button")
    secret = desk.page.locator("main code").inner_text().replace(" ", "")
    with desk.page.expect_navigation():
        desk.fill(code=code_on_the_phone(secret))
        desk.page.click("form:has(#code) button[type=submit]")
    require_fit(desk.page)
    assert desk.page.locator("main ol code").count() == 10
    return secret


def add_a_passkey(desk: Desk) -> None:
    desk.visit("/account/factors")
    desk.fill(name="Điện thoại của tôi")
    desk.page.click("form[data-passkey-make] [data-passkey-button]")
    desk.page.wait_for_selector("text=Điện thoại của tôi")
    require_fit(desk.page)


def sign_out(desk: Desk) -> None:
    desk.page.locator("details.drop:has(form) summary").last.click()
    with desk.page.expect_navigation():
        desk.page.click("form[action$='/sign-out'] button")


def let_time_pass(world) -> None:
    """Let the factor have been given longer ago than a decision allows."""
    with world.app.app_context(), unit_of_work():
        earlier = transaction_time() - timedelta(minutes=11)
        db.session.execute(text("UPDATE web_session SET factor_at = :then"), {"then": earlier})


def annul(desk: Desk, decision_id: object, secret: str) -> None:
    """Annul a decision: the code is asked for, what was typed is there, and goes on by itself."""
    desk.visit(f"/decisions/{decision_id}/annul")
    desk.fill(reason="Ghi nhầm số quyết định")
    desk.press("main form .btn-danger", status=403)
    desk.fill(code=code_on_the_phone(secret, later=30))
    desk.page.click("main button[type=submit]")
    desk.page.wait_for_url(f"**/decisions/{decision_id}")
    desk.reads("Ghi nhầm số quyết định")
