"""The 24 ways in which a statement reaches a table, tried on the rows of another agency.

Each is one function that tries to read or to change somebody of the commune while the department
is in scope, and returns what it got hold of. Behind both walls, and behind row-level security
alone, none gets anything. The first wall alone stops all but two: words of SQL, which
``test_words.py`` holds to naming their agency.
"""

from collections import Counter
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import (
    delete,
    exists,
    func,
    insert,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import aliased, joinedload, make_transient_to_detached, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import ObjectDeletedError

from app.domain.ids import new_id
from app.domain.people import Origin
from app.persistence.database import db
from app.persistence.models import Dossier, Person, Tenant
from app.persistence.tenancy import ForeignRowError
from app.persistence.unnarrowed import UnnarrowedStatementError
from tests.builders.world import COMMUNE, DEPARTMENT
from tests.isolation.walls import Standing, standing


CANARY = "Vàng A Tủa"
OURS = "Lò Thị Pánh"


class Prey:
    """A person of another agency, by everything that somebody sly could know of them."""

    def __init__(self, world):
        self.person: UUID = world.make_person(COMMUNE, CANARY)
        self.dossier: UUID = world.make_dossier(COMMUNE, self.person)
        self.tenant = world.key_of(COMMUNE)
        self.unit: UUID = world.unit_of(COMMUNE)

    @property
    def key(self):
        return (*self.tenant, self.person)

    def row(self, **more):
        """Return a new person who would land on the other agency's roster."""
        fresh = new_id()
        with db.session.no_autoflush:
            identity = db.session.execute(
                text("SELECT claim_identity(:fresh, NULL)"), {"fresh": fresh}
            ).scalar_one()
        return {
            "province_id": self.tenant.province_id,
            "tenant_id": self.tenant.tenant_id,
            "id": fresh,
            "identity_id": identity,
            "unit_id": self.unit,
            "group_number": 3,
            "name": "x",
            "name_sort_key": "x",
            "name_match_key": "x",
            "birth_year": 1990,
            "origin": Origin.TYPED,
            **more,
        }


def everybody(rows):
    return [one for one in rows if one not in (OURS, None)]


def select_entities(prey):
    return everybody(one.name for one in db.session.scalars(select(Person)))


def legacy_query(prey):
    return everybody(one.name for one in db.session.query(Person).all())


def get(prey):
    return db.session.get(Person, prey.key)


def lazy_load(prey):
    own = db.session.scalars(select(Dossier).where(Dossier.id != prey.dossier)).one()
    # A row whose reference was bent towards the other agency's person.
    set_committed_value(own, "tenant_id", prey.tenant.tenant_id)
    set_committed_value(own, "person_id", prey.person)
    return own.person


def joined_load(prey):
    query = select(Dossier).options(joinedload(Dossier.person))
    return everybody(one.person.name for one in db.session.scalars(query))


def selectin_load(prey):
    query = select(Dossier).options(selectinload(Dossier.person))
    return everybody(one.person.name for one in db.session.scalars(query))


def alias(prey):
    other = aliased(Person)
    return everybody(db.session.scalars(select(other.name)))


def join(prey):
    query = select(Tenant.slug).join(Person, Person.tenant_id == Tenant.id)
    return [slug for slug in db.session.scalars(query) if slug == COMMUNE]


def count_rows(prey):
    return db.session.scalar(select(func.count()).select_from(Person)) - 1


def count_column(prey):
    return db.session.scalar(select(func.count(Person.id))) - 1


def scalar_subquery(prey):
    inner = select(func.max(Person.name)).where(Person.name != OURS).scalar_subquery()
    return db.session.scalar(select(inner))


def exists_clause(prey):
    return db.session.scalar(select(exists().where(Person.id == prey.person)))


def common_table(prey):
    names = select(Person.name).cte()
    return everybody(db.session.scalars(select(names.c.name)))


def union(prey):
    both = union_all(select(Person.name), select(Person.name))
    return everybody(db.session.scalars(both))


def orm_update(prey):
    statement = update(Person).where(Person.name != OURS).values(name="x")
    return db.session.execute(statement.execution_options(synchronize_session=False)).rowcount


def orm_delete(prey):
    statement = delete(Dossier).where(Dossier.id == prey.dossier)
    return db.session.execute(statement.execution_options(synchronize_session=False)).rowcount


def query_delete(prey):
    query = db.session.query(Dossier).filter(Dossier.id == prey.dossier)
    return query.delete(synchronize_session=False)


def core_select(prey):
    return everybody(db.session.scalars(select(Person.__table__.c.name)))


def core_update(prey):
    table = Person.__table__
    return db.session.execute(
        update(table).where(table.c.id == prey.person).values(name="x")
    ).rowcount


def words(prey):
    return everybody(db.session.scalars(text("SELECT name FROM person")))


def entities_from_words(prey):
    query = select(Person).from_statement(text("SELECT * FROM person"))
    return everybody(one.name for one in db.session.scalars(query))


def orm_insert(prey):
    return db.session.execute(insert(Person), [prey.row()]) is not None


def add(prey):
    db.session.add(Person(**prey.row()))
    db.session.flush()
    return True


def refresh(prey):
    province, tenant, known = prey.key
    forged = Person(province_id=province, tenant_id=tenant, id=known)
    make_transient_to_detached(forged)
    db.session.add(forged)
    db.session.refresh(forged)
    return forged.name


PATHS = (
    select_entities,
    legacy_query,
    get,
    lazy_load,
    joined_load,
    selectin_load,
    alias,
    join,
    count_rows,
    count_column,
    scalar_subquery,
    exists_clause,
    common_table,
    union,
    orm_update,
    orm_delete,
    query_delete,
    core_select,
    core_update,
    words,
    entities_from_words,
    orm_insert,
    add,
    refresh,
)
PAST_THE_ORM = {words, entities_from_words}
REFUSALS = (
    DBAPIError,
    ForeignRowError,
    InvalidRequestError,
    ObjectDeletedError,
    UnnarrowedStatementError,
)


@pytest.fixture
def prey(world):
    world.make_dossier(DEPARTMENT, name=OURS)
    return Prey(world)


def catch(world, prey, path):
    """Return what ``path`` got hold of; a refusal is nothing."""
    with world.inside(DEPARTMENT):
        try:
            with suppress(*REFUSALS):
                return path(prey)
            return None
        finally:
            db.session.rollback()


def test_there_are_24_ways():
    assert len(set(PATHS)) == 24


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_caught_behind_both_walls(world, prey, path):
    assert not catch(world, prey, path)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_caught_behind_row_level_security_alone(world, prey, config, path):
    with standing(Standing.RLS_ONLY, config.owner_database_url):
        assert not catch(world, prey, path)


@pytest.mark.parametrize("path", PATHS)
def test_the_first_wall_alone_stops_all_but_words(world, prey, config, path):
    with standing(Standing.ORM_ONLY, config.owner_database_url):
        assert bool(catch(world, prey, path)) == (path in PAST_THE_ORM)


@pytest.mark.parametrize("path", PATHS)
def test_each_way_leads_somewhere_when_no_wall_stands(world, prey, config, path):
    """A way that catches nothing even here would prove nothing above."""
    url = config.owner_database_url
    with standing(Standing.ORM_ONLY, url), standing(Standing.RLS_ONLY, url):
        assert catch(world, prey, path)


def test_the_figure(world, prey, config, capsys):
    url, caught = config.owner_database_url, Counter()
    for walls in Standing:
        with standing(walls, url):
            caught[walls] = sum(bool(catch(world, prey, path)) for path in PATHS)
    with capsys.disabled():
        print(f"\nescapes {caught[Standing.BOTH]}/24")  # noqa: T201
    assert caught == {
        Standing.BOTH: 0,
        Standing.RLS_ONLY: 0,
        Standing.ORM_ONLY: len(PAST_THE_ORM),
    }
