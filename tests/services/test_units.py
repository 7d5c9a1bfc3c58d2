"""Units are added, renamed and retired, and nobody is left behind in one."""

import pytest
from sqlalchemy import select

from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.vietnamese import sort_key
from app.persistence.database import db
from app.persistence.models import AuditEvent, Unit
from app.persistence.queries.units import load_unit_to_change, units_in_use, units_with_people
from app.persistence.unit_of_work import unit_of_work
from app.services.units import add_unit, change_unit, reopen_unit, retire_unit
from tenants.schema import UnitKind
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE


@pytest.fixture
def admin(world):
    return world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()


def test_a_unit_is_added_with_its_place_in_the_alphabet(world, admin):
    with world.inside(DEPARTMENT):
        with unit_of_work():
            unit_id = add_unit("  Phòng  Đo lường ", UnitKind.DIVISION, by=admin).id
        unit = load_unit_to_change(unit_id)
        assert (unit.name, unit.kind) == ("Phòng Đo lường", "division")
        assert unit.name_sort_key == sort_key("Phòng Đo lường")
        assert [one.act.value for one in db.session.scalars(select(AuditEvent))] == ["unit-added"]


def test_a_name_that_is_there_is_refused_however_it_is_written(world, admin):
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        add_unit("VĂN PHÒNG SỞ", UnitKind.OFFICE, by=admin)
    assert refusal.value.rule is Rule.UNIT_NAME_TAKEN


def test_a_unit_may_keep_its_own_name(world, admin):
    with world.inside(DEPARTMENT), unit_of_work():
        unit = units_in_use()[0]
        change_unit(load_unit_to_change(unit.id), unit.name, UnitKind.OFFICE, by=admin)


def test_a_unit_with_people_is_not_retired(world, admin):
    unit_id = world.unit_of(DEPARTMENT)
    world.make_person(DEPARTMENT, unit_id=unit_id)
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        retire_unit(load_unit_to_change(unit_id), by=admin)
    assert refusal.value.rule is Rule.UNIT_IN_USE


def test_a_retired_unit_takes_nobody_until_it_is_used_again(world, admin):
    unit_id = world.unit_of(DEPARTMENT)
    with world.inside(DEPARTMENT):
        with unit_of_work():
            retire_unit(load_unit_to_change(unit_id), by=admin)
        assert unit_id not in [one.id for one in units_in_use()]
        assert unit_id == units_with_people()[-1][0].id
        with unit_of_work():
            reopen_unit(load_unit_to_change(unit_id), by=admin)
        assert unit_id in [one.id for one in units_in_use()]


def test_the_agency_above_reads_units_but_changes_none(world):
    unit_id = world.unit_of(COMMUNE)
    with world.inside(PROVINCE):
        assert db.session.scalars(select(Unit).where(Unit.id == unit_id)).one()
        with pytest.raises(MissingError):
            load_unit_to_change(unit_id)
