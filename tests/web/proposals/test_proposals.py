"""The secretary sees who goes on a list and who does not before anything is sealed."""

import pytest

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.persistence.queries.dossiers import load_dossier
from app.persistence.queries.proposals import proposals_of
from tests.builders.lists import Office
from tests.builders.world import DEPARTMENT, FAILING, OTHER_COMMUNE, THIS_YEAR


BASE = f"/{DEPARTMENT}/-/proposals"


@pytest.fixture
def office(world):
    return Office(world)


@pytest.fixture
def secretary(office, sign_in):
    return sign_in(office.secretary)


def test_an_empty_year_says_what_to_do(secretary):
    page = secretary.get(f"{BASE}/")
    assert page.status_code == 200
    assert "No list has been sealed" in page.text


def test_both_languages_render(office, sign_in):
    office.sealed(office.appraised())
    for language in ("vi", "en"):
        browser = sign_in(office.secretary, language=language)
        assert browser.get(f"{BASE}/").status_code == 200
        assert browser.get(f"{BASE}/new").status_code == 200


def test_the_clear_ones_are_chosen_and_the_doubtful_are_not(office, secretary):
    clear, weak = office.appraised(name="Lò A"), office.appraised(scores=FAILING, name="Lò B")
    page = secretary.get(f"{BASE}/new").text
    ticks = {line for line in page.split("<input") if "checked" in line}
    assert any(str(clear) in tick for tick in ticks)
    assert not any(str(weak) in tick for tick in ticks)
    assert str(weak) in page


def test_sealing_asks_first_and_names_who_is_left_out_and_why(world, office, secretary):
    going = office.appraised(name="Vàng A Páo")
    office.appraised(name="Sùng Thị Mỷ", identity=office.secretary.identity_id)
    form = {"dossier": str(going), "year": THIS_YEAR, "addressee": "head"}
    asked = secretary.post(f"{BASE}/new", data=form)
    assert asked.status_code == 200
    assert "Vàng A Páo" in asked.text
    assert "Sùng Thị Mỷ" in asked.text
    assert "your own dossier" in asked.text
    with world.inside(DEPARTMENT):
        assert not proposals_of(THIS_YEAR)
    sealed = secretary.post(f"{BASE}/new", data=form | {"is_confirmed": "1"})
    assert sealed.status_code == 303
    with world.inside(DEPARTMENT):
        [(proposal, lines)] = proposals_of(THIS_YEAR)
        assert lines == 1
        shown = secretary.get(f"{BASE}/{proposal.id}")
        assert proposal.seal in shown.text


def test_choosing_nobody_is_told_and_choosing_again_keeps_the_ticks(office, secretary):
    dossier_id = office.appraised(scores=FAILING)
    assert secretary.post(f"{BASE}/new", data={"year": THIS_YEAR}).status_code == 422
    again = secretary.post(f"{BASE}/new", data={"dossier": str(dossier_id), "edit": "1"})
    [tick] = [line for line in again.text.split("<input") if str(dossier_id) in line]
    assert "checked" in tick


def test_a_list_changed_meanwhile_is_refused_with_what_was_chosen(office, secretary):
    dossier_id = office.appraised()
    office.sealed(dossier_id)
    form = {"dossier": str(dossier_id), "year": THIS_YEAR, "is_confirmed": "1"}
    assert secretary.post(f"{BASE}/new", data=form).status_code == 422


def test_a_list_is_submitted_after_a_confirmation(office, secretary):
    proposal_id = office.sealed(office.appraised())
    assert "Submit" in secretary.get(f"{BASE}/{proposal_id}/submit").text
    assert secretary.post(f"{BASE}/{proposal_id}/submit").status_code == 303
    refused = secretary.post(f"{BASE}/{proposal_id}/take-back", data={"reason": "Sửa"})
    assert refused.status_code == 422
    assert "Sửa" in refused.text


def test_a_list_is_taken_back_with_a_reason(world, office, secretary):
    dossier_id = office.appraised()
    proposal_id = office.sealed(dossier_id)
    address = f"{BASE}/{proposal_id}/take-back"
    assert secretary.get(address).status_code == 200
    assert secretary.post(address, data={"reason": ""}).status_code == 422
    assert secretary.post(address, data={"reason": "Sửa"}).status_code == 303
    with world.inside(DEPARTMENT):
        assert load_dossier(dossier_id).state is State.APPRAISED


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        (Role.CITIZEN, "/", 403),
        (Role.UNIT_HEAD, "/", 403),
        (Role.OFFICER, "/", 200),
        (Role.OFFICER, "/new", 403),
        (Role.HEAD, "/new", 403),
        (Role.CHAIR, "/new", 200),
    ],
)
def test_who_may_open_what(world, sign_in, role, page, status):
    browser = sign_in(world.make_account(DEPARTMENT, role))
    assert browser.get(f"{BASE}{page}").status_code == status


def test_a_stranger_gets_the_same_404_as_for_a_missing_list(world, office, sign_in):
    proposal_id = office.sealed(office.appraised())
    stranger = sign_in(world.make_account(OTHER_COMMUNE, Role.SECRETARY))
    assert stranger.get(f"{BASE}/{proposal_id}").status_code == 404
    elsewhere = f"/{OTHER_COMMUNE}/-/proposals"
    foreign = stranger.get(f"{elsewhere}/{proposal_id}")
    missing = stranger.get(f"{elsewhere}/{OTHER_ID}")
    assert foreign.status_code == missing.status_code == 404
    posted = stranger.post(f"{elsewhere}/{proposal_id}/submit")
    assert posted.status_code == 404


OTHER_ID = "01900000-0000-7000-8000-000000000000"
