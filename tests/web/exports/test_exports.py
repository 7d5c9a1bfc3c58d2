"""Workbooks are asked for, watched and fetched, each agency its own."""

from dataclasses import replace
from uuid import uuid4

import pytest

from app.domain.dossiers import State
from app.domain.exports import ExportState
from app.domain.permissions import Role
from app.factory import create_app
from app.persistence.queries.exports import recent_exports
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import begin, give_up
from tests.builders.figures import Office
from tests.builders.jobs import work_on_all
from tests.builders.sessions import open_session
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, World


LIST = f"/{PROVINCE}/-/exports/"


@pytest.fixture
def reader(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION, name="Hoàng Thị Thuỷ"))


@pytest.fixture
def asked(world, reader):
    """Ask for a workbook on the board; return its id."""
    assert reader.post(LIST, data={"year": 2026}).status_code == 303
    with world.inside(PROVINCE):
        (one,) = recent_exports()
        return one.export.id


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ASSOCIATION, 200),
        (Role.OFFICER, 200),
        (Role.SECRETARY, 200),
        (Role.TENANT_ADMIN, 200),
        (Role.HEAD, 403),
        (Role.UNIT_HEAD, 403),
        (Role.CITIZEN, 403),
    ],
)
def test_who_may_have_workbooks_written(world, sign_in, role, status):
    browser = sign_in(world.make_account(PROVINCE, role))
    assert browser.get(LIST).status_code == status
    assert browser.post(LIST).status_code == (303 if status == 200 else 403)


def test_before_the_first_the_list_says_what_to_do(reader):
    assert "No workbook has been asked for yet." in reader.get(LIST).text


def test_the_board_offers_its_workbook_to_who_may_have_it(world, sign_in, reader):
    office = Office(world, DEPARTMENT)
    office.make(State.PUBLISHED)
    office.recompute()
    button = f'action="{LIST}"'
    assert button in reader.get(f"/{PROVINCE}/-/board/").text
    head = sign_in(world.make_account(PROVINCE, Role.HEAD))
    assert button not in head.get(f"/{PROVINCE}/-/board/").text


def test_a_workbook_asked_for_waits_and_is_watched(reader, asked):
    page = reader.get(LIST).text
    assert "Hoàng Thị Thuỷ" in page
    assert f'hx-get="{LIST}{asked}/progress"' in page
    watched = reader.get(f"{LIST}{asked}/progress", headers={"HX-Request": "true"})
    assert "It waits for its turn." in watched.text
    assert "<html" not in watched.text


def test_without_javascript_watching_leads_to_the_list(reader, asked):
    assert reader.get(f"{LIST}{asked}/progress").location.endswith("/exports/")


def test_nothing_is_handed_out_before_it_is_ready(reader, asked):
    assert reader.get(f"{LIST}{asked}/file").status_code == 404


def test_progress_is_shown_while_it_is_written(world, reader, asked):
    with world.inside(PROVINCE), unit_of_work():
        begin(asked)
    watched = reader.get(f"{LIST}{asked}/progress", headers={"HX-Request": "true"})
    assert "0 of 0 rows" in watched.text


def test_a_finished_workbook_is_a_download_with_its_vietnamese_name(world, reader, asked):
    work_on_all(world, PROVINCE)
    watched = reader.get(f"{LIST}{asked}/progress", headers={"HX-Request": "true"})
    assert "hx-trigger" not in watched.text
    answer = reader.get(f"{LIST}{asked}/file")
    assert answer.data.startswith(b"PK")
    named = answer.headers["Content-Disposition"]
    assert named.startswith("attachment; filename=")
    assert "filename*=UTF-8''Learning%20Citizens%202026%20-%20H%E1%BB%99i" in named
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_failure_is_told_and_tried_again_by_one_button(world, reader, asked):
    with world.inside(PROVINCE), unit_of_work():
        begin(asked)
        give_up(asked, "Hết chỗ")
    page = reader.get(LIST).text
    assert "Hết chỗ" in page
    assert f"{LIST}{asked}/again" in page
    assert reader.post(f"{LIST}{asked}/again").status_code == 303
    with world.inside(PROVINCE):
        assert recent_exports()[0].export.state is ExportState.QUEUED


def test_another_agencys_workbook_is_not_found(world, sign_in, asked):
    work_on_all(world, PROVINCE)
    stranger = sign_in(world.make_account(COMMUNE, Role.OFFICER))
    for page in ("file", "progress"):
        foreign = stranger.get(f"/{COMMUNE}/-/exports/{asked}/{page}", headers=HTMX)
        missing = stranger.get(f"/{COMMUNE}/-/exports/{uuid4()}/{page}", headers=HTMX)
        assert foreign.status_code == missing.status_code == 404
    assert stranger.post(f"/{COMMUNE}/-/exports/{asked}/again").status_code == 404
    assert str(asked) not in stranger.get(f"/{COMMUNE}/-/exports/").text


HTMX = {"HX-Request": "true"}


def test_while_the_queue_is_down_the_request_is_kept_and_the_page_says_so(config, tmp_path):
    app = create_app(replace(config, redis_url=f"unix://{tmp_path}/nobody?db=0"))
    app.testing = True
    world = World(app)
    someone = world.make_account(PROVINCE, Role.ASSOCIATION)
    browser = app.test_client()
    with browser.session_transaction() as session:
        session.update(_user_id=open_session(app, someone.id), csrf_token="token", language="en")
    sent = browser.post(LIST, headers={"X-CSRF-Token": "token"}, follow_redirects=True)
    assert "The queue does not answer. Your request is kept" in sent.text
    with world.inside(PROVINCE):
        assert recent_exports()[0].export.state is ExportState.QUEUED
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
