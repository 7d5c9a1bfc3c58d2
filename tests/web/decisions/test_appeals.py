"""Pages of those who disagree with a result, and of those who answer them."""

import pytest

from app.domain.dossiers import Outcome, State
from app.domain.permissions import Role
from app.persistence.clock import today
from app.persistence.queries.dossiers import load_dossier
from tests.builders.lists import Office
from tests.builders.world import DEPARTMENT, FAILING, PASSING


BASE = f"/{DEPARTMENT}/-/decisions"


@pytest.fixture
def office(world):
    return Office(world)


@pytest.fixture
def citizen(world):
    return world.make_account(DEPARTMENT, Role.CITIZEN)


@pytest.fixture
def dossier_id(office, citizen):
    dossier_id = office.appraised(scores=FAILING, identity=citizen.identity_id)
    office.published(dossier_id)
    return dossier_id


def version_of(office, dossier_id):
    with office.world.inside(DEPARTMENT):
        return load_dossier(dossier_id).version


def state_of(office, dossier_id):
    with office.world.inside(DEPARTMENT):
        return load_dossier(dossier_id).state


def hand_in(office, browser, dossier_id, reason="Chấm thiếu"):
    form = {
        "version": version_of(office, dossier_id),
        "indicator": "7",
        "reason": reason,
    }
    return browser.post(f"{BASE}/appeals/{dossier_id}", data=form)


def test_a_citizen_appeals_and_another_answers(office, citizen, dossier_id, sign_in):
    browser = sign_in(citizen)
    assert "You may appeal until" in browser.get(f"{BASE}/appeals/{dossier_id}").text
    assert hand_in(office, browser, dossier_id, reason=" ").status_code == 422
    assert hand_in(office, browser, dossier_id).status_code == 303
    assert state_of(office, dossier_id) is State.APPEALED
    secretary = sign_in(office.secretary)
    assert "Under appeal" in secretary.get(f"{BASE}/").text
    address = f"{BASE}/appeals/{dossier_id}/answer"
    assert "Chấm thiếu" in secretary.get(address).text
    form = {"version": version_of(office, dossier_id), "reason": "Đã xem lại"}
    assert secretary.post(address, data=form).status_code == 303
    assert state_of(office, dossier_id) is State.PUBLISHED


def test_a_stale_answer_is_refused_and_kept(office, citizen, dossier_id, sign_in):
    hand_in(office, sign_in(citizen), dossier_id)
    form = {"version": 1, "reason": "Đã xem lại"}
    refused = sign_in(office.secretary).post(f"{BASE}/appeals/{dossier_id}/answer", data=form)
    assert refused.status_code == 409
    assert "Đã xem lại" in refused.text


def test_a_citizen_finds_nobody_elses_appeal(office, citizen, sign_in):
    other = office.appraised()
    office.published(other)
    assert sign_in(citizen).get(f"{BASE}/appeals/{other}").status_code == 404
    assert sign_in(office.officer).get(f"{BASE}/appeals/{other}").status_code == 200


def test_the_head_corrects_with_other_scores(office, dossier_id, sign_in):
    with office.world.inside(DEPARTMENT):
        signed_on = today().isoformat()
    head = sign_in(office.head)
    address = f"{BASE}/corrections/{dossier_id}"
    assert head.get(address).status_code == 200
    form = {
        "version": version_of(office, dossier_id),
        "number": "11/QĐ-SCT",
        "signed_on": signed_on,
        "signer": "0",
        "signer_name": "Nguyễn Văn Giám",
        "outcome": "recognised",
        "reason": "Bổ sung minh chứng",
    }
    assert head.post(address, data=form).status_code == 422
    scores = {f"score-{number}": str(score) for number, score in enumerate(PASSING, start=1)}
    wrong = head.post(address, data=form | scores | {"score-3": "11"})
    assert wrong.status_code == 422
    assert 'value="11"' in wrong.text
    done = head.post(address, data=form | scores, follow_redirects=True)
    assert "Về việc sửa đổi Quyết định số" in done.text
    with office.world.inside(DEPARTMENT):
        assert load_dossier(dossier_id).outcome is Outcome.RECOGNISED
