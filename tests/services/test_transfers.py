"""A dossier goes to another agency when both have a hand in it, and comes back when it must."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select

from app.domain.audit import Act
from app.domain.dossiers import Event, State
from app.domain.people import ConsentChannel, Origin
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.transfers import TransferState
from app.persistence.database import db
from app.persistence.models import (
    AuditEvent,
    Consent,
    Cycle,
    Membership,
    Person,
    RollupMark,
    Transfer,
)
from app.persistence.queries.cycles import find_cycle
from app.persistence.queries.dossiers import (
    history_of,
    load_dossier,
    load_dossier_to_change,
    recognised_years_of,
)
from app.persistence.queries.people import find_person_of, load_person
from app.persistence.queries.results import figures_of
from app.persistence.queries.transfers import transfers_offered
from app.persistence.sealing import number_of
from app.persistence.unit_of_work import unit_of_work
from app.services.departures import withdraw_transfer
from app.services.dossiers import append_event
from app.services.identities import identify_person
from app.services.results import recompute_result
from app.services.self_assessments import register, save_self_scores, withdraw
from app.services.transfers import refuse_transfer
from tests.builders.appraisals import give_scores, make_submitted
from tests.builders.lists import Office
from tests.builders.transfers import SEAL, WHY, accept, officer_of, propose, undo
from tests.builders.world import COMMUNE, DEPARTMENT, PASSING, PROVINCE, THIS_YEAR


NUMBER = "012188001234"
THE_DAY = datetime(2026, 11, 20, tzinfo=UTC)


def state_of(world, dossier_id, slug=DEPARTMENT):
    with world.inside(slug):
        return load_dossier(dossier_id).state


def refused(act, *arguments, **more):
    with pytest.raises(RefusedError) as refusal:
        act(*arguments, **more)
    return refusal.value.rule


def transfer_in(world, transfer_id):
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(Transfer).where(Transfer.id == transfer_id)).one()


def registered(world, slug=DEPARTMENT, channel=ConsentChannel.PAPER_FORM, **person):
    """Somebody who has registered with their consent, and begun to score."""
    officer, dossier_id = officer_of(world, slug), world.make_dossier(slug, **person)
    with world.inside(slug), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        register(dossier, channel, by=officer)
        save_self_scores(dossier, {1: 7}, {1: "Sổ"}, version=dossier.version, by=officer)
    return dossier_id


def test_the_dossier_goes_on_at_the_receiver_and_is_closed_where_it_was(world):
    left = make_submitted(world, DEPARTMENT, name="Vàng A Sáng")
    received = accept(world, propose(world, left))
    assert state_of(world, left) is State.TRANSFERRED
    with world.inside(DEPARTMENT):
        before = load_dossier(left)
        identity, submitted_at = before.identity_id, before.submitted_at
        assert history_of(left)[-1].reason == WHY
    with world.inside(COMMUNE):
        dossier = load_dossier(received)
        assert (dossier.state, dossier.round) == (State.SUBMITTED, 1)
        assert (dossier.identity_id, dossier.submitted_at) == (identity, submitted_at)
        assert (dossier.self_scores, dossier.evidence) == (PASSING, ["Sổ học tập"] * 10)
        assert (dossier.person.name, dossier.person.origin) == ("Vàng A Sáng", Origin.TRANSFERRED)
        assert [one.event for one in history_of(received)] == [Event.REGISTER, Event.SUBMIT]
        assert not transfers_offered()


def test_what_was_begun_is_not_lost(world):
    left = registered(world)
    received = accept(world, propose(world, left))
    with world.inside(COMMUNE):
        dossier = load_dossier(received)
        assert dossier.state is State.REGISTERED
        assert (dossier.self_scores[0], dossier.evidence[0]) == (7, "Sổ")
        assert dossier.is_on_behalf


def test_whoever_is_only_listed_is_listed_again(world):
    left = world.make_dossier(DEPARTMENT)
    received = accept(world, propose(world, left))
    assert state_of(world, received, COMMUNE) is State.LISTED
    assert state_of(world, left) is State.TRANSFERRED


def test_whoever_is_being_appraised_is_appraised_anew(world):
    left = make_submitted(world, DEPARTMENT)
    give_scores(world, DEPARTMENT, left)
    received = accept(world, propose(world, left))
    with world.inside(COMMUNE):
        dossier = load_dossier(received)
        assert dossier.state is State.SUBMITTED
        assert (dossier.unit_scores, dossier.agreed_scores, dossier.opened_at) == (None, None, None)


def test_under_other_criteria_the_scores_are_a_draft_again(world):
    left = make_submitted(world, DEPARTMENT)
    received = accept(world, propose(world, left), group=1)
    with world.inside(COMMUNE):
        dossier = load_dossier(received)
        assert (dossier.state, dossier.group_number) == (State.REGISTERED, 1)
        assert dossier.self_scores == PASSING
        assert dossier.submitted_at is None


def test_the_consent_goes_along_and_ends_where_it_was_given(world):
    left = registered(world)
    with world.inside(DEPARTMENT):
        given_at = db.session.scalars(select(Consent.given_at)).one()
        terms = db.session.execute(select(Consent.basis, Consent.purpose, Consent.wording)).one()
    transfer_id = propose(world, left)
    received = accept(world, transfer_id)
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(Consent.withdrawn_at)).one() is not None
    with world.inside(COMMUNE):
        consent = db.session.scalars(select(Consent)).one()
        assert (consent.channel, consent.given_at) == (ConsentChannel.PAPER_FORM, given_at)
        assert (consent.basis, consent.purpose, consent.wording) == terms
        assert consent.withdrawn_at is None
    undo(world, transfer_id, received)
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(Consent.withdrawn_at)).one() is None
    with world.inside(COMMUNE):
        assert db.session.scalars(select(Consent.withdrawn_at)).one() is not None


def test_whoever_withdraws_at_the_receiver_ends_the_consent_there(world):
    received = accept(world, propose(world, registered(world)))
    officer = officer_of(world, COMMUNE)
    with world.inside(COMMUNE), unit_of_work():
        dossier = load_dossier_to_change(received)
        withdraw(dossier, "Nghỉ", version=dossier.version, by=officer)
        assert db.session.scalars(select(Consent.withdrawn_at)).one() is not None


def test_a_personal_number_is_sealed_anew_for_its_new_place(world):
    left = make_submitted(world, DEPARTMENT)
    with world.inside(DEPARTMENT), unit_of_work():
        person = load_person(load_dossier(left).person_id)
        identify_person(person, NUMBER, seal=SEAL)
        before = person.cccd_sealed
    received = accept(world, propose(world, left))
    with world.inside(COMMUNE) as here:
        person = load_dossier(received).person
        assert person.cccd_sealed != before
        assert SEAL.open(person.cccd_sealed, place=number_of(person.id, here)) == NUMBER
        assert person.cccd_last_four == "1234"


def test_both_records_say_what_happened(world):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    undo(world, transfer_id, accept(world, transfer_id))
    for slug in (DEPARTMENT, COMMUNE):
        with world.inside(slug):
            acts = db.session.scalars(select(AuditEvent.act)).all()
            assert {Act.TRANSFER_ACCEPTED, Act.TRANSFER_UNDONE} <= set(acts)


def test_the_record_of_either_agency_names_the_other(world):
    accept(world, propose(world, make_submitted(world, DEPARTMENT)))
    for slug in (DEPARTMENT, COMMUNE):
        with world.inside(slug):
            accepted = select(AuditEvent.facts).where(AuditEvent.act == Act.TRANSFER_ACCEPTED)
            assert db.session.scalars(accepted).one()["sender"] == "Sở Công Thương"


def test_the_figures_count_a_transferred_person_at_the_receiver_only(world):
    accept(world, propose(world, make_submitted(world, DEPARTMENT)))
    counted = {}
    for slug in (DEPARTMENT, COMMUNE):
        with world.inside(slug) as key, unit_of_work():
            assert recompute_result(THIS_YEAR)
            counted[slug] = figures_of(key, THIS_YEAR).eligible
    assert counted == {DEPARTMENT: 0, COMMUNE: 1}


def test_both_agencies_are_to_be_counted_again(world):
    left = make_submitted(world, DEPARTMENT)
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.execute(delete(RollupMark))
    accept(world, propose(world, left))
    for slug in (DEPARTMENT, COMMUNE):
        with world.inside(slug):
            assert THIS_YEAR in db.session.scalars(select(RollupMark.year)).all()


def test_years_of_recognition_go_along_with_the_person(world):
    office = Office(world)
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.add(Cycle(year=THIS_YEAR - 1, registration_opens_on=date(THIS_YEAR - 1, 1, 1)))
    person_id = world.make_person(DEPARTMENT)
    earlier = world.make_dossier(DEPARTMENT, person_id, year=THIS_YEAR - 1)
    office.appraise(earlier)
    office.published(earlier)
    received = accept(world, propose(world, make_submitted(world, DEPARTMENT, person_id=person_id)))
    with world.inside(COMMUNE):
        here = load_dossier(received).person_id
        assert recognised_years_of([here]) == {here: frozenset({THIS_YEAR - 1})}


def test_the_person_gets_in_at_the_receiver_with_the_same_account(world):
    account = world.make_account(DEPARTMENT, Role.CITIZEN)
    left = make_submitted(world, DEPARTMENT, identity=account.identity_id)
    accept(world, propose(world, left))
    with world.inside(COMMUNE):
        person = find_person_of(account.identity_id)
        held = db.session.scalars(
            select(Membership).where(Membership.account_id == account.id)
        ).one()
        assert (held.role, held.person_id) == (Role.CITIZEN, person.id)


def test_somebody_on_the_receivers_roster_keeps_their_entry(world):
    account = world.make_account(DEPARTMENT, Role.CITIZEN)
    here = world.make_person(COMMUNE, identity=account.identity_id)
    left = make_submitted(world, DEPARTMENT, identity=account.identity_id)
    give_number(world, left)
    received = accept(world, propose(world, left))
    with world.inside(COMMUNE) as there:
        person = load_dossier(received).person
        assert person.id == here
        assert SEAL.open(person.cccd_sealed, place=number_of(here, there)) == NUMBER


def give_number(world, dossier_id):
    with world.inside(DEPARTMENT) as key, unit_of_work():
        person = load_person(load_dossier(dossier_id).person_id)
        person.cccd_sealed = SEAL.seal(NUMBER, place=number_of(person.id, key))
        person.cccd_last_four = NUMBER[-4:]


def test_somebody_with_a_dossier_at_the_receiver_is_not_taken_over(world):
    account = world.make_account(DEPARTMENT, Role.CITIZEN)
    world.make_dossier(COMMUNE, identity=account.identity_id)
    left = make_submitted(world, DEPARTMENT, identity=account.identity_id)
    assert refused(accept, world, propose(world, left)) is Rule.PERSON_ALREADY_ASSESSED_HERE
    assert state_of(world, left) is State.SUBMITTED


def test_nobody_accepts_or_undoes_the_transfer_of_their_own_dossier(world):
    officer = world.make_account(COMMUNE, Role.OFFICER)
    left = make_submitted(world, DEPARTMENT, identity=officer.identity_id)
    transfer_id = propose(world, left)
    assert refused(accept, world, transfer_id, by=officer.actor()) is Rule.SELF_DEALING
    received = accept(world, transfer_id)
    assert refused(undo, world, transfer_id, received, by=officer.actor()) is Rule.SELF_DEALING


def test_a_refusal_gives_a_reason_and_leaves_the_dossier_where_it_is(world):
    left = make_submitted(world, DEPARTMENT)
    transfer_id, officer = propose(world, left), officer_of(world, COMMUNE)

    def refuse(reason):
        with world.inside(COMMUNE), unit_of_work():
            refuse_transfer(transfer_id, reason, by=officer)

    assert refused(refuse, "") is Rule.REASON_NEEDED
    refuse("Không có quyết định điều động")
    transfer = transfer_in(world, transfer_id)
    assert transfer.state is TransferState.REFUSED
    assert transfer.settled_reason == "Không có quyết định điều động"
    assert state_of(world, left) is State.SUBMITTED
    with pytest.raises(MissingError):
        refuse("Hai lần")


@pytest.mark.parametrize("role", [Role.CHAIR, Role.HEAD, Role.CITIZEN])
def test_only_the_office_answers(world, role):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    other = world.make_account(COMMUNE, role).actor()
    assert refused(accept, world, transfer_id, by=other) is Rule.PERMISSION_NEEDED


def test_only_the_receiver_answers(world):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    for slug in (DEPARTMENT, PROVINCE):
        with pytest.raises(MissingError):
            accept(world, transfer_id, at=slug)


def test_an_undone_transfer_brings_the_dossier_back_to_where_it_stood(world):
    left = make_submitted(world, DEPARTMENT)
    give_scores(world, DEPARTMENT, left)
    transfer_id = propose(world, left)
    received = accept(world, transfer_id)
    undo(world, transfer_id, received)
    assert state_of(world, left) is State.IN_APPRAISAL
    assert state_of(world, received, COMMUNE) is State.TRANSFERRED
    assert transfer_in(world, transfer_id).undone_reason == "Nhận nhầm người"
    with world.inside(DEPARTMENT):
        assert history_of(left)[-1].event is Event.UNTRANSFER


def test_what_is_being_appraised_is_not_sent_back(world):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    received = accept(world, transfer_id)
    member = world.make_account(COMMUNE, Role.APPRAISER).actor()
    with world.inside(COMMUNE), unit_of_work():
        append_event(load_dossier_to_change(received), Event.SCORE, by=member)
    assert refused(undo, world, transfer_id, received) is Rule.APPRAISAL_HAS_BEGUN


def test_an_undo_gives_a_reason(world):
    transfer_id = propose(world, make_submitted(world, DEPARTMENT))
    received = accept(world, transfer_id)
    assert refused(undo, world, transfer_id, received, reason=" ") is Rule.REASON_NEEDED


@pytest.mark.parametrize("make", [make_submitted, registered])
def test_whoever_was_sent_back_may_come_again(world, make):
    left = make(world, DEPARTMENT)
    stood = state_of(world, left)
    first = propose(world, left)
    received = accept(world, first)
    undo(world, first, received)
    assert accept(world, propose(world, left)) == received
    assert state_of(world, received, COMMUNE) is stood
    assert state_of(world, left) is State.TRANSFERRED


def test_whoever_left_in_the_year_may_come_back_in_the_year(world):
    left = make_submitted(world, DEPARTMENT)
    received = accept(world, propose(world, left))
    back = accept(world, propose(world, received, out_of=COMMUNE, to=DEPARTMENT), at=DEPARTMENT)
    assert back == left
    assert state_of(world, left) is State.SUBMITTED
    assert state_of(world, received, COMMUNE) is State.TRANSFERRED


def test_nobody_is_taken_over_into_a_year_that_either_agency_has_closed(world):
    for slug in (DEPARTMENT, COMMUNE):
        transfer_id = propose(world, make_submitted(world, DEPARTMENT))
        close(world, slug)
        assert refused(accept, world, transfer_id) is Rule.CYCLE_NOT_OPEN
        close(world, slug, at=None)


def close(world, slug, at=THE_DAY):
    with world.inside(slug), unit_of_work():
        find_cycle(THIS_YEAR).closed_at = at


def tried(act):
    try:
        act()
    except (RefusedError, MissingError) as stopped:
        return stopped
    return None


def at_once(*acts):
    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(tried, acts))


def test_data_that_may_not_be_used_go_nowhere(world):
    left, other = make_submitted(world, DEPARTMENT), make_submitted(world, DEPARTMENT)
    transfer_id = propose(world, left)
    with world.inside(DEPARTMENT), unit_of_work():
        for one in (left, other):
            load_person(load_dossier(one).person_id).restricted_at = THE_DAY
    assert refused(accept, world, transfer_id) is Rule.DATA_RESTRICTED
    assert refused(propose, world, other) is Rule.DATA_RESTRICTED
    assert state_of(world, left) is State.SUBMITTED


def test_two_officers_who_accept_at_once_take_over_one_dossier(world):
    left = make_submitted(world, DEPARTMENT)
    transfer_id = propose(world, left)
    officers = [officer_of(world, COMMUNE) for _ in range(2)]
    outcomes = at_once(*(lambda by=one: accept(world, transfer_id, by=by) for one in officers))
    assert [one is None for one in outcomes].count(True) == 1
    with world.inside(COMMUNE):
        assert len(db.session.scalars(select(Person.id)).all()) == 1
    with world.inside(DEPARTMENT):
        assert [one.event for one in history_of(left)].count(Event.TRANSFER) == 1


def test_accepting_and_withdrawing_at_once_leaves_one_truth(world):
    left = make_submitted(world, DEPARTMENT)
    transfer_id = propose(world, left)
    here, there = officer_of(world, DEPARTMENT), officer_of(world, COMMUNE)

    def take_back():
        with world.inside(DEPARTMENT), unit_of_work():
            withdraw_transfer(transfer_id, "Ở lại", by=here)

    outcomes = at_once(take_back, lambda: accept(world, transfer_id, by=there))
    assert [one is None for one in outcomes].count(True) == 1
    has_gone = transfer_in(world, transfer_id).state is TransferState.ACCEPTED
    assert state_of(world, left) is (State.TRANSFERRED if has_gone else State.SUBMITTED)
    with world.inside(COMMUNE):
        assert len(db.session.scalars(select(Person.id)).all()) == (1 if has_gone else 0)


def test_two_agencies_that_answer_each_other_at_once_do_not_wait_for_ever(world):
    going = propose(world, make_submitted(world, DEPARTMENT))
    coming = propose(world, make_submitted(world, COMMUNE), out_of=COMMUNE, to=DEPARTMENT)
    assert at_once(lambda: accept(world, going), lambda: accept(world, coming, at=DEPARTMENT)) == [
        None,
        None,
    ]
