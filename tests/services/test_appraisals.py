"""The team scores independently, agrees with reasons, and returns only what it names."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Event, State
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import TeamScore
from app.persistence.queries.dossiers import (
    history_of,
    load_dossier,
    load_dossier_to_change,
    team_scores_of,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.appraisals import (
    Agreement,
    agree,
    reopen,
    return_to_person,
    score,
    take_return_back,
)
from tests.builders.appraisals import ask_for_confirmation, make_submitted
from tests.builders.world import DEPARTMENT, PASSING


LOWER = [*PASSING[:2], 6, *PASSING[3:]]


@pytest.fixture
def chair(world):
    return world.make_account(DEPARTMENT, Role.CHAIR, name="Chu Văn Chủ").actor()


@pytest.fixture
def member(world):
    return world.make_account(DEPARTMENT, Role.APPRAISER, name="Lý Thị Viên").actor()


@pytest.fixture
def dossier_id(world):
    return make_submitted(world, DEPARTMENT)


@contextmanager
def opened(world, dossier_id):
    with world.inside(DEPARTMENT), unit_of_work():
        yield load_dossier_to_change(dossier_id)


def give(world, dossier_id, *appraisers, scores=PASSING, version=None):
    for one in appraisers:
        with opened(world, dossier_id) as dossier:
            score(dossier, tuple(scores), "", version=version or dossier.version, by=one)


def agreed_on(scores=PASSING, reasons=None, digital=DigitalSkill.UNSTATED):
    return Agreement(scores=tuple(scores), reasons=reasons or {}, digital=digital)


def close(world, dossier_id, by, agreement=None):
    with opened(world, dossier_id) as dossier:
        agree(dossier, agreement or agreed_on(), version=dossier.version, by=by)


@contextmanager
def refused(rule):
    with pytest.raises(RefusedError) as refusal:
        yield refusal
    assert refusal.value.rule is rule


def seen(world, dossier_id):
    with world.inside(DEPARTMENT):
        return load_dossier(dossier_id)


def test_the_first_score_opens_the_appraisal(world, member, dossier_id):
    give(world, dossier_id, member)
    dossier = seen(world, dossier_id)
    assert dossier.state is State.IN_APPRAISAL
    assert dossier.opened_at is not None
    assert dossier.unit_scores == PASSING


def test_the_teams_scores_are_the_middle_of_what_members_gave(world, chair, member, dossier_id):
    third = world.make_account(DEPARTMENT, Role.APPRAISER).actor()
    give(world, dossier_id, chair, scores=[5] * 10)
    give(world, dossier_id, member, scores=[6] * 10)
    give(world, dossier_id, third, scores=[9] * 10)
    assert seen(world, dossier_id).unit_scores == [6] * 10


def test_two_accounts_of_one_human_being_have_one_score(world, chair, member, dossier_id):
    again = world.make_account(DEPARTMENT, Role.SECRETARY, identity=member.identity_id).actor()
    give(world, dossier_id, member)
    give(world, dossier_id, again, scores=[9] * 10)
    with world.inside(DEPARTMENT):
        assert [one.scores for one in team_scores_of(dossier_id, 1)] == [[9] * 10]
    with refused(Rule.QUORUM_NOT_REACHED):
        close(world, dossier_id, chair)


def test_members_may_score_side_by_side(world, chair, member, dossier_id):
    shown = seen(world, dossier_id).version
    give(world, dossier_id, chair, version=shown)
    give(world, dossier_id, member, version=shown)
    with world.inside(DEPARTMENT):
        assert len(team_scores_of(dossier_id, 1)) == 2


def test_a_screen_older_than_ones_own_score_is_stale(world, member, dossier_id):
    shown = seen(world, dossier_id).version
    give(world, dossier_id, member, version=shown)
    with refused(Rule.STALE_SCREEN):
        give(world, dossier_id, member, version=shown)


def test_a_blank_score_is_refused_by_number(world, member, dossier_id):
    with refused(Rule.SCORES_INCOMPLETE) as refusal:
        give(world, dossier_id, member, scores=[*PASSING[:9], None])
    assert refusal.value.facts["missing"] == (10,)
    assert seen(world, dossier_id).state is State.SUBMITTED


def test_nobody_scores_a_dossier_of_their_own(world):
    member = world.make_account(DEPARTMENT, Role.APPRAISER).actor()
    own = make_submitted(world, DEPARTMENT, identity=member.identity_id)
    with refused(Rule.SELF_DEALING):
        give(world, own, member)


def insert_score(dossier_id, by, scores):
    db.session.add(
        TeamScore(
            dossier_id=dossier_id,
            round=1,
            appraiser_identity_id=by.identity_id,
            appraiser_account_id=by.account_id,
            appraiser_name=by.name,
            scores=scores,
        )
    )
    db.session.flush()


def test_the_database_keeps_members_off_their_own_scores(world):
    member = world.make_account(DEPARTMENT, Role.APPRAISER).actor()
    own = make_submitted(world, DEPARTMENT, identity=member.identity_id)
    with (
        world.inside(DEPARTMENT),
        pytest.raises(DBAPIError, match="their own dossier"),
        unit_of_work(),
    ):
        insert_score(own, member, PASSING)


@pytest.mark.parametrize("scores", [[11, *PASSING[1:]], PASSING[1:], [None, *PASSING[1:]]])
def test_the_database_keeps_only_ten_scores_on_the_scale(world, member, dossier_id, scores):
    with (
        world.inside(DEPARTMENT),
        pytest.raises(DBAPIError, match="on the scale"),
        unit_of_work(),
    ):
        insert_score(dossier_id, member, scores)


def test_only_the_team_scores(world, dossier_id):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    with refused(Rule.PERMISSION_NEEDED):
        give(world, dossier_id, officer)


def test_confirmation_comes_first_where_the_agency_wants_it(world, member, dossier_id):
    ask_for_confirmation(world, DEPARTMENT)
    with refused(Rule.CONFIRMATION_COMES_FIRST):
        give(world, dossier_id, member)


def test_the_meeting_agrees_once_the_quorum_has_scored(world, chair, member, dossier_id):
    give(world, dossier_id, member)
    with refused(Rule.QUORUM_NOT_REACHED):
        close(world, dossier_id, chair)
    give(world, dossier_id, chair)
    close(world, dossier_id, chair)
    dossier = seen(world, dossier_id)
    assert dossier.state is State.APPRAISED
    assert dossier.agreed_scores == PASSING


def test_a_member_without_the_chair_does_not_close(world, chair, member, dossier_id):
    give(world, dossier_id, chair, member)
    with refused(Rule.PERMISSION_NEEDED):
        close(world, dossier_id, member)


def test_a_changed_score_keeps_its_reason(world, chair, member, dossier_id):
    give(world, dossier_id, chair, member)
    with refused(Rule.AGREED_SCORE_NEEDS_REASON):
        close(world, dossier_id, chair, agreed_on(LOWER))
    close(world, dossier_id, chair, agreed_on(LOWER, {3: "Thiếu minh chứng"}))
    assert seen(world, dossier_id).agreed_reasons == {"3": "Thiếu minh chứng"}


@pytest.mark.parametrize("found", DigitalSkill)
def test_digital_skills_are_kept_as_the_meeting_stated_them(
    world, chair, member, dossier_id, found
):
    assert seen(world, dossier_id).digital_skill is DigitalSkill.UNSTATED
    give(world, dossier_id, chair, member)
    close(world, dossier_id, chair, agreed_on(digital=found))
    kept = seen(world, dossier_id)
    assert kept.digital_skill is found
    assert kept.has_digital_skills or not kept.is_digitally_fluent


@pytest.mark.parametrize(("skills", "fluent"), [(None, True), (None, False), (False, None)])
def test_the_database_refuses_one_answer_without_the_other(
    world, member, dossier_id, skills, fluent
):
    give(world, dossier_id, member)
    with pytest.raises(DBAPIError, match="ck_dossier_digital"), opened(world, dossier_id) as one:
        one.has_digital_skills, one.is_digitally_fluent = skills, fluent


def test_what_the_meeting_found_of_digital_skills_is_kept_in_the_history(
    world, chair, member, dossier_id
):
    give(world, dossier_id, chair, member)
    close(world, dossier_id, chair, agreed_on(digital=DigitalSkill.SKILLED))
    with world.inside(DEPARTMENT):
        agreed = next(one for one in history_of(dossier_id) if one.event is Event.AGREE)
    assert agreed.facts["digital"] == {"before": "none", "after": "skilled"}
    assert agreed.actor_name == "Chu Văn Chủ"


@pytest.mark.parametrize("stated", [True, False])
def test_the_database_keeps_digital_skills_to_those_whom_a_team_appraised(
    world, dossier_id, stated
):
    with pytest.raises(DBAPIError, match="digital skills"), opened(world, dossier_id) as dossier:
        dossier.has_digital_skills = dossier.is_digitally_fluent = stated


def test_the_meeting_notices_a_score_that_came_meanwhile(world, chair, member, dossier_id):
    give(world, dossier_id, chair, member)
    shown = seen(world, dossier_id).version
    give(world, dossier_id, world.make_account(DEPARTMENT, Role.APPRAISER).actor())
    with refused(Rule.STALE_SCREEN), opened(world, dossier_id) as dossier:
        agree(dossier, agreed_on(), version=shown, by=chair)


def test_a_closed_appraisal_is_reopened_with_a_reason(world, chair, member, dossier_id):
    give(world, dossier_id, chair, member)
    close(world, dossier_id, chair)
    with refused(Rule.REASON_NEEDED), opened(world, dossier_id) as dossier:
        reopen(dossier, " ", version=dossier.version, by=chair)
    with opened(world, dossier_id) as dossier:
        reopen(dossier, "Có thêm minh chứng", version=dossier.version, by=chair)
    dossier = seen(world, dossier_id)
    assert dossier.state is State.IN_APPRAISAL
    assert dossier.agreed_scores is None


def send_back(world, dossier_id, by, reasons, days=5):
    with opened(world, dossier_id) as dossier:
        due_on = today() + timedelta(days=days)
        return_to_person(dossier, reasons, due_on, version=dossier.version, by=by)


def test_a_return_opens_only_the_named_indicators(world, chair, member, dossier_id):
    give(world, dossier_id, member)
    send_back(world, dossier_id, chair, {3: " Thiếu minh chứng "})
    dossier = seen(world, dossier_id)
    assert dossier.state is State.RETURNED
    assert dossier.returned_reasons == {"3": "Thiếu minh chứng"}
    with world.inside(DEPARTMENT):
        assert history_of(dossier_id)[-1].reason == "3. Thiếu minh chứng"


def test_a_return_without_indicators_or_with_a_day_gone_by_is_refused(
    world, chair, member, dossier_id
):
    give(world, dossier_id, member)
    with refused(Rule.RETURN_NEEDS_INDICATORS):
        send_back(world, dossier_id, chair, {})
    with refused(Rule.RETURN_NEEDS_INDICATORS):
        send_back(world, dossier_id, chair, {3: "Thiếu minh chứng"}, days=0)


def test_a_return_taken_back_restores_what_was_submitted(world, chair, member, dossier_id):
    give(world, dossier_id, member)
    send_back(world, dossier_id, chair, {3: "Thiếu minh chứng"})
    with opened(world, dossier_id) as dossier:
        dossier.self_scores = LOWER
    with opened(world, dossier_id) as dossier:
        take_return_back(dossier, "Nhầm người", version=dossier.version, by=chair)
    dossier = seen(world, dossier_id)
    assert dossier.state is State.IN_APPRAISAL
    assert dossier.self_scores == PASSING
    assert (dossier.returned_reasons, dossier.return_due_on) == ({}, None)


def test_every_step_stays_in_the_history(world, chair, member, dossier_id):
    give(world, dossier_id, chair, member)
    close(world, dossier_id, chair)
    with world.inside(DEPARTMENT):
        events = [one.event for one in history_of(dossier_id)]
    assert events[-3:] == [Event.SCORE, Event.SCORE, Event.AGREE]
