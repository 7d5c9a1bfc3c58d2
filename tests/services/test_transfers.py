"""A dossier goes to another agency when both have a hand in it, and comes back when it must."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select

from app.domain.audit import Act
from app.domain.dossiers import Event, State
from app.domain.people import ConsentChannel, Origin
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.database import db
from app.persistence.models import (
    AuditEvent,
    Consent,
    Cycle,
    Membership,
    RollupMark,
)
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
from app.services.identities import identify_person
from app.services.results import recompute_result
from app.services.self_assessments import withdraw
from tests.builders.appraisals import give_scores, make_submitted
from tests.builders.lists import Office
from tests.builders.transfers import (
    SEAL,
    WHY,
    accept,
    officer_of,
    propose,
    registered,
    state_of,
    undo,
)
from tests.builders.world import COMMUNE, DEPARTMENT, PASSING, THIS_YEAR


NUMBER = "012188001234"
THE_DAY = datetime(2026, 11, 20, tzinfo=UTC)


def refused(act, *arguments, **more):
    with pytest.raises(RefusedError) as refusal:
        act(*arguments, **more)
    return refusal.value.rule


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
