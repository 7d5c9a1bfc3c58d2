"""What people ask about their data is answered and done in time, and erased means gone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.data_requests import (
    CLOCKS,
    RequestChannel,
    RequestKind,
    RequestState,
    answer_due_on,
    done_due_on,
)
from app.domain.dossiers import State
from app.domain.people import ConsentChannel
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.roster import PersonDetails
from app.domain.vietnamese import match_key
from app.persistence.database import db
from app.persistence.models import AuditEvent, DataRequest, Person
from app.persistence.queries.calendar import working_days
from app.persistence.queries.consents import consents_of
from app.persistence.queries.dossiers import find_dossier_of, load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.audit_chain import Progress, verify_chain
from app.services.data_requests import (
    accept,
    ask,
    extend,
    finish,
    lift_restriction,
    refuse,
)
from app.services.erasing import erase_person, plan_erasure
from app.services.roster import add_person
from app.services.self_assessments import register
from tests.builders.dumps import dump
from tests.builders.figures import Office
from tests.builders.world import DEPARTMENT, THIS_YEAR


NAME = "Chẻo Mẩy Xóa"
NUMBER = "012188009999"
WORDS = "chuyện riêng của tôi"


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER).actor()


@pytest.fixture
def person(world, officer):
    details = PersonDetails(
        name=NAME,
        birth_year=1988,
        birth_on=date(1988, 3, 7),
        unit_id=world.unit_of(DEPARTMENT),
        group_number=3,
        position="chức vụ riêng",
        cccd=NUMBER,
    )
    seal = world.app.extensions["number_seal"]
    with world.inside(DEPARTMENT), unit_of_work():
        return add_person(details, year=THIS_YEAR, seal=seal, by=officer)


def asked(world, person, kind, by):
    with world.inside(DEPARTMENT), unit_of_work():
        return ask(person, kind, RequestChannel.PAPER, WORDS, by=by)


def do(world, act):
    with world.inside(DEPARTMENT), unit_of_work():
        return act()


def found(world, request_id):
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(DataRequest).where(DataRequest.id == request_id)).one()


def load(world, person_id):
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(Person).where(Person.id == person_id)).one()


@pytest.mark.parametrize(
    ("asked_on", "due"),
    [
        (date(2026, 11, 11), date(2026, 11, 13)),  # a Wednesday
        (date(2026, 11, 12), date(2026, 11, 16)),
        (date(2026, 11, 13), date(2026, 11, 17)),  # a Friday
        (date(2026, 11, 14), date(2026, 11, 17)),
        (date(2026, 11, 20), date(2026, 11, 25)),  # over 24/11, a day off
        (date(2026, 2, 13), date(2026, 2, 24)),  # over Tết
        (date(2026, 8, 21), date(2026, 8, 24)),  # a Saturday is worked
    ],
)
def test_an_answer_is_due_in_two_working_days(asked_on, due):
    assert answer_due_on(asked_on, working_days()) == due


def test_the_law_gives_fifteen_days_and_what_is_not_confirmed_says_so():
    calendar = working_days()
    assert done_due_on(RequestKind.RESTRICT, date(2026, 11, 20), calendar) == date(2026, 12, 7)
    assert done_due_on(RequestKind.ERASE, date(2026, 11, 2), calendar) == date(2026, 11, 23)
    assert done_due_on(RequestKind.RESTRICT, date(2026, 4, 15), calendar) == date(2026, 5, 4)
    sure = {kind for kind, clock in CLOCKS.items() if not clock.is_assumed}
    assert sure == {RequestKind.RESTRICT, RequestKind.OBJECT, RequestKind.WITHDRAW_CONSENT}


def test_time_is_given_once_and_a_settled_request_stays_settled(world, person, officer):
    request = asked(world, person, RequestKind.ACCESS, officer)
    before = found(world, request).done_due_on
    do(world, lambda: extend(request, "hồ sơ giấy ở kho", by=officer))
    assert found(world, request).done_due_on >= before + timedelta(days=15)
    with pytest.raises(RefusedError) as refusal:
        do(world, lambda: extend(request, "lần nữa", by=officer))
    assert refusal.value.rule is Rule.REQUEST_ALREADY_EXTENDED
    do(world, lambda: accept(request, by=officer))
    do(world, lambda: finish(request, "đã giao bản sao", by=officer))
    assert found(world, request).state is RequestState.DONE
    with pytest.raises(RefusedError) as refusal:
        do(world, lambda: refuse(request, "thôi", by=officer))
    assert refusal.value.rule is Rule.REQUEST_SETTLED


def test_a_refusal_says_why(world, person, officer):
    request = asked(world, person, RequestKind.ERASE, officer)
    with pytest.raises(RefusedError) as refusal:
        do(world, lambda: refuse(request, " ", by=officer))
    assert refusal.value.rule is Rule.REASON_NEEDED


def test_a_withdrawn_consent_and_a_restriction_take_effect(world, person, officer):
    with world.inside(DEPARTMENT), unit_of_work():
        dossier = load_dossier_to_change(find_dossier_of(person, THIS_YEAR).id)
        register(dossier, ConsentChannel.PAPER_FORM, by=officer)
    request = asked(world, person, RequestKind.WITHDRAW_CONSENT, officer)
    do(world, lambda: finish(request, "", by=officer))
    with world.inside(DEPARTMENT):
        assert all(one.withdrawn_at is not None for one in consents_of(person))
    request = asked(world, person, RequestKind.RESTRICT, officer)
    do(world, lambda: finish(request, "tranh chấp họ tên", by=officer))
    assert load(world, person).restricted_at is not None
    do(world, lambda: lift_restriction(person, "đã giải quyết", by=officer))
    assert load(world, person).restricted_at is None


def test_only_who_looks_after_data_takes_requests_of_others(world, person):
    stranger = world.make_account(DEPARTMENT, Role.CITIZEN).actor()
    with pytest.raises(RefusedError):
        asked(world, person, RequestKind.ACCESS, stranger)


def test_after_an_erasure_the_database_holds_no_word_of_the_person(
    world, person, officer, postgres, database
):
    with world.inside(DEPARTMENT), unit_of_work():
        dossier = load_dossier_to_change(find_dossier_of(person, THIS_YEAR).id)
        register(dossier, ConsentChannel.PAPER_FORM, by=officer)
        dossier.evidence = [WORDS] * 10
    asked(world, person, RequestKind.ERASE, officer)
    secrets = (NAME, match_key(NAME), WORDS, "chức vụ riêng", "1988-03-07", "9999\t")
    before = dump(postgres, database)
    assert [one for one in secrets if one not in before] == []
    plan = do(world, lambda: erase_person(person, by=officer))
    assert plan.is_whole
    after = dump(postgres, database)
    assert [one for one in secrets if one.lower() in after.lower()] == []
    seal = world.app.extensions["number_seal"]
    assert seal.index(NUMBER, province_id=12).hex() not in after
    with world.inside(DEPARTMENT):
        assert find_dossier_of(person, THIS_YEAR).state is State.WITHDRAWN
        acts = set(db.session.scalars(select(AuditEvent.act)))
    assert Act.PERSON_ERASED in acts
    with pytest.raises(RefusedError) as refusal:
        do(world, lambda: erase_person(person, by=officer))
    assert refusal.value.rule is Rule.ERASED_ALREADY


def test_what_a_decision_in_force_rests_on_is_kept_and_the_rest_is_not(world, officer):
    office = Office(world, DEPARTMENT)
    dossier_id = office.make(State.PUBLISHED)
    with world.inside(DEPARTMENT), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        dossier.evidence = [WORDS] * 10
        whose, name = dossier.person_id, dossier.person.name
    plan = do(world, lambda: erase_person(whose, by=officer))
    assert plan.kept_years == (THIS_YEAR,)
    kept = load(world, whose)
    assert (kept.name, kept.erased_at, kept.position) == (name, None, None)
    with world.inside(DEPARTMENT):
        assert find_dossier_of(whose, THIS_YEAR).evidence == [""] * 10
        assert plan_erasure(whose) == plan


def test_an_erased_person_loses_the_account_and_the_chain_of_acts_still_holds(
    world, person, officer, postgres, database
):
    human = load(world, person).identity_id
    account = world.make_account(DEPARTMENT, Role.CITIZEN, identity=human, name=NAME)
    chief = world.make_account(DEPARTMENT, Role.OFFICER, name="Cán bộ Ở Lại")
    with world.inside(DEPARTMENT), unit_of_work():
        dossier = load_dossier_to_change(find_dossier_of(person, THIS_YEAR).id)
        register(dossier, ConsentChannel.PAPER_FORM, by=officer)
    with world.inside(DEPARTMENT), unit_of_work():
        ask(
            person,
            RequestKind.ERASE,
            RequestChannel.ONLINE,
            WORDS,
            by=account.actor(person_id=person),
        )
    assert NAME in dump(postgres, database)
    do(world, lambda: erase_person(person, by=officer))
    after = dump(postgres, database)
    assert NAME not in after
    assert account.login not in after
    assert chief.name in after
    with world.inside(DEPARTMENT):
        assert list(verify_chain(Progress())) == []
