"""The meeting is about differences; what nobody disputes is closed together, after a preview."""

import re
from datetime import timedelta

import pytest

from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import State
from app.domain.permissions import Role
from app.persistence.clock import today
from app.persistence.queries.dossiers import load_dossier
from tests.builders.appraisals import give_scores, make_submitted
from tests.builders.world import DEPARTMENT, PASSING


LOWER = [*PASSING[:2], 6, *PASSING[3:]]


@pytest.fixture
def chair(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.CHAIR))


@pytest.fixture
def disputed(world):
    made = make_submitted(world, DEPARTMENT, name="Tẩn Thị Mẩy")
    give_scores(world, DEPARTMENT, made, LOWER, LOWER)
    return made


def address(page):
    return f"/{DEPARTMENT}/-/appraisals/{page}"


def sheet(world, dossier_id, scores, **more):
    return {f"score-{n}": str(score) for n, score in enumerate(scores, start=1)} | {
        "version": str(seen(world, dossier_id).version),
        **more,
    }


def seen(world, dossier_id):
    with world.inside(DEPARTMENT):
        return load_dossier(dossier_id)


def test_differences_stand_on_top_and_the_rest_is_folded(chair, disputed):
    page = chair.get(address(f"{disputed}/agreement")).text
    assert page.index('id="score-3"') < page.index('<details class="panel')
    assert page.index('<details class="panel') < page.index('id="score-1"')
    assert "1 indicator to talk about" in page


def test_a_change_without_a_reason_comes_back_with_what_was_typed(world, chair, disputed):
    sent = chair.post(
        address(f"{disputed}/agreement"), data=sheet(world, disputed, LOWER, **{"reason-4": "x"})
    )
    assert sent.status_code == 422
    assert 'href="#reason-3"' in sent.text
    assert 'value="x"' in sent.text


def test_the_meeting_closes_with_reasons_and_digital_skills(world, chair, disputed):
    data = sheet(world, disputed, LOWER, **{"reason-3": "Thiếu minh chứng"})
    sent = chair.post(address(f"{disputed}/agreement"), data=data | {"digital": "not-fluent"})
    assert sent.status_code == 303
    dossier = seen(world, disputed)
    assert (dossier.state, dossier.agreed_scores) == (State.APPRAISED, LOWER)
    assert dossier.digital_skill is DigitalSkill.NOT_FLUENT


def test_nothing_is_answered_for_the_meeting_and_what_it_answered_stands_again(
    world, chair, disputed
):
    page = chair.get(address(f"{disputed}/agreement")).text
    [chosen] = re.findall(r'value="([a-z-]+)"\s+checked', page)
    assert chosen == DigitalSkill.UNSTATED
    again = chair.post(
        address(f"{disputed}/agreement"), data=sheet(world, disputed, LOWER, digital="no")
    )
    assert again.status_code == 422
    assert re.findall(r'value="([a-z-]+)"\s+checked', again.text) == ["no"]


def test_an_answer_that_there_is_not_is_refused(world, chair, disputed):
    data = sheet(world, disputed, LOWER, **{"reason-3": "Thiếu minh chứng"})
    sent = chair.post(address(f"{disputed}/agreement"), data=data | {"digital": "perhaps"})
    assert sent.status_code == 400
    assert seen(world, disputed).state is State.IN_APPRAISAL


def test_an_agreement_opened_again_begins_where_it_left_off(world, chair, disputed):
    data = sheet(world, disputed, LOWER, **{"reason-3": "Thiếu minh chứng"})
    chair.post(address(f"{disputed}/agreement"), data=data)
    data = {"reason": "Có thêm sổ", "version": str(seen(world, disputed).version)}
    again = chair.post(address(f"{disputed}/reopening"), data=data, follow_redirects=True)
    assert "Thiếu minh chứng" in again.text


def test_reopening_without_a_reason_asks_for_one(world, chair, disputed):
    data = sheet(world, disputed, LOWER, **{"reason-3": "Thiếu minh chứng"})
    chair.post(address(f"{disputed}/agreement"), data=data)
    data = {"reason": " ", "version": str(seen(world, disputed).version)}
    assert chair.post(address(f"{disputed}/reopening"), data=data).status_code == 422
    assert seen(world, disputed).state is State.APPRAISED


def test_a_return_without_a_reason_comes_back_with_what_was_typed(world, chair, disputed):
    data = {
        "version": str(seen(world, disputed).version),
        "chosen-3": "on",
        "reason-5": "Thiếu ảnh",
        "due_on": "2030-01-01",
    }
    sent = chair.post(address(f"{disputed}/return"), data=data)
    assert sent.status_code == 422
    assert "Thiếu ảnh" in sent.text
    assert 'href="#reason-3"' in sent.text


def test_a_return_and_its_undo(world, chair, disputed):
    with world.inside(DEPARTMENT):
        due_on = today() + timedelta(days=7)
    data = {
        "version": str(seen(world, disputed).version),
        "reason-3": "Thiếu minh chứng",
        "due_on": due_on.strftime("%d/%m/%Y"),
    }
    assert chair.post(address(f"{disputed}/return"), data=data).status_code == 303
    dossier = seen(world, disputed)
    assert (dossier.state, dossier.return_due_on) == (State.RETURNED, due_on)
    assert "Tẩn Thị Mẩy" in chair.get(address("?queue=returned")).text
    data = {"reason": "Nhầm người", "version": str(dossier.version)}
    assert chair.post(address(f"{disputed}/return/undo"), data=data).status_code == 303
    assert seen(world, disputed).state is State.IN_APPRAISAL


def test_the_preview_names_who_is_closed_and_who_not(world, chair, disputed):
    clear = make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    give_scores(world, DEPARTMENT, clear)
    page = chair.get(address("agreement")).text
    assert f"{clear}:{seen(world, clear).version}" in page
    assert f'value="{disputed}:' not in page
    assert "Not everybody gave the self score on indicator 3." in page


def test_only_what_stayed_ticked_is_closed(world, chair):
    clear = [make_submitted(world, DEPARTMENT, name=name) for name in ("Giàng A Pó", "Lò Thị Ín")]
    for one in clear:
        give_scores(world, DEPARTMENT, one)
    first, second = clear
    data = {"dossier": f"{first}:{seen(world, first).version}", f"digital-{first}": "no"}
    assert chair.post(address("agreement"), data=data).status_code == 303
    assert seen(world, first).state is State.APPRAISED
    assert seen(world, first).digital_skill is DigitalSkill.NO
    assert seen(world, second).state is State.IN_APPRAISAL


def test_what_changed_since_the_preview_is_left_and_told(world, chair, disputed):
    clear = make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    give_scores(world, DEPARTMENT, clear)
    shown = f"{clear}:{seen(world, clear).version}"
    give_scores(world, DEPARTMENT, clear, PASSING)
    sent = chair.post(
        address("agreement"),
        data={"dossier": [shown, f"{disputed}:{seen(world, disputed).version}"]},
        follow_redirects=True,
    )
    assert "Vàng A Sáng: Somebody else has changed this meanwhile." in sent.text
    assert "Tẩn Thị Mẩy: Not everybody gave the self score" in sent.text
    assert seen(world, clear).state is State.IN_APPRAISAL
    assert seen(world, disputed).state is State.IN_APPRAISAL


def test_a_selection_that_cannot_be_read_is_refused(chair):
    assert chair.post(address("agreement"), data={"dossier": "x:y"}).status_code == 400
