"""The office lets somebody leave: withdrawn for good, or offered to another agency."""

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.dossiers import State
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.transfers import TransferState
from app.persistence.database import db
from app.persistence.models import AuditEvent
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.queries.transfers import agencies_to_join, load_sent
from app.persistence.unit_of_work import unit_of_work
from app.services.departures import propose_transfer, withdraw_transfer
from app.services.self_assessments import withdraw
from tests.builders.appraisals import make_submitted
from tests.builders.lists import Office
from tests.builders.transfers import WHY, officer_of, propose
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, PROVINCE


def standing(world, transfer_id):
    with world.inside(DEPARTMENT):
        return load_sent(transfer_id).state


def refused(act, *arguments, **more):
    with pytest.raises(RefusedError) as refusal:
        act(*arguments, **more)
    return refusal.value.rule


def let_leave(world, dossier_id, by):
    with world.inside(DEPARTMENT), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        withdraw(dossier, "Nghỉ hưu", version=dossier.version, by=by)


def take_back(world, transfer_id, by, reason="Ở lại"):
    with world.inside(DEPARTMENT), unit_of_work():
        withdraw_transfer(transfer_id, reason, by=by)


def test_the_office_lets_somebody_leave_for_a_reason(world):
    dossier_id = make_submitted(world, DEPARTMENT)
    let_leave(world, dossier_id, officer_of(world, DEPARTMENT))
    with world.inside(DEPARTMENT):
        assert load_dossier(dossier_id).state is State.WITHDRAWN


def test_a_proposal_alone_changes_nothing_about_the_dossier(world):
    dossier_id = make_submitted(world, DEPARTMENT)
    with world.inside(DEPARTMENT):
        before = load_dossier(dossier_id).version
    transfer_id = propose(world, dossier_id)
    with world.inside(DEPARTMENT):
        dossier = load_dossier(dossier_id)
        assert (dossier.state, dossier.version) == (State.SUBMITTED, before)
        assert load_sent(transfer_id).receiver_name == "Xã Sìn Hồ"
        assert Act.TRANSFER_PROPOSED in db.session.scalars(select(AuditEvent.act)).all()


def test_a_proposal_gives_a_reason(world):
    assert refused(propose, world, make_submitted(world, DEPARTMENT), reason=" ") is (
        Rule.REASON_NEEDED
    )


def test_a_dossier_is_offered_to_one_agency_at_a_time(world):
    dossier_id = make_submitted(world, DEPARTMENT)
    propose(world, dossier_id)
    assert refused(propose, world, dossier_id, to=PROVINCE) is Rule.TRANSFER_ALREADY_PROPOSED


@pytest.mark.parametrize("nowhere", [DEPARTMENT, OTHER_COMMUNE, "lai-chau/khong-co"])
def test_a_dossier_goes_to_another_agency_of_the_same_province(world, nowhere):
    dossier_id = make_submitted(world, DEPARTMENT)
    with pytest.raises(MissingError):
        propose(world, dossier_id, to=nowhere)


def test_agencies_are_found_by_their_names_without_accents(world):
    with world.inside(DEPARTMENT):
        assert [one.slug for one in agencies_to_join("sin ho")] == [COMMUNE]
        assert OTHER_COMMUNE not in {one.slug for one in agencies_to_join()}


def test_an_old_screen_proposes_nothing(world):
    dossier_id = make_submitted(world, DEPARTMENT)
    officer = officer_of(world, DEPARTMENT)
    with world.inside(DEPARTMENT):
        dossier = load_dossier_to_change(dossier_id)
        old = {"to": COMMUNE, "version": dossier.version - 1, "by": officer}
        assert refused(propose_transfer, dossier, WHY, **old) is Rule.STALE_SCREEN


def test_the_team_lets_nobody_leave(world):
    chair = world.make_account(DEPARTMENT, Role.CHAIR).actor()
    dossier_id = make_submitted(world, DEPARTMENT)
    assert refused(let_leave, world, dossier_id, chair) is Rule.PERMISSION_NEEDED
    assert refused(propose, world, dossier_id, by=chair) is Rule.PERMISSION_NEEDED
    transfer_id = propose(world, dossier_id)
    assert refused(take_back, world, transfer_id, chair) is Rule.PERMISSION_NEEDED


def test_an_officer_may_propose_his_own_transfer(world):
    account = world.make_account(DEPARTMENT, Role.OFFICER)
    own = make_submitted(world, DEPARTMENT, identity=account.identity_id)
    assert standing(world, propose(world, own, by=account.actor())) is TransferState.PROPOSED


def test_a_proposal_is_taken_back_for_a_reason_and_may_be_made_again(world):
    dossier_id = make_submitted(world, DEPARTMENT)
    officer = officer_of(world, DEPARTMENT)
    transfer_id = propose(world, dossier_id)
    assert refused(take_back, world, transfer_id, officer, " ") is Rule.REASON_NEEDED
    take_back(world, transfer_id, officer)
    assert standing(world, transfer_id) is TransferState.WITHDRAWN
    assert refused(take_back, world, transfer_id, officer) is Rule.TRANSFER_NOT_OPEN
    assert standing(world, propose(world, dossier_id)) is TransferState.PROPOSED


def test_a_proposal_lapses_when_the_person_leaves_otherwise(world):
    dossier_id = make_submitted(world, DEPARTMENT)
    transfer_id = propose(world, dossier_id)
    let_leave(world, dossier_id, officer_of(world, DEPARTMENT))
    assert standing(world, transfer_id) is TransferState.LAPSED


def test_a_proposal_lapses_when_the_dossier_is_put_on_a_list(world):
    office = Office(world)
    dossier_id = office.appraised()
    transfer_id = propose(world, dossier_id)
    office.sealed(dossier_id)
    assert standing(world, transfer_id) is TransferState.LAPSED
    assert refused(propose, world, dossier_id) is Rule.ACT_OUT_OF_ORDER
