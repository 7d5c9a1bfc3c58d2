"""Somebody types for a while, their session ends meanwhile, and nothing of it is lost."""

import pytest
from sqlalchemy import select

from app.domain.permissions import Role
from app.domain.sessions import Ending
from app.persistence.database import db
from app.persistence.models import Person
from app.persistence.unit_of_work import unit_of_work
from app.services.sessions import end_all
from tests.builders.world import DEPARTMENT
from tests.scenarios.people import PASSWORD, Desk, give_password, sign_in_through_the_form
from tests.scenarios.reading import require_fit


@pytest.mark.parametrize("has_scripts", [True, False])
def test_an_officer_finds_what_was_typed_after_signing_in_again(
    world, open_browser, year, has_scripts
):
    officer = world.make_account(DEPARTMENT, Role.OFFICER, name="Tao Thị Hặc")
    give_password(world, DEPARTMENT, officer)
    window = open_browser(java_script_enabled=has_scripts)
    desk = Desk(window, DEPARTMENT, has_scripts=has_scripts, looked_at=set())
    sign_in_through_the_form(desk, officer)
    if has_scripts:
        assert "Cán bộ" in window.locator("header.masthead").inner_text()
    desk.visit("/roster/add")
    desk.fill(name="Lò Thị Pánh", birth="15/08/1988")
    desk.page.select_option("main [name='unit_id']", index=1)
    desk.page.select_option("main [name='group_number']", index=1)
    with world.app.app_context(), unit_of_work():
        end_all(officer.id, Ending.ENDED_ELSEWHERE)
    desk.press(status=401)
    desk.fill(login=officer.login, password=PASSWORD)
    desk.press()
    desk.reads("Lò Thị Pánh")
    if has_scripts:
        require_fit(desk.page)
    desk.press()
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(Person.name)).all() == ["Lò Thị Pánh"]
