"""Digital skills left open by the meeting are stated later, for a reason, on the record."""

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import State
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import AuditEvent
from app.persistence.queries.dossiers import load_dossier
from app.persistence.queries.results import count_marks
from tests.builders.appraisals import make_submitted
from tests.builders.figures import Office
from tests.builders.reading import words_of
from tests.builders.world import DEPARTMENT, THIS_YEAR


@pytest.fixture
def published(world):
    office = Office(world, DEPARTMENT)
    made = office.make(State.PUBLISHED)
    office.recompute()
    return made


@pytest.fixture
def chair(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.CHAIR))


def seen(world, dossier_id):
    with world.inside(DEPARTMENT):
        return load_dossier(dossier_id)


def address(dossier_id):
    return f"/{DEPARTMENT}/-/appraisals/{dossier_id}/digital-skills"


def answer(world, dossier_id, **more):
    version = str(seen(world, dossier_id).version)
    return {"version": version, "digital": "fluent", "reason": "Bổ sung theo biên bản", **more}


def test_what_was_left_open_is_stated_after_the_decision_and_counted_again(world, chair, published):
    page = words_of(chair.get(f"/{DEPARTMENT}/-/dossiers/{published}"))
    assert "Digital skills Not stated State it, or correct it" in page
    before = seen(world, published)
    assert chair.post(address(published), data=answer(world, published)).status_code == 303
    after = seen(world, published)
    assert after.digital_skill is DigitalSkill.FLUENT
    assert (after.state, after.version) == (State.PUBLISHED, before.version + 1)
    with world.inside(DEPARTMENT):
        assert count_marks(THIS_YEAR) == 1
        act = db.session.scalars(
            select(AuditEvent).where(AuditEvent.act == Act.DIGITAL_SKILLS_STATED)
        ).one()
    assert act.facts["digital"] == {"before": "none", "after": "fluent"}
    assert act.object_id == published


@pytest.mark.parametrize(
    ("more", "status"),
    [({"reason": " "}, 422), ({"version": "0"}, 409), ({"digital": "perhaps"}, 400)],
)
def test_nothing_is_stated_without_a_reason_or_from_an_old_screen(
    world, chair, published, more, status
):
    sent = chair.post(address(published), data=answer(world, published, **more))
    assert sent.status_code == status
    assert seen(world, published).digital_skill is DigitalSkill.UNSTATED
    if status == 422:
        assert 'value="fluent"' in sent.text.partition("checked")[0].rpartition("<input")[2]


def test_nothing_is_stated_before_the_team_has_agreed_nor_by_anybody_else(
    world, chair, published, sign_in
):
    early = make_submitted(world, DEPARTMENT)
    assert chair.get(address(early)).status_code == 409
    assert chair.post(address(early), data=answer(world, early)).status_code == 409
    officer = sign_in(world.make_account(DEPARTMENT, Role.OFFICER))
    assert officer.post(address(published), data=answer(world, published)).status_code == 403
    assert "State it" not in officer.get(f"/{DEPARTMENT}/-/dossiers/{published}").text


def test_the_list_is_narrowed_to_those_of_whom_nothing_was_stated(world, chair, published):
    make_submitted(world, DEPARTMENT, name="Tẩn Thị Mẩy")
    name, listed = seen(world, published).person.name, f"/{DEPARTMENT}/-/dossiers/?digital="
    assert name in chair.get(listed + "none").text
    assert "Tẩn Thị Mẩy" not in chair.get(listed + "none").text
    assert name not in chair.get(listed + "fluent").text
    assert chair.post(address(published), data=answer(world, published)).status_code == 303
    assert name in chair.get(listed + "fluent").text
    assert name not in chair.get(listed + "none").text


def test_nobody_states_their_own(world, sign_in, published):
    human = seen(world, published).identity_id
    chair = sign_in(world.make_account(DEPARTMENT, Role.CHAIR, identity=human))
    assert chair.post(address(published), data=answer(world, published)).status_code == 409
    assert seen(world, published).digital_skill is DigitalSkill.UNSTATED
