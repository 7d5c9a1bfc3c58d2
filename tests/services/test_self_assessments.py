"""People register, score themselves and submit; what the team returned is all they may change."""

from datetime import UTC, date, datetime

import pytest

from app.domain.dossiers import Event, State
from app.domain.people import ConsentChannel
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import Consent
from app.persistence.queries.dossiers import (
    find_dossier_of,
    history_of,
    load_dossier,
    load_dossier_to_change,
)
from app.persistence.queries.self_assessments import (
    Wanted,
    count_to_enter,
    dossiers_to_enter,
    find_next_to_enter,
)
from app.persistence.unit_of_work import unit_of_work
from app.services import self_assessments as service
from app.services.self_assessments import PaperForm
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, PASSING, THIS_YEAR


IN_TIME = datetime(THIS_YEAR, 3, 1, 2, 0, tzinfo=UTC)
AFTER_REGISTRATION = datetime(THIS_YEAR, 4, 1, 2, 0, tzinfo=UTC)
AFTER_SELF_ASSESSMENT = datetime(THIS_YEAR, 11, 1, 2, 0, tzinfo=UTC)
ONLINE = ConsentChannel.ONLINE
ON_PAPER = ConsentChannel.PAPER_FORM


@pytest.fixture(autouse=True)
def spring():
    with clock_set_to(IN_TIME):
        yield


@pytest.fixture
def citizen(world):
    """Somebody on the roster who may sign in, as services know them."""
    account = world.make_account(DEPARTMENT, Role.CITIZEN)
    person_id = world.make_person(DEPARTMENT, identity=account.identity_id)
    world.make_dossier(DEPARTMENT, person_id)
    return account.actor(person_id=person_id)


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER).actor()


@pytest.fixture
def work(world):
    """Do one act on somebody's dossier in its own transaction, and return the dossier after."""

    def act(person_id, verb, *arguments, **more):
        with world.inside(DEPARTMENT):
            dossier_id = find_dossier_of(person_id, THIS_YEAR).id
            with unit_of_work():
                dossier = load_dossier_to_change(dossier_id)
                if verb in VERSIONED:
                    more.setdefault("version", dossier.version)
                verb(dossier, *arguments, **more)
            found = load_dossier(dossier_id)
            db.session.expunge_all()
            return found

    return act


VERSIONED = {
    service.unregister,
    service.save_self_scores,
    service.submit,
    service.recall,
    service.withdraw,
    service.enter_paper_form,
}


@pytest.fixture
def submitted(citizen, work):
    """The person behind a dossier that is complete and submitted."""
    me = citizen.person_id
    work(me, service.register, ONLINE, by=citizen)
    work(me, service.save_self_scores, numbered(PASSING), {3: "Sổ học tập"}, by=citizen)
    work(me, service.submit, by=citizen)
    return citizen


@pytest.fixture
def returned(world, submitted, work):
    """The person behind a dossier that the team returned for indicators 2 and 7."""
    chair = world.make_account(DEPARTMENT, Role.CHAIR).actor()
    work(submitted.person_id, open_and_return, by=chair)
    return submitted


def open_and_return(dossier, *, by):
    service.append_event(dossier, Event.SCORE, by=by)
    dossier.opened_at = IN_TIME
    dossier.returned_reasons = {"2": "Thiếu xác nhận", "7": "Chưa rõ"}
    dossier.return_due_on = date(THIS_YEAR, 3, 20)
    service.append_event(dossier, Event.RETURN, by=by, reason="2, 7")


def numbered(scores):
    return dict(enumerate(scores, start=1))


def paper(scores, consent=ON_PAPER):
    return PaperForm(scores=tuple(scores), evidence=[""] * 10, consent=consent)


def test_registering_keeps_the_consent_with_its_channel(world, citizen, work):
    assert work(citizen.person_id, service.register, ONLINE, by=citizen).state is State.REGISTERED
    with world.inside(DEPARTMENT):
        consent = db.session.query(Consent).one()
        assert (consent.person_id, consent.channel) == (citizen.person_id, ONLINE)
        assert (consent.given_at, consent.recorded_by) == (IN_TIME, citizen.account_id)


