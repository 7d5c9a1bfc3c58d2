"""Who decides for the head does so by a dated right, and who helps the team out is lent."""

from datetime import date

import pytest

from app.domain.decisions import Addressee
from app.domain.dossiers import Event, State
from app.domain.members import Capacity
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.queries.accounts import find_actor, heads_on
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.queries.members import load_member
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from app.services.members import NewRole, give_role
from tests.builders.lists import Office
from tests.builders.world import COMMUNE, DEPARTMENT, PASSING, PROVINCE


SINCE, YEAR_END = date(2026, 1, 1), date(2026, 12, 31)
DOCUMENT = "Quyết định số 15/QĐ-SCT ngày 05/01/2026 của Giám đốc"


@pytest.fixture
def give(world):
    """Let the administrator of the department give a role to an account."""
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()

    def attempt(someone, role, **more):
        with world.inside(DEPARTMENT), unit_of_work():
            account = db.session.get_one(Account, someone.id)
            give_role(account, NewRole(role=role, **{"since": SINCE, **more}), by=admin)

    return attempt


def actor_of(world, someone):
    with world.inside(DEPARTMENT):
        return find_actor(db.session.get_one(Account, someone.id), on=today())


@pytest.mark.parametrize(
    ("role", "more", "rule"),
    [
        (Role.OFFICER, {"capacity": Capacity.DEPUTY}, Rule.DELEGATION_OF_HEAD_ONLY),
        (Role.HEAD, {"capacity": Capacity.BY_ORDER}, Rule.DELEGATION_NEEDS_DOCUMENT),
        (
            Role.HEAD,
            {"capacity": Capacity.BY_AUTHORISATION, "authorised_by": DOCUMENT},
            Rule.DELEGATION_NEEDS_LAST_DAY,
        ),
    ],
)
def test_a_right_to_decide_rests_on_what_the_law_asks_for(world, give, role, more, rule):
    someone = world.make_account(DEPARTMENT, Role.CITIZEN)
    with pytest.raises(RefusedError) as refusal:
        give(someone, role, **more)
    assert refusal.value.rule is rule


def test_a_delegate_decides_while_the_delegation_lasts_and_no_longer(world, give):
    delegate = world.make_account(DEPARTMENT, Role.CITIZEN)
    give(
        delegate,
        Role.HEAD,
        capacity=Capacity.BY_AUTHORISATION,
        authorised_by=DOCUMENT,
        until=date(2026, 11, 30),
    )
    account = db_account(world, delegate)
    with world.inside(DEPARTMENT):
        assert find_actor(account, on=date(2026, 11, 30)).capacities == {"TUQ."}
        assert Role.HEAD not in find_actor(account, on=date(2026, 12, 1)).roles


def db_account(world, someone):
    with world.inside(DEPARTMENT):
        return db.session.get_one(Account, someone.id)


def test_a_delegate_does_not_head_the_agency(world, give):
    office, deputy = Office(world), world.make_account(DEPARTMENT, Role.CITIZEN)
    give(deputy, Role.HEAD, capacity=Capacity.DEPUTY)
    with world.inside(DEPARTMENT):
        assert heads_on(today()) == {office.head.identity_id}


def test_the_head_decides_on_the_deputy_and_the_deputy_never_on_the_head(world, give):
    office, deputy = Office(world), world.make_account(DEPARTMENT, Role.CITIZEN)
    give(deputy, Role.HEAD, capacity=Capacity.DEPUTY)
    office.published(office.appraised(identity=deputy.identity_id))
    own = office.appraised(identity=office.head.identity_id)
    proposal_id = office.submitted(own, addressee=Addressee.SUPERIOR)
    with pytest.raises(RefusedError) as refusal:
        office.decided(proposal_id, by=actor_of(world, deputy))
    assert refusal.value.rule is Rule.HEAD_DECIDED_ONE_LEVEL_UP


def test_nobody_signs_in_a_right_that_is_not_theirs(world, give):
    office, deputy = Office(world), world.make_account(DEPARTMENT, Role.CITIZEN)
    give(deputy, Role.HEAD, capacity=Capacity.DEPUTY)
    proposal_id = office.submitted(office.appraised())
    with pytest.raises(RefusedError) as refusal:
        office.decided(proposal_id, by=actor_of(world, deputy))
    assert refusal.value.rule is Rule.SIGNS_BEYOND_CAPACITY


def test_a_member_of_the_team_is_borrowed_from_above_until_a_day(world, give):
    lent = world.make_account(PROVINCE, Role.APPRAISER)
    with pytest.raises(RefusedError) as refusal:
        give(lent, Role.APPRAISER)
    assert refusal.value.rule is Rule.LOAN_NEEDS_LAST_DAY
    give(lent, Role.APPRAISER, until=YEAR_END)
    with world.inside(DEPARTMENT):
        [held] = load_member(lent.id).roles
        assert held.lent_by == "Hội Khuyến học tỉnh Lai Châu"


def test_nobody_is_borrowed_from_beside(world, give):
    neighbour = world.make_account(COMMUNE, Role.APPRAISER)
    with pytest.raises(RefusedError) as refusal:
        give(neighbour, Role.APPRAISER, until=YEAR_END)
    assert refusal.value.rule is Rule.LENT_FROM_ABOVE_ONLY


def test_whoever_is_on_the_roster_needs_no_loan(world, give):
    colleague = world.make_account(COMMUNE, Role.CITIZEN)
    world.make_person(DEPARTMENT, identity=colleague.identity_id)
    give(colleague, Role.APPRAISER)
    assert Role.APPRAISER in actor_of(world, colleague).roles


def test_whoever_is_borrowed_scores_and_then_does_not_decide(world, give):
    office, lent = Office(world), world.make_account(PROVINCE, Role.APPRAISER)
    give(lent, Role.APPRAISER, until=YEAR_END)
    dossier_id = world.make_dossier(DEPARTMENT)
    with world.inside(DEPARTMENT), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        dossier.self_scores = list(PASSING)
        append_event(dossier, Event.REGISTER, by=office.officer.actor())
        append_event(dossier, Event.SUBMIT, by=office.officer.actor())
        append_event(dossier, Event.SCORE, by=actor_of(world, lent))
        dossier.agreed_scores = list(PASSING)
        append_event(dossier, Event.AGREE, by=office.appraiser.actor())
        assert load_dossier(dossier_id).state is State.APPRAISED
    proposal_id = office.submitted(dossier_id)
    with pytest.raises(RefusedError) as refusal:
        office.decided(
            proposal_id,
            by=world.make_account(DEPARTMENT, Role.HEAD, identity=lent.identity_id).actor(),
        )
    assert refusal.value.rule is Rule.APPRAISER_DECIDES
