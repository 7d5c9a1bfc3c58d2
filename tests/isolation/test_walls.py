"""Each wall comes down when a test wants it to, and stands again afterwards."""

import pytest
from sqlalchemy import select, text

from app.persistence.database import db
from app.persistence.models import Person
from tests.builders.world import COMMUNE, DEPARTMENT
from tests.isolation.walls import Standing, standing


@pytest.fixture
def two_agencies(world):
    world.make_person(DEPARTMENT, "Lò Thị Pánh")
    world.make_person(COMMUNE, "Vàng A Tủa")
    return world


def seen(world):
    """Return how many people the commune sees through the ORM, and past it."""
    with world.inside(COMMUNE):
        through = len(db.session.scalars(select(Person.name)).all())
        past = db.session.execute(text("SELECT count(*) FROM person")).scalar_one()
    return through, past


@pytest.mark.parametrize("walls", Standing)
def test_the_orm_shows_an_agency_its_own_people_behind_either_wall(two_agencies, config, walls):
    with standing(walls, config.owner_database_url):
        assert seen(two_agencies)[0] == 1
    assert seen(two_agencies) == (1, 1)


def test_without_row_level_security_plain_sql_sees_everybody(two_agencies, config):
    with standing(Standing.ORM_ONLY, config.owner_database_url):
        assert seen(two_agencies) == (1, 2)


def test_without_either_wall_everybody_sees_everybody(two_agencies, config):
    url = config.owner_database_url
    with standing(Standing.ORM_ONLY, url), standing(Standing.RLS_ONLY, url):
        assert seen(two_agencies) == (2, 2)
