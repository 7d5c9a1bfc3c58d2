"""Lists are sealed, submitted and taken back, and a change of what was sealed is noticed."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.domain.decisions import Addressee, ProposalState
from app.domain.dossiers import Outcome, State
from app.domain.permissions import Role
from app.domain.proposals import Obstacle
from app.domain.refusals import MissingError, RefusedError, Rule
from app.persistence.database import db
from app.persistence.models import Proposal
from app.persistence.queries.dossiers import load_dossier
from app.persistence.queries.proposals import items_of_proposal, lines_of, load_proposal
from app.persistence.unit_of_work import unit_of_work
from app.services.proposals import preview_list, send_list_back, submit_list, take_list_back
from app.services.seals import is_unchanged
from tests.builders.lists import Office
from tests.builders.world import DEPARTMENT, FAILING, OTHER_COMMUNE, THIS_YEAR


@pytest.fixture
def office(world):
    return Office(world)


def refusal_of(raised):
    return raised.value.rule


def test_a_sealed_list_stands_in_vietnamese_order_with_verdicts(world, office):
    last = office.appraised(name="Hoàng Văn Đức")
    first = office.appraised(name="Vừ A Chứ", scores=FAILING)
    proposal_id = office.sealed(last, first)
    with world.inside(DEPARTMENT):
        lines = items_of_proposal(proposal_id)
        assert [line.name for line in lines] == ["Vừ A Chứ", "Hoàng Văn Đức"]
        assert [line.verdict for line in lines] == [Outcome.NOT_RECOGNISED, Outcome.RECOGNISED]
        assert load_dossier(first).state is State.PROPOSED
        assert is_unchanged(load_proposal(proposal_id))


def test_lists_of_a_year_are_numbered(world, office):
    office.sealed(office.appraised())
    office.sealed(office.appraised())
    with world.inside(DEPARTMENT):
        assert sorted(db.session.scalars(select(Proposal.number))) == [1, 2]


def test_an_empty_list_is_refused(office):
    with pytest.raises(RefusedError) as raised:
        office.sealed()
    assert refusal_of(raised) is Rule.LIST_EMPTY


def test_nobody_is_on_two_lists(office):
    dossier_id = office.appraised()
    office.sealed(dossier_id)
    with pytest.raises(RefusedError) as raised:
        office.sealed(dossier_id)
    assert refusal_of(raised) is Rule.ALREADY_ON_LIST


def test_the_secretary_is_proposed_by_somebody_else(world, office):
    own = office.appraised(identity=office.secretary.identity_id)
    with pytest.raises(RefusedError) as raised:
        office.sealed(own)
    assert refusal_of(raised) is Rule.PROPOSES_OWN_DOSSIER
    chair = world.make_account(DEPARTMENT, Role.CHAIR)
    office.sealed(own, by=chair.actor())


def test_the_heads_dossier_goes_one_level_up(world, office):
    own = office.appraised(identity=office.head.identity_id)
    with pytest.raises(RefusedError) as raised:
        office.sealed(own)
    assert refusal_of(raised) is Rule.HEAD_DECIDED_ONE_LEVEL_UP
    office.sealed(own, addressee=Addressee.SUPERIOR)


def test_the_preview_says_who_is_left_out_and_why(world, office):
    clear, own = office.appraised(), office.appraised(identity=office.secretary.identity_id)
    weak = office.appraised(scores=FAILING)
    with world.inside(DEPARTMENT):
        found = {
            one.dossier.id: one
            for one in preview_list(
                THIS_YEAR, addressee=Addressee.HEAD, by=office.secretary.actor()
            )
        }
        assert found[clear].is_clear
        assert not found[weak].is_clear
        assert found[weak].obstacle is None
        assert found[own].obstacle is Obstacle.OWN_DOSSIER


def test_a_list_can_be_taken_back_until_it_is_submitted(world, office):
    dossier_id = office.appraised()
    proposal_id = office.sealed(dossier_id)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            take_list_back(proposal_id, reason="Thiếu một người", by=office.secretary.actor())
        assert load_proposal(proposal_id).state is ProposalState.WITHDRAWN
        assert load_dossier(dossier_id).state is State.APPRAISED
        assert len(items_of_proposal(proposal_id)) == 1
    again = office.submitted(dossier_id)
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as raised, unit_of_work():
        take_list_back(again, reason="Thiếu", by=office.secretary.actor())
    assert refusal_of(raised) is Rule.ALREADY_SUBMITTED_TO_HEAD


def test_taking_back_needs_a_reason(world, office):
    proposal_id = office.sealed(office.appraised())
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as raised, unit_of_work():
        take_list_back(proposal_id, reason=" ", by=office.secretary.actor())
    assert refusal_of(raised) is Rule.REASON_NEEDED


def test_the_head_may_send_a_whole_list_back(world, office):
    dossier_id = office.appraised()
    proposal_id = office.submitted(dossier_id)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            send_list_back(proposal_id, reason="Xem lại", by=office.head.actor())
        assert load_dossier(dossier_id).state is State.APPRAISED


def test_a_line_changed_behind_the_seal_is_noticed(world, office):
    proposal_id = office.sealed(office.appraised(scores=FAILING))
    tamper(world, "UPDATE proposal_item SET verdict = 'recognised'")
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as raised, unit_of_work():
        submit_list(proposal_id, by=office.secretary.actor())
    assert refusal_of(raised) is Rule.LIST_CHANGED_AFTER_SEAL


def test_scores_changed_after_the_seal_are_noticed(world, office):
    proposal_id = office.sealed(office.appraised())
    tamper(world, "UPDATE dossier SET agreed_scores = '{9,9,9,9,9,9,9,9,9,9}'")
    with world.inside(DEPARTMENT):
        assert not is_unchanged(load_proposal(proposal_id))


def tamper(world, statement):
    with world.app.app_context(), world.owner():
        db.session.execute(text(statement))
        db.session.connection().commit()


def test_the_application_cannot_rewrite_a_sealed_line(world, office):
    office.sealed(office.appraised())
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text("UPDATE proposal_item SET name = 'x'"))


def test_another_agency_neither_sees_nor_seals_what_is_ours(world, office):
    dossier_id = office.appraised()
    proposal_id = office.sealed(dossier_id)
    strangers = Office(world, OTHER_COMMUNE)
    with pytest.raises(MissingError):
        strangers.sealed(dossier_id)
    with world.inside(OTHER_COMMUNE):
        with pytest.raises(MissingError):
            load_proposal(proposal_id)
        assert (
            preview_list(THIS_YEAR, addressee=Addressee.HEAD, by=strangers.secretary.actor()) == []
        )


def test_a_head_may_not_seal(office):
    with pytest.raises(RefusedError) as raised:
        office.sealed(office.appraised(), by=office.head.actor())
    assert refusal_of(raised) is Rule.PERMISSION_NEEDED


def test_struck_and_reproposed_people_stand_on_the_newest_list_only(world, office):
    stays, leaves = office.appraised(), office.appraised()
    first = office.sealed(stays, leaves)
    with world.inside(DEPARTMENT), unit_of_work():
        take_list_back(first, reason="Sửa", by=office.secretary.actor())
    second = office.sealed(stays)
    office.sealed(leaves)
    with world.inside(DEPARTMENT):
        assert [line.is_struck for line in lines_of(load_proposal(second))] == [False]