def test_nobody_is_registered_without_consent(citizen, work):
    with pytest.raises(RefusedError) as refusal:
        work(citizen.person_id, service.register, None, by=citizen)
    assert refusal.value.rule is Rule.CONSENT_NEEDED


def test_taking_the_registration_back_ends_the_consent_and_drops_what_was_typed(
    world, citizen, work
):
    me = citizen.person_id
    work(me, service.register, ONLINE, by=citizen)
    work(me, service.save_self_scores, {1: 9}, {1: "Kế hoạch"}, by=citizen)
    dossier = work(me, service.unregister, by=citizen)
    assert dossier.state is State.LISTED
    assert (dossier.self_scores[0], dossier.evidence[0]) == (None, "")
    with world.inside(DEPARTMENT):
        assert db.session.query(Consent).one().withdrawn_at == IN_TIME


def test_the_last_day_to_register_binds_people_but_not_the_office(citizen, officer, work):
    with clock_set_to(AFTER_REGISTRATION):
        with pytest.raises(RefusedError) as refusal:
            work(citizen.person_id, service.register, ONLINE, by=citizen)
        assert refusal.value.rule is Rule.DEADLINE_PASSED
        dossier = work(citizen.person_id, service.register, ON_PAPER, by=officer)
    assert dossier.state is State.REGISTERED
    assert dossier.is_on_behalf


def test_the_last_day_to_submit_binds_people_but_not_the_office(citizen, officer, work):
    me = citizen.person_id
    work(me, service.register, ONLINE, by=citizen)
    work(me, service.save_self_scores, numbered(PASSING), {}, by=citizen)
    with clock_set_to(AFTER_SELF_ASSESSMENT):
        with pytest.raises(RefusedError) as refusal:
            work(me, service.submit, by=citizen)
        assert refusal.value.rule is Rule.DEADLINE_PASSED
        assert work(me, service.submit, by=officer).is_on_behalf


def test_who_was_in_time_once_may_take_back_and_submit_again(submitted, work):
    me = submitted.person_id
    with clock_set_to(AFTER_SELF_ASSESSMENT):
        assert work(me, service.recall, by=submitted).state is State.REGISTERED
        assert work(me, service.submit, by=submitted).state is State.SUBMITTED


def test_registration_waits_for_its_first_day(citizen, work):
    too_early = datetime(THIS_YEAR - 1, 12, 31, tzinfo=UTC)
    with clock_set_to(too_early), pytest.raises(RefusedError) as refusal:
        work(citizen.person_id, service.register, ONLINE, by=citizen)
    assert refusal.value.rule is Rule.REGISTRATION_NOT_OPEN_YET


def test_a_draft_may_have_blanks_and_a_blank_is_no_zero(citizen, work):
    me = citizen.person_id
    work(me, service.register, ONLINE, by=citizen)
    work(me, service.save_self_scores, {1: 9, 2: 5}, {1: "Kế hoạch"}, by=citizen)
    dossier = work(me, service.save_self_scores, {2: None}, {}, by=citizen)
    assert dossier.self_scores == [9, *[None] * 9]
    with pytest.raises(RefusedError) as refusal:
        work(me, service.submit, by=citizen)
    assert refusal.value.rule is Rule.SCORES_INCOMPLETE
    assert refusal.value.facts["missing"] == tuple(range(2, 11))


@pytest.mark.parametrize("score", [0, 11, -1])
def test_a_score_off_the_scale_is_refused_by_its_indicator(citizen, work, score):
    work(citizen.person_id, service.register, ONLINE, by=citizen)
    with pytest.raises(RefusedError) as refusal:
        work(citizen.person_id, service.save_self_scores, {4: score}, {}, by=citizen)
    assert refusal.value.rule is Rule.SCORE_NOT_ON_SCALE
    assert refusal.value.facts["indicator"] == 4


