"""What the database adds up for an agency is what the domain counts."""

from itertools import product
from random import Random

import pytest
from sqlalchemy import select, text

from app.domain.dossiers import Outcome, State
from app.domain.ids import new_id
from app.domain.results import FIGURES, Figures, Tally
from app.persistence.database import db
from app.persistence.models import AgencyOverlap, AgencyResult
from app.persistence.unit_of_work import unit_of_work
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


GROUP = 2
ADD = """
    INSERT INTO unit_result (province_id, tenant_id, year, unit_id, group_number, state, outcome,
        people, outstanding, with_digital_skills, digitally_fluent)
    VALUES (:province, :tenant, :year, :unit, 2, :state, :outcome, :people, :outstanding,
        :with_digital_skills, :digitally_fluent)
"""
ADD_OVERLAP = """
    INSERT INTO overlap_result (province_id, tenant_id, year, kept_at, counted_at, group_number,
        state, outcome, people, outstanding, with_digital_skills, digitally_fluent)
    VALUES (:province, :tenant, :year, :kept_at, :counted_at, 2, :state, :outcome, :people,
        :outstanding, :with_digital_skills, :digitally_fluent)
"""


@pytest.fixture
def tallies():
    """Return people in every state with every outcome, each number another."""
    chance = Random(3)  # noqa: S311
    return [
        Tally(
            state=state,
            outcome=outcome,
            people=chance.randint(1, 99),
            outstanding=chance.randint(0, 99),
            with_digital_skills=chance.randint(0, 99),
            digitally_fluent=chance.randint(0, 99),
        )
        for state, outcome in product(State, (None, *Outcome))
    ]


def add(world, statement, tallies, **place):
    with world.app.app_context(), world.owner(), unit_of_work():
        for one in tallies:
            values = {
                "state": one.state.value,
                "outcome": one.outcome.value if one.outcome else "",
                "people": one.people,
                "outstanding": one.outstanding,
                "with_digital_skills": one.with_digital_skills,
                "digitally_fluent": one.digitally_fluent,
            }
            db.session.execute(text(statement), values | place | {"year": THIS_YEAR})


def add_results(world, tallies):
    key = world.key_of(COMMUNE)
    for unit in (new_id(), new_id()):
        add(world, ADD, tallies, province=key.province_id, tenant=key.tenant_id, unit=unit)


def sums_of(world, rows, slug):
    with world.inside(slug) as key:
        columns = [getattr(rows, name) for name in FIGURES]
        found = db.session.execute(select(*columns).where(rows.tenant_id == key.tenant_id))
        return [Figures(**row) for row in found.mappings()]


def test_the_units_of_an_agency_are_added_up_as_the_domain_counts(world, tallies):
    add_results(world, tallies)
    assert sums_of(world, AgencyResult, COMMUNE) == [Figures.of(tallies * 2)]


def test_people_counted_twice_are_added_up_where_both_agencies_meet(world, tallies):
    key, kept, top = (world.key_of(slug) for slug in (COMMUNE, DEPARTMENT, PROVINCE))
    places = {"kept_at": kept.tenant_id, "counted_at": top.tenant_id}
    add(world, ADD_OVERLAP, tallies, province=key.province_id, tenant=key.tenant_id, **places)
    assert sums_of(world, AgencyOverlap, PROVINCE) == [Figures.of(tallies)]
    for slug in (COMMUNE, DEPARTMENT):
        assert sums_of(world, AgencyOverlap, slug) == []
        with world.inside(slug):
            assert db.session.scalars(select(AgencyOverlap.agency_id)).all() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE unit_result SET people = people + 1 WHERE state = 'decided'",
        "DELETE FROM unit_result WHERE state = 'published'",
        "DELETE FROM unit_result",
    ],
)
def test_whatever_changes_the_units_changes_their_sum(world, tallies, change):
    add_results(world, tallies)
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(text(change))
        left = db.session.execute(text("SELECT sum(people) FROM unit_result")).scalar_one()
        counts = "state NOT IN ('withdrawn', 'transferred')"
        counted = text(f"SELECT sum(people) FROM unit_result WHERE {counts}")  # noqa: S608
        eligible = db.session.execute(counted).scalar_one()
    found = sums_of(world, AgencyResult, COMMUNE)
    assert [one.eligible for one in found] == ([eligible] if left else [])


def test_no_program_writes_a_sum(world):
    with world.app.app_context(), world.owner():
        rights = text(
            "SELECT count(*) FROM information_schema.role_table_grants WHERE table_name IN"
            " ('agency_result', 'agency_overlap') AND privilege_type <> 'SELECT'"
            " AND grantee <> 'bangvang_owner'"
        )
        assert db.session.execute(rights).scalar_one() == 0
