"""What was done can be taken back, until somebody has built on it."""

from html import unescape

import pytest

from app.domain.dossiers import Event, State
from app.domain.permissions import Role
from app.services.dossiers import append_event
from tests.builders.world import DEPARTMENT, PASSING


@pytest.fixture
def submitted(citizen):
    citizen.register()
    citizen.fill(PASSING)
    citizen.submit()
    return citizen


def test_a_submitted_dossier_is_taken_back_behind_a_question(submitted):
    assert "Take the dossier back?" in submitted.get("/recall").text
    assert submitted.dossier().state is State.SUBMITTED
    assert submitted.send("/recall").status_code == 303
    assert submitted.dossier().state is State.REGISTERED


def test_what_the_team_opened_stays_with_the_team(world, submitted):
    chair = world.make_account(DEPARTMENT, Role.CHAIR).actor()
    submitted.change(append_event, Event.SCORE, by=chair)
    page = submitted.send("/recall")
    assert page.status_code == 422
    assert "The appraisal team has already opened this dossier." in page.text
    assert 'href="/lai-chau/so-cong-thuong/-/own/recall"' not in submitted.get().text


def test_a_registration_is_taken_back(citizen):
    citizen.register()
    assert citizen.send("/unregister").status_code == 303
    assert citizen.dossier().state is State.LISTED


def test_withdrawing_asks_why(submitted):
    page = submitted.send("/withdraw", reason=" ")
    assert page.status_code == 422
    assert "This needs a reason." in page.text
    assert submitted.send("/withdraw", reason="Chuyển công tác").status_code == 303
    assert submitted.dossier().state is State.WITHDRAWN
    assert "Chuyển công tác" in unescape(submitted.get().text)


def test_a_stale_question_is_asked_again(submitted):
    page = submitted.post("/withdraw", version=1, reason="Chuyển công tác")
    assert page.status_code == 409
    assert "Chuyển công tác" in unescape(page.text)
    assert submitted.dossier().state is State.SUBMITTED


def test_nothing_can_be_typed_once_submitted(submitted):
    page = submitted.send("/indicators/1", score_1="9")
    assert page.status_code == 422
    assert submitted.dossier().self_scores == PASSING
    assert submitted.get("/review").status_code == 302
