"""People score themselves without a script, and nothing they typed is ever lost."""

import re
from html import unescape

import pytest

from app.domain.dossiers import Event, State
from app.domain.permissions import Role
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from tests.builders.world import DEPARTMENT, FAILING, PASSING


def words(page):
    return unescape(page.text)


@pytest.fixture
def registered(citizen):
    citizen.register()
    return citizen


def test_somebody_goes_from_the_list_to_submitted_without_a_script(citizen):
    assert "Register to take part" in words(citizen.get())
    assert "Law 91/2025/QH15" in words(citizen.get("/register"))
    assert citizen.post("/register", consent="y").location.endswith("/own/indicators/1")
    for number in range(1, 11):
        on = str(number + 1) if number < 10 else "review"
        page = citizen.get(f"/indicators/{number}")
        version = re.search(r'name="version" value="(\d+)"', page.text)[1]
        answer = citizen.post(
            f"/indicators/{number}",
            version=version,
            go=on,
            **{f"score_{number}": "8", f"evidence_{number}": f"Chứng nhận {number}"},
        )
        assert answer.status_code == 303
        assert answer.location.endswith(f"/indicators/{on}" if number < 10 else "/own/review")
    assert "Enough for recognition." in words(citizen.get("/review"))
    answer = citizen.send("/review", national_site_on="2026-02-28")
    assert answer.status_code == 303
    dossier = citizen.dossier()
    assert (dossier.state, dossier.self_scores) == (State.SUBMITTED, PASSING)
    assert str(dossier.national_site_on) == "2026-02-28"
    assert dossier.evidence[6] == "Chứng nhận 7"


def test_registering_takes_a_tick(citizen):
    page = citizen.post("/register")
    assert page.status_code == 422
    assert "agree that their data are kept" in words(page)
    assert citizen.dossier().state is State.LISTED


@pytest.mark.parametrize("typed", ["0", "11", "7.5", "tám", "-3"])
def test_a_score_off_the_scale_is_named_and_kept_as_it_was_typed(registered, typed):
    page = registered.send("/scores", score_3=typed, score_4="9", evidence_4="Sổ tay")
    assert page.status_code == 422
    assert f"“{typed}” is not a score for indicator 3." in words(page)
    assert f'value="{typed}"' in words(page)
    assert "Sổ tay" in words(page)
    assert 'href="#score_3"' in page.text
    assert registered.dossier().self_scores == [None] * 10


def test_a_blank_is_kept_as_a_draft_and_named_before_submitting(registered):
    assert registered.send("/scores", score_1="8", score_2="").status_code == 303
    assert registered.dossier().self_scores[:2] == [8, None]
    page = registered.send("/review")
    assert page.status_code == 422
    assert "A blank is not a zero." in words(page)
    assert registered.dossier().state is State.REGISTERED


def test_why_it_is_not_enough_stands_beside_the_total(registered):
    registered.fill([9, 8, 8, 8, 8, 8, 4, 8, 9, 8])
    page = words(registered.get("/indicators/7"))
    assert "Points short of 80: 2." in page
    assert "Below the floor of 5: indicator 7." in page


def test_a_stale_screen_shows_both_and_keeps_what_was_typed(registered):
    opened = registered.dossier().version
    registered.fill([6] * 10, {1: "Từ thẻ kia"})
    page = registered.post("/indicators/1", version=opened, score_1="9", evidence_1="Từ thẻ này")
    assert page.status_code == 409
    assert "Từ thẻ này" in words(page)
    assert "Từ thẻ kia" in words(page)
    assert "Score: 6" in words(page)
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    assert int(version) == registered.dossier().version
    registered.post("/indicators/1", version=version, score_1="9", evidence_1="Từ thẻ này")
    assert registered.dossier().evidence[0] == "Từ thẻ này"


@pytest.mark.parametrize("page", ["/indicators/2", "/scores"])
def test_a_page_saves_itself_at_its_own_address(registered, page):
    asked = re.search(r'data-autosave="([^"]+)"', registered.get(page).text)[1]
    assert asked == registered.url(page)


def test_a_page_saves_itself_and_learns_the_new_version(registered):
    json = {"Accept": "application/json"}
    answer = registered.send("/indicators/2", score_2="7", headers=json)
    assert answer.json == {
        "saved_at": "09:00",
        "fields": {"version": str(registered.dossier().version)},
    }
    assert registered.send("/indicators/2", score_2="70", headers=json).status_code == 422
    stale = registered.post("/indicators/2", version=1, score_2="6", headers=json)
    assert stale.status_code == 409
    assert registered.dossier().self_scores[1] == 7


def test_the_same_page_may_be_sent_while_it_is_saving_itself(registered):
    opened = registered.dossier().version
    for _time in range(2):
        answer = registered.post("/indicators/2", version=opened, score_2="7", go="3")
        assert answer.status_code == 303


def test_last_years_words_are_offered_and_taken_over_by_one_click(world, registered):
    before = world.make_dossier(DEPARTMENT, registered.actor.person_id, year=2025)
    _remember(world, before, "Lớp tin học")
    assert "Lớp tin học" in words(registered.get("/indicators/5"))
    answer = registered.send("/indicators/5", score_5="7", evidence_5="Mới", copy="5")
    assert answer.location.endswith("/own/indicators/5#evidence_5")
    assert registered.dossier().evidence[4] == "Mới\nLớp tin học"
    assert registered.dossier().self_scores[4] == 7


def _remember(world, dossier_id, evidence):
    with world.inside(DEPARTMENT), unit_of_work():
        load_dossier_to_change(dossier_id).evidence = [evidence] * 10


def test_after_a_return_only_the_named_indicators_can_be_typed(world, registered):
    registered.fill(PASSING)
    registered.submit()
    chair = world.make_account(DEPARTMENT, Role.CHAIR).actor()
    registered.change(_return, by=chair)
    assert "Thiếu xác nhận" in words(registered.get())
    page = words(registered.get("/scores"))
    assert "Thiếu xác nhận" in page
    assert 'name="score_2"' in page
    assert 'name="score_3"' not in page
    refused = registered.send("/scores", score_2="9", score_3="9")
    assert refused.status_code == 422
    assert "indicator 3 was not returned" in words(refused)
    assert registered.send("/indicators/2", score_2="9", go="review").status_code == 303
    assert registered.send("/review").status_code == 303
    assert registered.dossier().round == 2


def _return(dossier, *, by):
    append_event(dossier, Event.SCORE, by=by)
    dossier.returned_reasons = {"2": "Thiếu xác nhận"}
    append_event(dossier, Event.RETURN, by=by, reason="2. Thiếu xác nhận")


def test_scores_that_are_not_enough_may_still_be_submitted(registered):
    registered.fill(FAILING)
    assert "you would not be recognised" in words(registered.get("/review"))
    assert registered.send("/review").status_code == 303


def test_a_day_to_come_on_the_national_site_is_refused_where_it_was_typed(registered):
    registered.fill(PASSING)
    page = registered.send("/review", national_site_on="2026-03-02")
    assert page.status_code == 422
    assert 'value="2026-03-02"' in page.text
    assert registered.dossier().state is State.REGISTERED


def test_unverified_words_say_so_wherever_they_stand(registered):
    for page in ("/scores", "/review", "/indicators/1", "/years/2026"):
        assert "has not been compared with the signed document" in words(registered.get(page))


def test_evidence_is_shown_as_text(registered):
    registered.fill(PASSING, {1: "<script>alert(1)</script>"})
    for page in ("/scores", "/review", "/indicators/1", "/years/2026"):
        assert "<script>alert" not in registered.get(page).text
