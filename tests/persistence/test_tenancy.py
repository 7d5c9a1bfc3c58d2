"""Two walls, each enough alone."""

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from app.domain.people import Origin
from app.domain.tenants import TenantKey
from app.persistence import tenancy
from app.persistence.database import db
from app.persistence.models import Person, Setting, Tenant, TenantClosure, Unit
from app.persistence.tenancy import ForeignRowError, NoTenantInScopeError, tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.persistence.unnarrowed import UnnarrowedStatementError
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, OTHER_PROVINCE, PROVINCE


@pytest.fixture
def two_agencies(world):
    world.make_person(DEPARTMENT, "Lò Thị Pánh")
    world.make_person(COMMUNE, "Vàng A Tủa")
    return world


def names():
    return set(db.session.scalars(select(Person.name)))


def test_an_agency_sees_its_own_people(two_agencies):
    with two_agencies.inside(DEPARTMENT):
        assert names() == {"Lò Thị Pánh"}


def test_the_province_sees_no_person_below_it(two_agencies):
    with two_agencies.inside(PROVINCE):
        assert names() == set()


@pytest.mark.parametrize(
    "statement",
    [
        select(Person),
        select(func.count()).select_from(Person),
        select(Tenant.slug).join(Person, Person.tenant_id == Tenant.id),
        select(Tenant.slug).where(select(Person.id).exists()),
        select(aliased(Person)),
        update(Person).values(name="x"),
        delete(Person),
    ],
    ids=["select", "count", "join", "exists", "alias", "update", "delete"],
)
def test_every_shape_of_statement_is_refused_outside_any_agency(app, statement):
    with app.app_context(), pytest.raises(NoTenantInScopeError):
        db.session.execute(statement)


def test_the_criterion_is_not_frozen_by_the_statement_cache(two_agencies):
    for slug, expected in ((DEPARTMENT, "Lò Thị Pánh"), (COMMUNE, "Vàng A Tủa")) * 2:
        with two_agencies.inside(slug):
            assert names() == {expected}


def test_a_statement_that_is_kept_asks_for_the_agency_each_time(two_agencies):
    kept = select(Person.name)
    for slug, expected in ((DEPARTMENT, "Lò Thị Pánh"), (COMMUNE, "Vàng A Tủa")) * 2:
        with two_agencies.inside(slug):
            assert db.session.scalars(kept).all() == [expected]
    with two_agencies.app.app_context(), pytest.raises(NoTenantInScopeError):
        db.session.scalars(kept)


def test_a_statement_that_is_kept_is_narrowed_by_the_criteria_of_now(two_agencies, monkeypatch):
    kept = select(Person.name)
    monkeypatch.setattr(tenancy, "_CRITERIA", ())
    with two_agencies.inside(DEPARTMENT):
        db.session.scalars(kept)
    monkeypatch.undo()
    with two_agencies.app.app_context(), pytest.raises(NoTenantInScopeError):
        db.session.scalars(kept)


def test_a_row_for_another_agency_is_refused(two_agencies):
    province, tenant = two_agencies.key_of(COMMUNE)
    sly = Unit(province_id=province, tenant_id=tenant, kind="division", name="x", name_sort_key="")
    with two_agencies.inside(DEPARTMENT), pytest.raises(ForeignRowError):
        write(sly)


def write(row):
    with unit_of_work():
        db.session.add(row)


def test_statements_that_an_orm_cannot_narrow_meet_the_second_wall(two_agencies):
    with two_agencies.inside(DEPARTMENT):
        assert db.session.execute(text("SELECT name FROM person")).scalars().all() == [
            "Lò Thị Pánh"
        ]


@pytest.mark.parametrize(
    "statement",
    [
        select(Person.__table__.c.name),
        select(func.count()).select_from(Person.__table__),
        update(Person.__table__).values(name="x"),
        delete(Person.__table__),
        insert(Person).from_select(["name"], select(Person.name)),
    ],
    ids=["select", "count", "update", "delete", "insert from select"],
)
def test_what_names_a_table_and_no_class_is_refused(two_agencies, statement):
    with two_agencies.inside(DEPARTMENT), pytest.raises(UnnarrowedStatementError):
        db.session.execute(statement)


def test_the_owner_may_name_tables_for_it_writes_for_many_agencies(two_agencies):
    with two_agencies.app.app_context(), two_agencies.owner():
        names = db.session.scalars(select(Person.__table__.c.name)).all()
    assert set(names) == {"Lò Thị Pánh", "Vàng A Tủa"}


def test_writing_for_another_agency_in_sql_meets_the_second_wall(two_agencies):
    foreign = two_agencies.key_of(COMMUNE)
    with two_agencies.inside(DEPARTMENT), pytest.raises(DBAPIError, match="row-level security"):
        db.session.execute(
            text(
                "INSERT INTO unit (province_id, tenant_id, id, kind, name, name_sort_key,"
                " is_active) VALUES (:p, :t, gen_random_uuid(), 'division', 'x', '', true)"
            ),
            {"p": foreign.province_id, "t": foreign.tenant_id},
        )


@pytest.mark.unscoped
def test_outside_any_agency_sql_sees_nothing(two_agencies):
    with two_agencies.app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM person")).scalar_one() == 0


def test_what_one_agency_loaded_does_not_outlive_its_scope(two_agencies):
    with two_agencies.app.app_context():
        with tenant_scope(two_agencies.key_of(DEPARTMENT)) as _:
            person = db.session.scalars(select(Person)).one()
            key = (person.province_id, person.tenant_id, person.id)
        with tenant_scope(two_agencies.key_of(COMMUNE)):
            assert db.session.get(Person, key) is None


def test_the_province_reads_the_units_and_settings_below_it(world):
    with world.inside(PROVINCE) as key:
        below = set(db.session.scalars(select(Unit.tenant_id)))
        line = select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id == key.tenant_id)
        assert below == set(db.session.scalars(line))
    assert {world.key_of(one).tenant_id for one in (DEPARTMENT, COMMUNE)} < below


def test_an_agency_reads_the_settings_above_it_and_beside_it_none(world):
    with world.inside(DEPARTMENT) as key:
        readable = set(db.session.scalars(select(Setting.tenant_id)))
    assert readable == {key.tenant_id, world.key_of(PROVINCE).tenant_id}


def test_an_agency_cannot_change_a_setting_of_its_parent(world):
    with world.inside(DEPARTMENT):
        changed = db.session.execute(
            update(Setting).values(source="x").execution_options(synchronize_session=False)
        ).rowcount
        above = db.session.execute(
            text("UPDATE setting SET source = 'y' WHERE tenant_id = :t"),
            {"t": world.key_of(PROVINCE).tenant_id},
        ).rowcount
    assert changed > 0
    assert above == 0


def test_two_provinces_know_nothing_of_each_other(world):
    with world.inside(OTHER_PROVINCE):
        tenants = set(db.session.scalars(select(Unit.tenant_id)))
    assert tenants == {world.key_of(one).tenant_id for one in (OTHER_PROVINCE, OTHER_COMMUNE)}


def test_a_made_up_scope_sees_nothing(two_agencies):
    stranger = TenantKey(12, two_agencies.key_of(OTHER_COMMUNE).tenant_id)
    with two_agencies.app.app_context(), tenant_scope(stranger):
        assert names() == set()


def test_a_person_came_onto_the_roster_somehow(two_agencies):
    with two_agencies.inside(DEPARTMENT):
        assert db.session.scalars(select(Person.origin)).all() == [Origin.TYPED]