def test_a_stale_screen_saves_nothing(citizen, work):
    me = citizen.person_id
    opened = work(me, service.register, ONLINE, by=citizen).version
    work(me, service.save_self_scores, {1: 9}, {}, by=citizen)
    with pytest.raises(RefusedError) as refusal:
        work(me, service.save_self_scores, {1: 8}, {}, version=opened, by=citizen)
    assert refusal.value.rule is Rule.STALE_SCREEN


def test_saving_what_already_stands_is_no_conflict(citizen, work):
    me = citizen.person_id
    opened = work(me, service.register, ONLINE, by=citizen).version
    saved = work(me, service.save_self_scores, {1: 9}, {}, by=citizen).version
    again = work(me, service.save_self_scores, {1: 9}, {}, version=opened, by=citizen).version
    assert saved == again == opened + 1


def test_submitting_again_answers_the_return_and_opens_the_next_round(returned, work):
    me = returned.person_id
    work(me, service.save_self_scores, {7: 6}, {2: "Giấy xác nhận"}, by=returned)
    dossier = work(me, service.submit, by=returned)
    assert (dossier.state, dossier.round) == (State.SUBMITTED, 2)
    assert (dossier.returned_reasons, dossier.return_due_on) == ({}, None)
    assert dossier.opened_at is None


@pytest.mark.parametrize("change", [({3: 9}, {}), ({}, {3: "khác"}), ({2: 9, 3: 9}, {})])
def test_only_returned_indicators_may_be_changed(returned, work, change):
    with pytest.raises(RefusedError) as refusal:
        work(returned.person_id, service.save_self_scores, *change, by=returned)
    assert refusal.value.rule is Rule.INDICATOR_NOT_RETURNED
    assert refusal.value.facts["changed"] == (3,)


def test_a_whole_sheet_may_be_saved_when_only_returned_indicators_differ(returned, work):
    dossier = work(
        returned.person_id,
        service.save_self_scores,
        numbered([8, 9, *PASSING[2:]]),
        {3: "Sổ học tập"},
        by=returned,
    )
    assert dossier.self_scores[1] == 9


def test_taking_an_answer_back_opens_the_returned_indicators_again(returned, work):
    me = returned.person_id
    work(me, service.submit, by=returned)
    dossier = work(me, service.recall, by=returned)
    assert (dossier.state, dossier.round) == (State.RETURNED, 1)
    assert dossier.returned_reasons == {"2": "Thiếu xác nhận", "7": "Chưa rõ"}
    assert dossier.return_due_on == date(THIS_YEAR, 3, 20)
    assert work(me, service.submit, by=returned).round == 2


def test_what_the_team_has_opened_cannot_be_taken_back(world, submitted, work):
    chair = world.make_account(DEPARTMENT, Role.CHAIR).actor()
    work(submitted.person_id, service.append_event, Event.SCORE, by=chair)
    with pytest.raises(RefusedError) as refusal:
        work(submitted.person_id, service.recall, by=submitted)
    assert refusal.value.rule is Rule.ALREADY_OPENED_BY_TEAM


def test_withdrawing_takes_a_reason_and_ends_the_consent(world, submitted, work):
    me = submitted.person_id
    with pytest.raises(RefusedError) as refusal:
        work(me, service.withdraw, "  ", by=submitted)
    assert refusal.value.rule is Rule.REASON_NEEDED
    dossier = work(me, service.withdraw, "Chuyển công tác", by=submitted)
    assert (dossier.state, dossier.outcome) == (State.WITHDRAWN, None)
    with world.inside(DEPARTMENT):
        assert history_of(dossier.id)[-1].reason == "Chuyển công tác"
        assert db.session.query(Consent).one().withdrawn_at is not None


