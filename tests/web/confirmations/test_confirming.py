"""One screen for a head of unit: the doubtful on top, one click for the rest."""

import pytest

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.persistence.queries.dossiers import load_dossier
from tests.builders.appraisals import ask_for_confirmation, last_unit_of, make_submitted
from tests.builders.world import DEPARTMENT, FAILING


@pytest.fixture
def unit(world):
    ask_for_confirmation(world, DEPARTMENT)
    return world.unit_of(DEPARTMENT)


@pytest.fixture
def account(world, unit):
    return world.make_account(DEPARTMENT, Role.UNIT_HEAD, unit_id=unit)


@pytest.fixture
def head(sign_in, account):
    return sign_in(account)


def address(page=""):
    return f"/{DEPARTMENT}/-/confirmations/{page}"


def seen(world, dossier_id):
    with world.inside(DEPARTMENT):
        return load_dossier(dossier_id)


def test_the_doubtful_stand_on_top_and_say_why(world, unit, head):
    make_submitted(world, DEPARTMENT, unit_id=unit, name="Vàng A An")
    make_submitted(world, DEPARTMENT, unit_id=unit, name="Tẩn Thị Yến", scores=FAILING, evidence="")
    page = head.get(address()).text
    assert page.index("Tẩn Thị Yến") < page.index("Vàng A An")
    assert "Total below the pass mark" in page
    assert "No evidence" in page


def test_one_click_confirms(world, unit, head):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit)
    sent = head.post(address(dossier_id), data={"version": seen(world, dossier_id).version})
    assert sent.status_code == 303
    assert seen(world, dossier_id).state is State.CONFIRMED


def test_a_stale_click_confirms_nothing(world, unit, head):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit)
    assert head.post(address(dossier_id), data={"version": 1}).status_code == 409
    assert head.post(address(dossier_id)).status_code == 409
    assert seen(world, dossier_id).state is State.SUBMITTED


def test_people_of_other_units_are_not_shown_and_not_confirmed(world, unit, head):
    elsewhere = last_unit_of(world, DEPARTMENT)
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=elsewhere, name="Lò Thị Ín")
    assert "Lò Thị Ín" not in head.get(address()).text
    sent = head.post(address(dossier_id), data={"version": seen(world, dossier_id).version})
    assert sent.status_code == 409
    assert seen(world, dossier_id).state is State.SUBMITTED


def test_the_preview_leaves_out_the_doubtful_and_oneself(world, unit, account, head):
    clear = make_submitted(world, DEPARTMENT, unit_id=unit, name="Vàng A An")
    weak = make_submitted(world, DEPARTMENT, unit_id=unit, scores=FAILING)
    own = make_submitted(world, DEPARTMENT, unit_id=unit, identity=account.identity_id)
    page = head.get(address("together")).text
    assert f'value="{clear}:' in page
    assert f'value="{weak}:' not in page
    assert f'value="{own}:' not in page
    assert "Nobody may do this on a dossier of their own." in page


def test_confirming_together_confirms_who_was_shown_and_tells_who_changed(world, unit, head):
    first = make_submitted(world, DEPARTMENT, unit_id=unit, name="Vàng A An")
    second = make_submitted(world, DEPARTMENT, unit_id=unit, name="Lò Thị Ín")
    sent = head.post(
        address("together"),
        data={"dossier": [f"{first}:{seen(world, first).version}", f"{second}:1"]},
        follow_redirects=True,
    )
    assert seen(world, first).state is State.CONFIRMED
    assert seen(world, second).state is State.SUBMITTED
    assert "Lò Thị Ín: Somebody else has changed this meanwhile." in sent.text


def test_taking_back_keeps_the_reason_typed_on_a_stale_screen(world, unit, head):
    dossier_id = make_submitted(world, DEPARTMENT, unit_id=unit)
    head.post(address(dossier_id), data={"version": seen(world, dossier_id).version})
    page = address(f"{dossier_id}/undo")
    stale = head.post(page, data={"version": 1, "reason": "Nhầm người"})
    assert stale.status_code == 409
    assert "Nhầm người" in stale.text
    fresh = {"version": seen(world, dossier_id).version, "reason": "Nhầm người"}
    assert head.post(page, data=fresh).status_code == 303
    assert seen(world, dossier_id).state is State.SUBMITTED


def test_an_agency_that_asks_for_no_confirmation_is_told_so(world, sign_in):
    head = sign_in(world.make_account(DEPARTMENT, Role.UNIT_HEAD))
    assert "does not ask heads of unit to confirm" in head.get(address()).text


def test_who_heads_no_unit_is_told_what_to_do(world, unit, sign_in):
    head = sign_in(world.make_account(DEPARTMENT, Role.UNIT_HEAD))
    assert "You do not head a unit yet." in head.get(address()).text


def test_a_large_jump_from_last_year_is_a_doubt_and_a_blank_year_is_none(world, unit, head):
    jumped = make_submitted(world, DEPARTMENT, unit_id=unit, name="Vàng A An", scores=[10] * 10)
    with world.inside(DEPARTMENT):
        person_id = load_dossier(jumped).person_id
    blank_year = make_submitted(world, DEPARTMENT, unit_id=unit, name="Lò Thị Ín")
    make_submitted(world, DEPARTMENT, person_id=person_id, year=2025)
    world.make_dossier(DEPARTMENT, seen(world, blank_year).person_id, year=2025)
    page = head.get(address()).text
    assert page.count("Far above last year") == 1
    assert page.index("Far above last year") < page.index("Lò Thị Ín")
