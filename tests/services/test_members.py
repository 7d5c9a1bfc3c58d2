"""Roles are dated, accounts belong to one human being for good, and somebody stays in charge."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import Account, AuditEvent, Person
from app.persistence.queries.accounts import find_actor
from app.persistence.queries.members import (
    load_account_of_member,
    load_member,
    load_membership_to_change,
    members_of_agency,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.members import NewRole, end_role, give_role, make_account, require_account_of
from tests.builders.world import COMMUNE, DEPARTMENT


SINCE = date(2026, 1, 1)


@pytest.fixture
def admin(world):
    return world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()


def new_role(role: Role, **more) -> NewRole:
    return NewRole(role=role, **{"since": SINCE, **more})


def account_of(someone) -> Account:
    return db.session.get_one(Account, someone.id)


def end(someone_id, role: Role, last_day: date, by) -> None:
    [held] = [one for one in load_member(someone_id).roles if one.role is role]
    end_role(
        load_membership_to_change(held.membership_id, someone_id),
        load_account_of_member(someone_id),
        last_day,
        by=by,
    )


def test_an_account_for_somebody_on_the_roster_is_the_same_human_being(world, admin):
    person_id = world.make_person(DEPARTMENT)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            person = db.session.scalars(select(Person).where(Person.id == person_id)).one()
            account = make_account("Panh.LT", person.name, person=person, by=admin)
            give_role(account, new_role(Role.CITIZEN), by=admin)
        made = db.session.scalars(select(Account).where(Account.login == "panh.lt")).one()
        assert find_actor(made, on=today()).person_id == person_id
        assert load_member(made.id).person_id == person_id
        assert made.password_hash is None


def test_a_sign_in_name_is_given_once(world, admin):
    taken = world.make_account(COMMUNE, Role.CITIZEN)
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        make_account(taken.login.upper(), "Ai đó", person=None, by=admin)
    assert refusal.value.rule is Rule.ACCOUNT_NAME_TAKEN


def test_an_account_of_one_is_not_linked_to_another(world, admin):
    person_id = world.make_person(DEPARTMENT)
    stranger = world.make_account(COMMUNE, Role.CITIZEN)
    with world.inside(DEPARTMENT):
        person = db.session.scalars(select(Person).where(Person.id == person_id)).one()
        account = account_of(stranger)
        with pytest.raises(RefusedError) as refusal:
            require_account_of(account, person)
    assert refusal.value.rule is Rule.ACCOUNT_NOT_OF_PERSON


def test_a_role_holds_between_its_dates(world, admin):
    stranger = world.make_account(COMMUNE, Role.CITIZEN)
    until = SINCE + timedelta(days=9)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            give_role(account_of(stranger), new_role(Role.OFFICER, until=until), by=admin)
        account = account_of(stranger)
        assert find_actor(account, on=SINCE - timedelta(days=1)) is None
        assert find_actor(account, on=until).roles == {Role.OFFICER}
        assert find_actor(account, on=until + timedelta(days=1)) is None


def test_a_role_that_ended_begins_anew(world, admin):
    stranger = world.make_account(COMMUNE, Role.CITIZEN)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            past = new_role(Role.OFFICER, since=date(2020, 1, 1), until=date(2020, 2, 1))
            give_role(account_of(stranger), past, by=admin)
        with unit_of_work():
            give_role(account_of(stranger), new_role(Role.OFFICER), by=admin)
        [role] = load_member(stranger.id).roles
        assert (role.since, role.until) == (SINCE, None)
        with pytest.raises(RefusedError) as refusal, unit_of_work():
            give_role(account_of(stranger), new_role(Role.OFFICER), by=admin)
        assert refusal.value.rule is Rule.ROLE_ALREADY_HELD
        acts = db.session.scalars(select(AuditEvent)).all()
        assert [one.act.value for one in acts] == ["member-added", "member-added"]


@pytest.mark.parametrize("role", [Role.UNIT_HEAD, Role.OFFICER])
def test_heads_of_unit_and_nobody_else_have_a_unit(world, admin, role):
    unit_id = None if role is Role.UNIT_HEAD else world.unit_of(DEPARTMENT)
    stranger = world.make_account(COMMUNE, Role.CITIZEN)
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        give_role(account_of(stranger), new_role(role, unit_id=unit_id), by=admin)
    assert refusal.value.rule is Rule.ROLE_NEEDS_UNIT


def test_a_unit_of_another_agency_is_not_there(world, admin):
    foreign = world.unit_of(COMMUNE)
    stranger = world.make_account(COMMUNE, Role.CITIZEN)
    with world.inside(DEPARTMENT), pytest.raises(MissingError), unit_of_work():
        give_role(account_of(stranger), new_role(Role.UNIT_HEAD, unit_id=foreign), by=admin)


def test_a_role_ends_at_once_or_later_but_never_in_the_past(world, admin):
    officer = world.make_account(DEPARTMENT, Role.OFFICER)
    with world.inside(DEPARTMENT):
        yesterday = today() - timedelta(days=1)
        with pytest.raises(RefusedError) as refusal, unit_of_work():
            end(officer.id, Role.OFFICER, yesterday - timedelta(days=1), admin)
        assert refusal.value.rule is Rule.ROLE_DATES_OUT_OF_ORDER
        with unit_of_work():
            end(officer.id, Role.OFFICER, yesterday, admin)
        assert find_actor(account_of(officer), on=today()) is None


def test_nobody_ends_their_own_last_role_as_administrator(world, admin):
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        end(admin.account_id, Role.TENANT_ADMIN, date(2099, 1, 1), admin)
    assert refusal.value.rule is Rule.LAST_ADMINISTRATOR


def test_an_administrator_may_end_the_role_of_another(world, admin):
    other = world.make_account(DEPARTMENT, Role.TENANT_ADMIN)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            end(other.id, Role.TENANT_ADMIN, today(), admin)
        assert load_member(other.id).roles[0].until == today()


def test_members_of_another_agency_are_not_there(world, admin):
    other = world.make_account(COMMUNE, Role.OFFICER)
    with world.inside(DEPARTMENT):
        assert [one.account_id for one in members_of_agency()] == [admin.account_id]
        with pytest.raises(MissingError):
            load_member(other.id)
        with pytest.raises(MissingError):
            load_account_of_member(other.id)