def test_withdrawing_for_somebody_ends_their_consent_too(world, submitted, officer, work):
    work(submitted.person_id, service.withdraw, "Nghỉ hưu", by=officer)
    with world.inside(DEPARTMENT):
        assert db.session.query(Consent).one().withdrawn_at is not None


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (service.register, (ONLINE,)),
        (service.save_self_scores, ({1: 5}, {})),
        (service.submit, ()),
        (service.recall, ()),
        (service.unregister, ()),
        (service.withdraw, ("vì sao",)),
    ],
)
def test_nobody_touches_the_dossier_of_a_colleague(world, citizen, work, verb, arguments):
    account = world.make_account(DEPARTMENT, Role.CITIZEN, Role.HEAD, Role.TENANT_ADMIN)
    colleague = account.actor(person_id=world.make_person(DEPARTMENT, "Lò Văn Hạnh"))
    with pytest.raises(RefusedError) as refusal:
        work(citizen.person_id, verb, *arguments, by=colleague)
    assert refusal.value.rule is Rule.PERMISSION_NEEDED


def test_a_paper_form_is_registered_and_submitted_in_one_go(world, citizen, officer, work):
    with clock_set_to(AFTER_SELF_ASSESSMENT):
        dossier = work(citizen.person_id, service.enter_paper_form, paper(PASSING), by=officer)
    assert (dossier.state, dossier.self_scores) == (State.SUBMITTED, PASSING)
    assert dossier.is_on_behalf
    with world.inside(DEPARTMENT):
        assert [one.event for one in history_of(dossier.id)] == [Event.REGISTER, Event.SUBMIT]
        assert db.session.query(Consent).one().channel is ON_PAPER


def test_a_paper_form_with_a_blank_stays_a_draft(citizen, officer, work):
    form = paper([*PASSING[:9], None])
    dossier = work(citizen.person_id, service.enter_paper_form, form, by=officer)
    assert (dossier.state, dossier.self_scores[8:]) == (State.REGISTERED, [8, None])


def test_a_paper_form_without_consent_leaves_no_trace(world, citizen, officer, work):
    with pytest.raises(RefusedError) as refusal:
        work(citizen.person_id, service.enter_paper_form, paper(PASSING, None), by=officer)
    assert refusal.value.rule is Rule.CONSENT_NEEDED
    with world.inside(DEPARTMENT):
        assert find_dossier_of(citizen.person_id, THIS_YEAR).self_scores == [None] * 10


def test_the_day_on_the_national_site_has_come(citizen, work):
    me = citizen.person_id
    work(me, service.register, ONLINE, by=citizen)
    day = date(THIS_YEAR, 3, 1)
    assert work(me, service.note_national_site, day, by=citizen).national_site_on == day
    with pytest.raises(RefusedError) as refusal:
        work(me, service.note_national_site, date(THIS_YEAR, 3, 2), by=citizen)
    assert refusal.value.rule is Rule.DAY_NOT_COME


def test_the_list_to_enter_is_searched_without_accents_and_goes_round(world):
    for name in ("Đỗ Thị Ánh", "Lò Văn Bình", "Mùa A Chớ"):
        world.make_dossier(COMMUNE, name=name, group=1)
    with world.inside(COMMUNE):
        everyone = dossiers_to_enter(Wanted(year=THIS_YEAR), limit=10)
        assert [one.person.name for one in everyone] == ["Đỗ Thị Ánh", "Lò Văn Bình", "Mùa A Chớ"]
        found = dossiers_to_enter(Wanted(year=THIS_YEAR, name="do thi anh"), limit=10)
        assert [one.person.name for one in found] == ["Đỗ Thị Ánh"]
        assert count_to_enter(Wanted(year=THIS_YEAR, name="100%")) == 0
        wanted = Wanted(year=THIS_YEAR)
        assert find_next_to_enter(wanted, everyone[0]) == everyone[1].id
        assert find_next_to_enter(wanted, everyone[2]) == everyone[0].id
    with world.inside(OTHER_COMMUNE):
        assert count_to_enter(Wanted(year=THIS_YEAR)) == 0
