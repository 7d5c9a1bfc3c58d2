"""Nobody is assessed without a basis on record; taken back or restricted, everything stops."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.domain.consent import CURRENT_WORDING, LegalBasis, Purpose
from app.domain.dossiers import Event, State
from app.domain.ids import new_id
from app.domain.people import ConsentChannel
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Consent, DossierEvent, Person
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.consents import withdraw_consents
from app.services.dossiers import append_event
from app.services.self_assessments import register, submit, withdraw
from tests.builders.world import DEPARTMENT, PASSING


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER).actor()


@pytest.fixture
def dossier(world):
    return world.make_dossier(DEPARTMENT)


def do(world, dossier_id, act):
    with world.inside(DEPARTMENT), unit_of_work():
        return act(load_dossier_to_change(dossier_id))


def registered(world, dossier_id, by, channel=ConsentChannel.PAPER_FORM):
    do(world, dossier_id, lambda one: register(one, channel, by=by))


def fill(world, dossier_id):
    def act(one):
        one.self_scores, one.evidence = list(PASSING), ["giấy chứng nhận"] * 10

    do(world, dossier_id, act)


def person_of(world, dossier_id):
    return do(world, dossier_id, lambda one: one.person_id)


def rule_of(world, dossier_id, act):
    with pytest.raises(RefusedError) as refusal:
        do(world, dossier_id, act)
    return refusal.value.rule


@pytest.mark.parametrize(
    ("channel", "basis"),
    [
        (ConsentChannel.PAPER_FORM, LegalBasis.CONSENT),
        (ConsentChannel.EMPLOYMENT, LegalBasis.EMPLOYMENT),
    ],
)
def test_a_registration_records_the_basis_its_purpose_and_the_words(
    world, dossier, officer, channel, basis
):
    registered(world, dossier, officer, channel)
    with world.inside(DEPARTMENT):
        one = db.session.scalars(select(Consent)).one()
        assert (one.channel, one.basis, one.purpose) == (channel, basis, Purpose.ASSESSMENT)
        assert (one.wording, one.recorded_by) == (CURRENT_WORDING, officer.account_id)


def test_nothing_is_handed_in_without_a_basis_on_record(world, dossier, officer):
    do(world, dossier, lambda one: append_event(one, Event.REGISTER, by=officer))
    fill(world, dossier)
    assert (
        rule_of(world, dossier, lambda one: submit(one, version=one.version, by=officer))
        is Rule.NO_BASIS
    )


def test_once_the_word_is_taken_back_the_dossier_may_only_leave(world, dossier, officer):
    registered(world, dossier, officer)
    fill(world, dossier)
    do(world, dossier, lambda one: withdraw_consents(one.person_id))
    onward = rule_of(world, dossier, lambda one: append_event(one, Event.SUBMIT, by=officer))
    assert onward is Rule.NO_BASIS
    do(world, dossier, lambda one: withdraw(one, "rút", version=one.version, by=officer))
    assert do(world, dossier, lambda one: one.state) is State.WITHDRAWN


def restrict(world, person_id):
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.execute(
            update(Person).where(Person.id == person_id).values(restricted_at=transaction_time())
        )


def test_a_restriction_stops_the_dossier_and_names_whose_it_is(world, dossier, officer):
    restrict(world, person_of(world, dossier))
    with pytest.raises(RefusedError) as refusal:
        registered(world, dossier, officer)
    assert refusal.value.rule is Rule.DATA_RESTRICTED
    assert refusal.value.facts == {"name": "Lò Thị Pánh"}


def write_event(world, dossier, officer):
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.add(
            DossierEvent(
                id=new_id(),
                dossier_id=dossier,
                event=Event.SUBMIT,
                from_state=State.REGISTERED,
                to_state=State.SUBMITTED,
                round=1,
                at=transaction_time(),
                actor_account_id=officer.account_id,
                actor_identity_id=officer.identity_id,
                actor_name=officer.name,
            )
        )
        db.session.flush()


@pytest.mark.parametrize("stop", ["restricted", "withdrawn"])
def test_the_database_itself_moves_no_such_dossier(world, dossier, officer, stop):
    registered(world, dossier, officer)
    person_id = person_of(world, dossier)
    if stop == "restricted":
        restrict(world, person_id)
    else:
        do(world, dossier, lambda one: withdraw_consents(one.person_id))
    with pytest.raises(DBAPIError) as error:
        write_event(world, dossier, officer)
    assert error.value.orig.sqlstate == {"restricted": "BV008", "withdrawn": "BV009"}[stop]


def test_no_other_basis_than_those_of_the_law_can_be_written(world, dossier, officer):
    registered(world, dossier, officer)
    with world.inside(DEPARTMENT), world.owner(), pytest.raises(DBAPIError):
        db.session.execute(text("UPDATE consent SET basis = 'because'"))
