"""Paper forms are typed in quickly, in the order of the list, and nothing typed is lost."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from app.domain.dossiers import State
from app.domain.people import ConsentChannel
from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent, Consent
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.self_assessments import PaperForm, enter_paper_form
from tests.builders.world import COMMUNE, DEPARTMENT, PASSING, THIS_YEAR


ROOM = f"/{COMMUNE}/-/entry/"
LATE = datetime(THIS_YEAR, 11, 21, tzinfo=UTC)
TEN = {f"score_{number}": "8" for number in range(1, 11)}


@pytest.fixture(autouse=True)
def autumn():
    with clock_set_to(LATE):
        yield


@pytest.fixture
def officer(world):
    return world.make_account(COMMUNE, Role.OFFICER)


@pytest.fixture
def browser(officer, sign_in):
    return sign_in(officer)


@pytest.fixture
def village(world):
    """Three people of a commune, in the order of their list."""
    return [
        world.make_dossier(COMMUNE, name=name, group=1)
        for name in ("Đỗ Thị Ánh", "Lò Văn Bình", "Mùa A Chớ")
    ]


@pytest.fixture
def standing(world):
    def find(dossier_id):
        with world.inside(COMMUNE):
            return load_dossier(dossier_id)

    return find


def sent(browser, dossier_id, query="", **data):
    """Send a form as the fresh screen that the officer sees."""
    page = browser.get(f"{ROOM}{dossier_id}")
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    return browser.post(f"{ROOM}{dossier_id}{query}", data={"version": version, **data})


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICER])
def test_only_officers_enter_on_behalf(world, sign_in, village, role):
    browser = sign_in(world.make_account(COMMUNE, role))
    assert browser.get(ROOM).status_code == 403
    assert browser.get(f"{ROOM}{village[0]}").status_code == 403
    assert browser.post(f"{ROOM}{village[0]}", data=TEN).status_code == 403


def test_a_stranger_is_sent_to_sign_in(client, village):
    assert client.get(ROOM).status_code == 302
    assert client.get(f"{ROOM}{village[0]}").status_code == 302


def test_a_form_of_another_agency_is_not_found(world, browser):
    foreign = world.make_dossier(DEPARTMENT)
    assert browser.get(f"{ROOM}{foreign}").status_code == 404
    assert browser.post(f"{ROOM}{foreign}", data={**TEN, "version": 1}).status_code == 404


def test_another_agency_sees_nobody_of_this_one(world, sign_in, village):
    other = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    page = unescape(other.get(f"/{DEPARTMENT}/-/entry/").text)
    assert "Every form has been entered" in page
    assert "Đỗ Thị Ánh" not in page
    assert other.get(f"/{DEPARTMENT}/-/entry/{village[0]}").status_code == 404


def test_the_list_is_searched_with_or_without_accents(browser, village):
    for typed in ("Bình", "binh", "lo binh"):
        page = unescape(browser.get(ROOM, query_string={"q": typed}).text)
        assert "Lò Văn Bình" in page
        assert "Đỗ Thị Ánh" not in page
    assert "Nobody here is still" in browser.get(ROOM, query_string={"q": "Chẳng có"}).text


def test_a_whole_form_is_registered_submitted_and_followed_by_the_next(
    world, browser, village, standing
):
    answer = sent(browser, village[0], consent="paper_form", **TEN)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/entry/{village[1]}")
    dossier = standing(village[0])
    assert (dossier.state, dossier.self_scores) == (State.SUBMITTED, PASSING)
    assert dossier.is_on_behalf
    assert "Submitted: Đỗ Thị Ánh, 80 points." in unescape(browser.get(answer.location).text)
    with world.inside(COMMUNE):
        assert db.session.query(Consent).one().channel == "paper_form"


def test_the_last_form_leads_back_to_a_list_that_says_it_is_done(browser, village):
    for dossier_id in village:
        answer = sent(browser, dossier_id, consent="spoken", **TEN)
    assert answer.location.endswith("/entry/")
    assert "Every form has been entered" in browser.get(ROOM).text


def test_the_search_goes_along_to_the_next_form(browser, village):
    answer = sent(browser, village[0], "?q=b%C3%ACnh", consent="paper_form", **TEN)
    assert f"/entry/{village[1]}?q=b" in answer.location


def test_a_form_with_a_blank_is_kept_as_a_draft_and_said_so(world, browser, village, standing):
    answer = sent(browser, village[0], consent="paper_form", **{**TEN, "score_7": ""})
    assert answer.status_code == 303
    assert standing(village[0]).state is State.REGISTERED
    page = unescape(browser.get(answer.location).text)
    assert "Đỗ Thị Ánh has no score for indicator 7." in page
    with world.inside(COMMUNE):
        acts = [one.act for one in db.session.query(AuditEvent)]
        assert "draft-entered" in acts


@pytest.mark.parametrize("separator", [" ", "\t", ",", ", ", ";"])
def test_ten_numbers_are_pasted_at_once(browser, village, standing, separator):
    line = separator.join(["8", "7", "9", "10", "6", "8", "7", "8", "9", "8"])
    assert sent(browser, village[0], consent="paper_form", line=line).status_code == 303
    assert standing(village[0]).self_scores == [8, 7, 9, 10, 6, 8, 7, 8, 9, 8]


@pytest.mark.parametrize("line", ["8798", "8 7 9", "8 7 9 10 6 8 7 8 9 8 8"])
def test_a_line_that_can_be_read_in_two_ways_is_not_guessed(browser, village, standing, line):
    page = sent(browser, village[0], consent="paper_form", line=line)
    assert page.status_code == 422
    assert f'value="{line}"' in page.text
    assert standing(village[0]).state is State.LISTED


@pytest.mark.parametrize("typed", ["0", "11", "7.5", "tám"])
def test_what_is_no_score_is_named_by_its_indicator_and_stays_typed(
    browser, village, standing, typed
):
    data = {**TEN, "score_4": typed, "evidence_2": "Sổ hộ"}
    page = sent(browser, village[0], consent="spoken", seen="yes", **data)
    shown = unescape(page.text)
    assert page.status_code == 422
    assert f"“{typed}” is not a score for indicator 4." in shown
    assert f'value="{typed}"' in shown
    assert "Sổ hộ" in shown
    assert re.search(r'value="spoken"\s+checked', shown)
    assert standing(village[0]).self_scores == [None] * 10


def test_without_consent_nothing_is_kept(browser, village, standing):
    page = sent(browser, village[0], **TEN)
    assert page.status_code == 422
    assert 'href="#consent"' in page.text
    assert standing(village[0]).state is State.LISTED


def test_a_tick_says_that_the_evidence_was_seen(browser, village, standing):
    sent(browser, village[0], consent="paper_form", seen="yes", evidence_2="Sổ hộ", **TEN)
    evidence = standing(village[0]).evidence
    assert evidence[1] == "Sổ hộ"
    assert evidence[2] == "Evidence seen on the paper form."


def test_a_form_that_somebody_else_changed_shows_both(world, browser, village, standing):
    officer = world.make_account(COMMUNE, Role.OFFICER).actor()
    colleague = PaperForm(
        scores=(*[6] * 9, None), evidence=["Của tôi"] * 10, consent=ConsentChannel.SPOKEN
    )
    with world.inside(COMMUNE), unit_of_work():
        enter_paper_form(load_dossier_to_change(village[0]), colleague, version=1, by=officer)
    page = browser.post(f"{ROOM}{village[0]}", data={"version": 1, **TEN})
    assert page.status_code == 409
    assert "What stands now: 6 6 6 6 6 6 6 6 6 –" in unescape(page.text)
    assert page.text.count('value="8"') == 10
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    browser.post(f"{ROOM}{village[0]}", data={"version": version, **TEN})
    assert standing(village[0]).self_scores == PASSING


def test_a_form_that_is_in_is_not_typed_again(browser, village):
    sent(browser, village[0], consent="paper_form", **TEN)
    answer = browser.get(f"{ROOM}{village[0]}")
    assert answer.status_code == 302
    assert "has submitted already" in browser.get(answer.location).text
    again = browser.post(f"{ROOM}{village[0]}", data={"version": 9, **TEN})
    assert again.status_code == 422


def test_every_key_that_saves_the_mouse_is_there_and_named(browser, village):
    page = browser.get(f"{ROOM}{village[0]}").text
    for key in "snel":
        assert f'accesskey="{key}"' in page
        assert f"<kbd>{key.upper()}</kbd>" in page
    assert re.search(r'id="score_1"[^>]*autofocus', page)
