"""A late number says who somebody is here, and never changes anybody in another agency."""

import pytest
from sqlalchemy import select

from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.database import db
from app.persistence.models import Account, Person
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.identities import claim_identities, identify_person
from tests.builders.world import COMMUNE, DEPARTMENT


NUMBER = "012188001234"
SEAL = NumberSeal.with_key(b"k" * 32)


def identity_of(world, slug, person_id):
    with world.inside(slug):
        return db.session.scalars(select(Person.identity_id).where(Person.id == person_id)).one()


def give_number(world, person_id):
    with world.inside(DEPARTMENT), unit_of_work():
        person = db.session.scalars(select(Person).where(Person.id == person_id)).one()
        identify_person(person, NUMBER, seal=SEAL)


@pytest.fixture
def known(world):
    """Somebody whom another agency of the province knows by the number."""
    with world.inside(COMMUNE), unit_of_work():
        return claim_identities([NUMBER], seal=SEAL)[0]


def account_identity(world, someone, slug):
    with world.inside(slug):
        return db.session.get_one(Account, someone.id).identity_id


def test_an_account_that_works_elsewhere_stays_who_it_is(world, known):
    person = world.make_person(DEPARTMENT)
    before = identity_of(world, DEPARTMENT, person)
    elsewhere = world.make_account(COMMUNE, Role.HEAD, identity=before)
    with pytest.raises(RefusedError) as refusal:
        give_number(world, person)
    assert refusal.value.rule is Rule.ACCOUNT_HAS_ROLE_ELSEWHERE
    assert account_identity(world, elsewhere, COMMUNE) == before
    assert identity_of(world, DEPARTMENT, person) == before


def test_an_account_of_this_agency_alone_goes_along(world, known):
    person = world.make_person(DEPARTMENT)
    before = identity_of(world, DEPARTMENT, person)
    here = world.make_account(DEPARTMENT, Role.OFFICER, identity=before)
    give_number(world, person)
    assert identity_of(world, DEPARTMENT, person) == known
    assert account_identity(world, here, DEPARTMENT) == known


def test_nor_does_a_number_that_nobody_knows_change_an_account_that_works_elsewhere(world):
    person = world.make_person(DEPARTMENT)
    before = identity_of(world, DEPARTMENT, person)
    world.make_account(COMMUNE, Role.HEAD, identity=before)
    with pytest.raises(RefusedError) as refusal:
        give_number(world, person)
    assert refusal.value.rule is Rule.ACCOUNT_HAS_ROLE_ELSEWHERE
    with world.inside(COMMUNE), unit_of_work():
        assert claim_identities([NUMBER], seal=SEAL) != [before]


def test_a_number_that_nobody_knows_becomes_that_of_who_is_here_alone(world):
    person = world.make_person(DEPARTMENT)
    before = identity_of(world, DEPARTMENT, person)
    give_number(world, person)
    assert identity_of(world, DEPARTMENT, person) == before
    with world.inside(COMMUNE), unit_of_work():
        assert claim_identities([NUMBER], seal=SEAL) == [before]
