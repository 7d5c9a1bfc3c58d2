"""A member scores by keyboard, sees colleagues afterwards, and loses nothing that was typed."""

import pytest

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.persistence.queries.dossiers import load_dossier, team_scores_of
from tests.builders.appraisals import give_scores, make_submitted
from tests.builders.world import DEPARTMENT, PASSING


LOWER = [*PASSING[:2], 3, *PASSING[3:]]


@pytest.fixture
def dossier_id(world):
    return make_submitted(world, DEPARTMENT, name="Tẩn Thị Mẩy")


@pytest.fixture
def member(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.APPRAISER, name="Lý Thị Viên"))


def address(page):
    return f"/{DEPARTMENT}/-/appraisals/{page}"


def sheet(version, scores=PASSING, **more):
    return {f"score-{n}": str(score) for n, score in enumerate(scores, start=1)} | {
        "version": str(version),
        **more,
    }


def seen(world, dossier_id):
    with world.inside(DEPARTMENT):
        return load_dossier(dossier_id)


def test_saving_keeps_the_scores_and_opens_the_next(world, member, dossier_id):
    other = make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    sent = member.post(
        address(dossier_id), data=sheet(seen(world, dossier_id).version, then="next")
    )
    assert sent.status_code == 303
    assert str(other) in sent.location
    with world.inside(DEPARTMENT):
        assert [one.scores for one in team_scores_of(dossier_id, 1)] == [PASSING]


def test_colleagues_scores_show_only_after_ones_own(world, member, dossier_id):
    give_scores(world, DEPARTMENT, dossier_id, LOWER)
    with world.inside(DEPARTMENT):
        colleague = team_scores_of(dossier_id, 1)[0].appraiser_name
    assert colleague not in member.get(address(dossier_id)).text
    member.post(address(dossier_id), data=sheet(seen(world, dossier_id).version))
    assert colleague in member.get(address(dossier_id)).text


def test_the_dossiers_page_keeps_the_teams_scores_from_who_has_not_scored(
    world, sign_in, member, dossier_id
):
    give_scores(world, DEPARTMENT, dossier_id, LOWER)
    page = f"/{DEPARTMENT}/-/dossiers/{dossier_id}"
    chair = sign_in(world.make_account(DEPARTMENT, Role.CHAIR))
    assert 'data-label="Team"' not in member.get(page).text
    assert 'data-label="Team"' in chair.get(page).text


def test_a_refused_sheet_keeps_what_was_typed(world, member, dossier_id):
    sent = member.post(
        address(dossier_id),
        data=sheet(seen(world, dossier_id).version, [*PASSING[:9], 11], note="Xem lại sổ"),
    )
    assert sent.status_code == 422
    assert 'value="11"' in sent.text
    assert "Xem lại sổ" in sent.text
    assert 'href="#score-10"' in sent.text
    assert seen(world, dossier_id).state is State.SUBMITTED


def test_a_stale_screen_is_noticed_and_keeps_what_was_typed(world, member, dossier_id):
    shown = seen(world, dossier_id).version
    member.post(address(dossier_id), data=sheet(shown))
    sent = member.post(address(dossier_id), data=sheet(shown, LOWER, note="Lần hai"))
    assert sent.status_code == 409
    assert "Lần hai" in sent.text
    assert 'value="3"' in sent.text


def test_nobody_opens_the_sheet_of_their_own_dossier(world, sign_in):
    account = world.make_account(DEPARTMENT, Role.CHAIR)
    own = make_submitted(world, DEPARTMENT, identity=account.identity_id)
    give_scores(world, DEPARTMENT, own)
    browser = sign_in(account)
    for page in (own, f"{own}/agreement", f"{own}/return"):
        assert browser.get(address(page)).status_code == 409


def test_the_queue_says_what_waits_for_whom(world, member, dossier_id):
    assert "Tẩn Thị Mẩy" in member.get(address("?queue=to-score")).text
    member.post(address(dossier_id), data=sheet(seen(world, dossier_id).version))
    assert "Tẩn Thị Mẩy" not in member.get(address("?queue=to-score")).text
    assert "Tẩn Thị Mẩy" in member.get(address("?queue=waiting")).text


def test_an_empty_queue_says_so(member):
    assert "Nothing waits here" in member.get(address("")).text


def test_criteria_that_nobody_has_verified_are_shown_as_such(member, dossier_id):
    assert "has not been compared with the signed document" in member.get(address(dossier_id)).text
