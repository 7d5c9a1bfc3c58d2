"""When something goes wrong, a page says so in the reader's language, and what to do next."""

from dataclasses import replace

import pytest

from app.domain.permissions import Role
from app.factory import create_app
from app.web.errors import PAGES, show_page
from tests.builders.sessions import open_session
from tests.builders.world import DEPARTMENT


HOME = f"/{DEPARTMENT}/-/home"


@pytest.mark.parametrize("code", sorted(PAGES))
def test_every_error_has_a_page(app, code):
    with app.test_request_context(HOME):
        page, status = show_page(code)
    assert status == code
    assert "<h1" in page


def test_a_database_that_is_away_is_told_to_visitors_and_to_members(world, config):
    reader = world.make_account(DEPARTMENT, Role.OFFICER)
    nowhere = "postgresql+psycopg://nobody@/nothing?host=/nowhere"
    browser = create_app(replace(config, database_url=nowhere)).test_client()
    assert browser.get(HOME).status_code == 503
    with browser.session_transaction() as session:
        session["_user_id"] = open_session(world.app, reader.id)
    answer = browser.get(HOME)
    assert answer.status_code == 503
    assert "<h1" in answer.text


def test_too_large_an_upload_is_told(world, sign_in, app):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    browser = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    sent = browser.post(f"/{DEPARTMENT}/-/roster/imports", data={"file": "x" * 2000})
    assert sent.status_code == 413


def test_a_mistake_of_ours_shows_nothing_of_itself(world, app, sign_in):
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["home.index"] = lambda: 1 / 0
    answer = app.test_client().get(HOME)
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
