"""Appeals are answered by others, in time, once for each indicator; corrections are decisions."""

from datetime import timedelta

import pytest

from app.domain.decisions import Ruling
from app.domain.dossiers import Outcome, State
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import clock_set_to, transaction_time
from app.persistence.queries.decisions import decisions_in_force, honours_of
from app.persistence.queries.dossiers import load_dossier
from app.persistence.unit_of_work import unit_of_work
from app.services.appeals import appeal, correct_decision, uphold
from tests.builders.lists import Office
from tests.builders.world import DEPARTMENT, FAILING, PASSING, THIS_YEAR


@pytest.fixture
def office(world):
    return Office(world)


def refused(rule):
    return pytest.raises(RefusedError, match=rule.value)


def published(office, scores=FAILING):
    dossier_id = office.appraised(scores=scores)
    office.published(dossier_id)
    return dossier_id


def appeal_by_officer(office, dossier_id, *, indicators=(7,), reason="Chấm thiếu"):
    with office.world.inside(DEPARTMENT), unit_of_work():
        appeal(
            dossier_id,
            indicators=indicators,
            reason=reason,
            version=load_dossier(dossier_id).version,
            by=office.officer.actor(),
        )


def uphold_by(office, dossier_id, somebody):
    with office.world.inside(DEPARTMENT), unit_of_work():
        version = load_dossier(dossier_id).version
        uphold(dossier_id, reason="Đã xem lại", version=version, by=somebody.actor())


def test_the_person_may_appeal_and_another_appraiser_answers(world, office):
    dossier_id = published(office)
    appeal_by_officer(office, dossier_id)
    uphold_by(office, dossier_id, office.secretary)
    with world.inside(DEPARTMENT):
        assert load_dossier(dossier_id).state is State.PUBLISHED


def test_whoever_appraised_does_not_answer(world, office):
    dossier_id = published(office)
    appeal_by_officer(office, dossier_id)
    same_human = world.make_account(DEPARTMENT, Role.CHAIR, identity=office.appraiser.identity_id)
    with refused(Rule.APPEAL_NEEDS_OTHERS):
        uphold_by(office, dossier_id, same_human)


def test_a_stranger_does_not_appeal_for_somebody_else(world, office):
    dossier_id = published(office)
    citizen = world.make_account(DEPARTMENT, Role.CITIZEN)
    with world.inside(DEPARTMENT), refused(Rule.PERMISSION_NEEDED), unit_of_work():
        appeal(dossier_id, indicators=(1,), reason="x", version=0, by=citizen.actor())


def test_an_appeal_needs_a_reason_and_time(world, office):
    dossier_id = published(office)
    with refused(Rule.REASON_NEEDED):
        appeal_by_officer(office, dossier_id, reason=" ")
    with world.inside(DEPARTMENT):
        late = transaction_time() + timedelta(days=7)
    with clock_set_to(late), refused(Rule.DEADLINE_PASSED):
        appeal_by_officer(office, dossier_id)


def test_an_indicator_is_appealed_once(world, office):
    dossier_id = published(office)
    appeal_by_officer(office, dossier_id, indicators=(7,))
    uphold_by(office, dossier_id, office.secretary)
    with refused(Rule.ALREADY_APPEALED):
        appeal_by_officer(office, dossier_id, indicators=(6, 7))
    appeal_by_officer(office, dossier_id, indicators=(6,))


def test_a_correcting_decision_changes_the_outcome_and_keeps_the_first(world, office):
    dossier_id = published(office)
    appeal_by_officer(office, dossier_id)
    correct(office, dossier_id, Outcome.RECOGNISED, scores=tuple(PASSING))
    with world.inside(DEPARTMENT):
        dossier = load_dossier(dossier_id)
        assert (dossier.state, dossier.outcome) == (State.PUBLISHED, Outcome.RECOGNISED)
        (newest, item), (oldest, _) = decisions_in_force(dossier_id)
        assert newest.corrects_id == oldest.id
        assert newest.published_at is not None
        assert item.streak == 1
        assert [one.id for one, _ in honours_of(THIS_YEAR)] == [newest.id]


def test_a_title_can_be_taken_away_again_with_a_reason(world, office):
    dossier_id = published(office, scores=PASSING)
    with refused(Rule.REFUSAL_NEEDS_REASON):
        correct(office, dossier_id, Outcome.NOT_RECOGNISED, reason="")
    correct(office, dossier_id, Outcome.NOT_RECOGNISED)
    with world.inside(DEPARTMENT):
        assert not honours_of(THIS_YEAR)


def test_a_correction_gives_no_title_that_is_not_earned(office):
    dossier_id = published(office)
    with refused(Rule.TITLE_NOT_EARNED):
        correct(office, dossier_id, Outcome.RECOGNISED)


def correct(office, dossier_id, outcome, *, reason="Xét lại", scores=None):
    signature = office.signature()
    with office.world.inside(DEPARTMENT), unit_of_work():
        correct_decision(
            dossier_id,
            signature=signature,
            ruling=Ruling(outcome=outcome, reason=reason, scores=scores),
            version=load_dossier(dossier_id).version,
            by=office.head.actor(),
        )


def test_a_stale_screen_does_not_appeal(world, office):
    dossier_id = published(office)
    with world.inside(DEPARTMENT), refused(Rule.STALE_SCREEN), unit_of_work():
        appeal(dossier_id, indicators=(1,), reason="x", version=1, by=office.officer.actor())
