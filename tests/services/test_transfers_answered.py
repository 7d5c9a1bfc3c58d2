"""What is offered is answered once, by the receiver, and may come back until it is appraised."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.domain.dossiers import Event, State
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.transfers import TransferState
from app.persistence.database import db
from app.persistence.models import (
    Person,
)
from app.persistence.queries.cycles import find_cycle
from app.persistence.queries.dossiers import (
    history_of,
    load_dossier,
    load_dossier_to_change,
)
from app.persistence.queries.people import load_person
from app.persistence.unit_of_work import unit_of_work
from app.services.departures import withdraw_transfer
from app.services.dossiers import append_event
from app.services.transfers import refuse_transfer
from tests.builders.appraisals import give_scores, make_submitted
from tests.builders.transfers import (
    accept,
    officer_of,
    propose,
    registered,
    state_of,
    transfer_in,
    undo,
)
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


THE_DAY = datetime(2026, 11, 20, tzinfo=UTC)


def refused(act, *arguments, **more):
    with pytest.raises(RefusedError) as refusal:
        act(*arguments, **more)
    return refusal.value.rule


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
