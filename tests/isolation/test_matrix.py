"""Every page, as everybody, in every agency, naming everybody's objects: three times over."""

import time

import pytest

from app.persistence.clock import clock_set_to
from tests.isolation.agencies import SPRING
from tests.isolation.bodies import try_bodies
from tests.isolation.house import app, config, database, house  # noqa: F401 - fixtures
from tests.isolation.matrix import Matrix, ids_undeclared
from tests.isolation.recipes import NOT_OPENED, ROOMS_APART
from tests.isolation.visits import visits
from tests.isolation.walls import Standing, standing


FEWEST_CELLS = 5000


@pytest.mark.parametrize("walls", list(Standing), ids=lambda walls: walls.name.lower())
def test_every_door_answers_as_the_table_says(house, sign_in, walls, capsys):  # noqa: F811
    began = time.monotonic()
    owner = house.config.owner_database_url
    with clock_set_to(SPRING), standing(walls, owner), visits(house.app) as knocks:
        matrix = Matrix(house, knocks, sign_in)
        tally = matrix.run()
        try_bodies(matrix)
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(  # noqa: T201 - the figure
            f"\ncells {tally.cells} failures {len(tally.failures)} ({walls.value}, {seconds:.0f} s)"
        )
    assert tally.failures == []
    assert tally.cells >= FEWEST_CELLS
    assert never_answered(matrix) == {}, "say in recipes.py what is typed, or why it cannot be"
    assert ids_undeclared(matrix) == [], "the table says what forms name"


def never_answered(matrix):
    """Return the pages that no role of their own could open, each with what they said instead."""
    tally = matrix.tally
    return {
        line.key: tally.refused_why.get(line.key, "")
        for line in matrix.table.lines
        if line.key not in tally.answered
        and line.endpoint not in NOT_OPENED
        and line.endpoint.partition(".")[0] not in ROOMS_APART
    }
