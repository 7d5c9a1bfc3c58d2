"""People come onto a roster once, stay the same human beings, and leave it without a trace."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.dossiers import Event, State
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.roster import PersonDetails
from app.persistence.database import db
from app.persistence.models import Account, AuditEvent, Dossier, Person, RollupMark
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.dossiers import find_dossier_of, load_dossier_to_change
from app.persistence.queries.people import load_person
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from app.services.identities import open_number
from app.services.roster import add_person, change_person, list_for_year, remove_from_year
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, THIS_YEAR


SEAL = NumberSeal.with_key(b"s" * 32)
NUMBER = "012188001234"
OTHER_NUMBER = "012188005678"


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER).actor()


@pytest.fixture
def details(world):
    return PersonDetails(
        name="Lò Thị Pánh", birth_year=1988, unit_id=world.unit_of(DEPARTMENT), group_number=3
    )


def two_units(world):
    with world.inside(DEPARTMENT):
        return [one.id for one in units_in_use()[:2]]


def add(details, *, by, **more):
    with unit_of_work():
        return add_person(details, year=THIS_YEAR, seal=SEAL, by=by, **more)


def change(person_id, details, *, by, **more):
    person = load_person(person_id)
    with unit_of_work():
        change_person(
            person_id,
            details,
            **{"version": person.version, "is_active": True, "seal": SEAL, "by": by} | more,
        )


def test_somebody_added_is_listed_under_the_criteria_of_the_year(world, officer, details):
    with world.inside(DEPARTMENT):
        person_id = add(details, by=officer)
        dossier = find_dossier_of(person_id, THIS_YEAR)
        assert (dossier.state, dossier.criteria_set) == (State.LISTED, "qd-324-2023@1")
        assert db.session.scalars(select(AuditEvent.act)).all() == [Act.PERSON_ADDED]
        assert db.session.scalars(select(RollupMark.year)).all() == [THIS_YEAR]


def test_two_officers_who_add_the_same_person_at_once_make_one_entry(world, details):
    officers = [world.make_account(DEPARTMENT, Role.OFFICER).actor() for _ in range(2)]

    def add_as(officer):
        with world.inside(DEPARTMENT):
            try:
                return add(details, by=officer)
            except RefusedError as refusal:
                return refusal.rule

    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(add_as, officers))
    assert outcomes.count(Rule.PERSON_ALREADY_LISTED) == 1
    with world.inside(DEPARTMENT):
        assert len(db.session.scalars(select(Person.id)).all()) == 1


def test_a_namesake_is_added_when_the_officer_says_so(world, officer, details):
    with world.inside(DEPARTMENT):
        first = add(details, by=officer)
        with pytest.raises(RefusedError) as refusal:
            add(replace(details, name="LÒ  THỊ PÁNH"), by=officer)
        assert refusal.value.facts["person_id"] == first
        assert add(details, by=officer, is_another=True) != first


def test_nobody_else_in_the_agency_may_have_the_same_number(world, officer, details):
    with world.inside(DEPARTMENT):
        add(replace(details, cccd=NUMBER), by=officer)
        twin = PersonDetails(
            name="Vàng A Páo",
            birth_year=1990,
            unit_id=details.unit_id,
            group_number=3,
            cccd=NUMBER,
        )
        with pytest.raises(RefusedError) as refusal:
            add(twin, by=officer, is_another=True)
    assert refusal.value.rule is Rule.PERSON_ALREADY_LISTED


def test_a_number_is_sealed_and_shows_its_last_four_digits_only(world, officer, details):
    with world.inside(DEPARTMENT):
        person = load_person(add(replace(details, cccd=NUMBER), by=officer))
        assert person.cccd_last_four == "1234"
        assert NUMBER.encode() not in person.cccd_sealed
        assert open_number(person, seal=SEAL) == NUMBER


def test_the_same_number_in_another_agency_is_the_same_human_being(world, officer, details):
    with world.inside(DEPARTMENT):
        here = load_person(add(replace(details, cccd=NUMBER), by=officer)).identity_id
    neighbour = world.make_account(COMMUNE, Role.OFFICER).actor()
    unit_id = world.unit_of(COMMUNE)
    with world.inside(COMMUNE):
        there = load_person(
            add(replace(details, cccd=NUMBER, unit_id=unit_id, group_number=1), by=neighbour)
        ).identity_id
    assert here == there


def test_a_group_without_criteria_is_refused(world, officer, details):
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal:
        add(replace(details, group_number=4), by=officer)
    assert refusal.value.rule is Rule.UNKNOWN_GROUP


def test_a_unit_of_another_agency_is_not_found(world, officer, details):
    with world.inside(DEPARTMENT), pytest.raises(MissingError):
        add(replace(details, unit_id=uuid4()), by=officer)


def test_nobody_is_added_to_a_year_that_is_not_open(world, officer, details):
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        add_person(details, year=2031, seal=SEAL, by=officer)
    assert refusal.value.rule is Rule.CYCLE_NOT_OPEN


def test_a_reader_may_not_add(world, details):
    head = world.make_account(DEPARTMENT, Role.HEAD).actor()
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal:
        add(details, by=head)
    assert refusal.value.rule is Rule.PERMISSION_NEEDED


def test_a_dossier_that_nobody_has_begun_follows_its_person(world, officer, details):
    units = two_units(world)
    with world.inside(DEPARTMENT):
        person_id = add(details, by=officer)
        change(person_id, replace(details, unit_id=units[1]), by=officer)
        assert find_dossier_of(person_id, THIS_YEAR).unit_id == units[1]


def test_a_dossier_under_way_keeps_the_unit_it_was_scored_in(world, officer, details):
    units = two_units(world)
    with world.inside(DEPARTMENT):
        person_id = add(replace(details, unit_id=units[0]), by=officer)
        with unit_of_work():
            dossier = load_dossier_to_change(find_dossier_of(person_id, THIS_YEAR).id)
            dossier.self_scores = [8] * 10
            append_event(dossier, Event.REGISTER, by=officer)
        change(person_id, replace(details, unit_id=units[1]), by=officer)
        assert find_dossier_of(person_id, THIS_YEAR).unit_id == units[0]


def test_a_stale_screen_changes_nobody(world, officer, details):
    with world.inside(DEPARTMENT):
        person_id = add(details, by=officer)
        change(person_id, replace(details, position="Chuyên viên"), by=officer)
        with pytest.raises(RefusedError) as refusal:
            change(person_id, details, by=officer, version=1)
    assert refusal.value.rule is Rule.STALE_SCREEN


def test_a_number_that_comes_late_stays_with_the_same_human_being(world, officer, details):
    with world.inside(DEPARTMENT):
        person_id = add(details, by=officer)
        before = load_person(person_id).identity_id
        change(person_id, replace(details, cccd=NUMBER), by=officer)
        assert load_person(person_id).identity_id == before
        change(person_id, replace(details, cccd=OTHER_NUMBER), by=officer)
        change(person_id, details, by=officer, forgets_number=True)
        assert load_person(person_id).cccd_last_four is None
        assert load_person(person_id).identity_id == before


def test_a_number_known_in_the_province_joins_the_years_of_one_human_being(world, officer, details):
    neighbour = world.make_account(COMMUNE, Role.OFFICER).actor()
    there = PersonDetails(
        name="Lò Thị Pánh",
        birth_year=1988,
        unit_id=world.unit_of(COMMUNE),
        group_number=1,
        cccd=NUMBER,
    )
    with world.inside(COMMUNE):
        known = load_person(add(there, by=neighbour)).identity_id
    with world.inside(DEPARTMENT):
        person_id = add(details, by=officer)
        former = load_person(person_id).identity_id
    account = world.make_account(DEPARTMENT, Role.CITIZEN, identity=former)
    with world.inside(DEPARTMENT):
        change(person_id, replace(details, cccd=NUMBER), by=officer)
        assert load_person(person_id).identity_id == known
        assert find_dossier_of(person_id, THIS_YEAR).identity_id == known
        assert db.session.get_one(Account, account.id).identity_id == known


def test_nobody_changes_the_number_of_their_own_entry(world, details):
    someone = world.make_account(DEPARTMENT, Role.OFFICER)
    person_id = world.make_person(DEPARTMENT, identity=someone.identity_id)
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal:
        change(person_id, replace(details, cccd=NUMBER), by=someone.actor())
    assert refusal.value.rule is Rule.SELF_DEALING


def test_somebody_removed_leaves_no_trace_but_the_record(world, officer, details):
    with world.inside(DEPARTMENT):
        person_id = add(details, by=officer)
        with unit_of_work():
            remove_from_year(person_id, THIS_YEAR, by=officer)
        assert not db.session.scalars(select(Dossier.id)).all()
        assert not db.session.scalars(select(Person.id)).all()
        acts = db.session.scalars(select(AuditEvent.act).order_by(AuditEvent.at)).all()
        assert acts == [Act.PERSON_ADDED, Act.PERSON_REMOVED]


def test_somebody_with_another_year_stays_on_the_roster(world, officer):
    person_id = world.make_person(DEPARTMENT)
    world.make_dossier(DEPARTMENT, person_id, year=THIS_YEAR - 1)
    world.make_dossier(DEPARTMENT, person_id)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            remove_from_year(person_id, THIS_YEAR, by=officer)
        assert load_person(person_id).name == "Lò Thị Pánh"
        assert find_dossier_of(person_id, THIS_YEAR) is None


def test_nobody_whose_dossier_has_begun_is_removed(world, officer):
    person_id = world.make_person(DEPARTMENT)
    dossier_id = world.make_dossier(DEPARTMENT, person_id)
    with world.inside(DEPARTMENT):
        for event in (Event.REGISTER, Event.UNREGISTER):
            with unit_of_work():
                append_event(load_dossier_to_change(dossier_id), event, by=officer)
        with pytest.raises(RefusedError) as refusal, unit_of_work():
            remove_from_year(person_id, THIS_YEAR, by=officer)
    assert refusal.value.rule is Rule.DOSSIER_HAS_BEGUN


def test_somebody_is_listed_once_a_year(world, officer):
    person_id = world.make_person(DEPARTMENT)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            list_for_year(person_id, THIS_YEAR, by=officer)
        with pytest.raises(RefusedError) as refusal, unit_of_work():
            list_for_year(person_id, THIS_YEAR, by=officer)
    assert refusal.value.rule is Rule.PERSON_ALREADY_LISTED


def test_people_of_another_agency_are_not_found(world):
    person_id = world.make_person(DEPARTMENT)
    stranger = world.make_account(OTHER_COMMUNE, Role.OFFICER).actor()
    with world.inside(OTHER_COMMUNE), pytest.raises(MissingError), unit_of_work():
        list_for_year(person_id, THIS_YEAR, by=stranger)
