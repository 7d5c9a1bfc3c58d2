"""Every page, as everybody, in every agency, naming everybody's objects: three times over.

``make isolation`` tries all of it three times. Among the other tests, with both walls alone, each
page is tried in one role that may open it, and as a stranger: the rest takes minutes.
"""

import time

import pytest

from app.persistence.clock import clock_set_to
from tests.isolation.agencies import IS_WHOLE, SPRING
from tests.isolation.bodies import try_bodies
from tests.isolation.house import app, config, database, house  # noqa: F401 - fixtures
from tests.isolation.matrix import Matrix, ids_undeclared
from tests.isolation.recipes import DOES_NOTHING_HERE, NOT_OPENED, PERSONAL
from tests.isolation.stale import try_stale_factors
from tests.isolation.top import try_at_the_top
from tests.isolation.visits import visits
from tests.isolation.walls import Standing, standing


FEWEST_CELLS = 5000
FEWEST_OF_ONE_ROLE = 1500
STANDINGS = list(Standing) if IS_WHOLE else [Standing.BOTH]


@pytest.mark.parametrize("walls", STANDINGS, ids=lambda walls: walls.name.lower())
def test_every_door_answers_as_the_table_says(house, sign_in, walls, capsys):  # noqa: F811
    began = time.monotonic()
    owner = house.config.owner_database_url
    with clock_set_to(SPRING), standing(walls, owner), visits(house.app) as knocks:
        matrix = Matrix(house, knocks, sign_in, is_whole=IS_WHOLE)
        tally = matrix.run()
        try_bodies(matrix)
        try_stale_factors(matrix)
        try_at_the_top(matrix)
    how = f"{walls.value}, {'every role' if IS_WHOLE else 'one role for each page'}"
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(  # noqa: T201 - the figure
            f"\ncells {tally.cells} failures {len(tally.failures)} ({how}, {seconds:.0f} s)"
        )
    assert tally.failures == []
    assert tally.cells >= (FEWEST_CELLS if IS_WHOLE else FEWEST_OF_ONE_ROLE)
    assert untried(matrix) == [], "the house has no such object: furnish it, see access_table.md"
    assert never_answered(matrix) == {}, "say in recipes.py what is typed, or why it cannot be"
    assert never_done(matrix) == [], "say in recipes.py what is typed, or why nothing is done"
    assert ids_undeclared(matrix) == [], "the table says what forms name"


def untried(matrix):
    """Return the lines without an address or an object of our own to try them on."""
    own = matrix.house.agencies["own"]
    return [
        str(line)
        for line in matrix.table.lines
        if not matrix.doors.is_known(line)
        or not (matrix.doors.is_furnished(line, own) or line.kinds & PERSONAL)
    ]


def never_answered(matrix):
    """Return the pages that no role of their own could open, each with what they said instead.

    A page that is excused and answers after all is one too: the excuse has to go.
    """
    tally = matrix.tally
    return {
        line.key: tally.refused_why.get(line.key, "it is excused, and answers")
        for line in matrix.table.lines
        if (line.key in tally.answered) == (f"{line.method} {line.endpoint}" in NOT_OPENED)
    }


def never_done(matrix):
    """Return the forms that were taken and changed nothing: a refusal of these shows little."""
    tally = matrix.tally
    return [
        line.endpoint
        for line in matrix.table.lines
        if line.is_change
        and line.key in tally.answered - tally.did
        and line.endpoint not in DOES_NOTHING_HERE
    ]
