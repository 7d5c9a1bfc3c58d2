"""An agency sees the same whether it is alone in the deployment or beside a busy neighbour."""

import os
from difflib import unified_diff

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import make_url

from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from tests.builders.world import COMMUNE, DEPARTMENT
from tests.isolation.agencies import SPRING
from tests.isolation.interference import PAGES, Desk, EveryRow, Office, Step
from tests.isolation.visits import visits


RUNS = int(os.environ.get("INTERFERENCE_RUNS", "60"))
"""How many steps of the agency are compared: each one, as it looks beside a neighbour and alone."""

STEPS_AN_EXAMPLE = 20
EXAMPLES_A_PAGE = 3
EXAMPLES_A_BATCH = 30
ACTS = st.sampled_from(("add", "enter", "remove", "unit", "withdraw", "count"))
LOOKS = st.sampled_from(("page", *["count"] * 9))
CHOICES = st.integers(0, 99)
STEPS = st.builds(Step, st.one_of(ACTS, ACTS, ACTS, LOOKS), CHOICES)


@pytest.fixture
def offices(world, sign_in):
    """Two agencies of one province, each with somebody who may do everything there."""
    found = []
    for slug in (DEPARTMENT, COMMUNE):
        someone = world.make_account(slug, Role.OFFICER, Role.TENANT_ADMIN, Role.SECRETARY)
        for name in ("Lò Thị Pánh", "Vàng A Páo"):
            world.make_dossier(slug, name=name)
        unit, browser = world.unit_of(slug), sign_in(someone)
        found.append(Office(slug=slug, unit=unit, actor=someone.actor(), browser=browser))
    return found


class Comparison:
    """Lets two agencies take steps in turn; then each takes its own once more, alone."""

    def __init__(self, desks, knocks):
        self.desks, self.connection = desks, knocks.connection
        self.rows = EveryRow(self.connection)
        self.compared = self.turn = 0

    def begin(self):
        self.turn += 1
        self._anew()
        self.taken = [[] for _ in self.desks]

    def take(self, *steps):
        """Let one after another take a step."""
        for desk, step, taken in zip(self.desks, steps, self.taken, strict=True):
            taken.append((step, desk.do(step)))

    def end(self):
        """Compare every answer, and in the end all that there is to be seen."""
        beside = [self._all_there_is(desk) for desk in self.desks]
        for desk, taken, seen in zip(self.desks, self.taken, beside, strict=True):
            self._undo()
            for step, answer in taken:
                self.compared += 1
                hold_equal(desk.do(step), answer, step)
            hold_equal(self._all_there_is(desk), seen, taken)
        self.change.rollback()

    def _all_there_is(self, desk):
        page = ""
        if self.turn % EXAMPLES_A_PAGE == 0:
            page = desk.page(PAGES[self.turn // EXAMPLES_A_PAGE % len(PAGES)])
        return desk.everything(self.rows) + page

    def _undo(self):
        self.change.rollback()
        self._anew()

    def _anew(self):
        self.change = self.connection.begin_nested()
        for desk in self.desks:
            desk.forget()


def hold_equal(alone, beside, what):
    difference = "\n".join(unified_diff(alone.split("\n"), beside.split("\n"), n=0))
    assert difference == "", (what, difference)


def machine_of(comparison):
    """Return what takes steps as Hypothesis chooses them."""

    class Neighbours(RuleBasedStateMachine):
        """Each step of an agency comes after one of the other."""

        def __init__(self):
            super().__init__()
            comparison.begin()

        @rule(one=STEPS, other=STEPS)
        def both_act(self, one, other):
            comparison.take(one, other)

        def teardown(self):
            comparison.end()

    return Neighbours


def examples(number):
    return settings(
        max_examples=number,
        stateful_step_count=STEPS_AN_EXAMPLE,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def test_a_neighbour_changes_nothing_that_an_agency_sees(app, offices, config, capsys):
    desks, compared = [Desk(app, office) for office in offices], 0
    with clock_set_to(SPRING):
        while compared < RUNS:
            with visits(app) as knocks:
                comparison = Comparison(desks, knocks)
                # The first examples are the simplest ones, which hardly do anything.
                wanted = max(6, min(EXAMPLES_A_BATCH, (RUNS - compared) // (2 * STEPS_AN_EXAMPLE)))
                run_state_machine_as_test(machine_of(comparison), settings=examples(wanted))
            compared += comparison.compared
            sweep(config.owner_database_url)
    with capsys.disabled():
        print(f"\ninterference {compared} counterexamples 0")  # noqa: T201 - the figure


def sweep(owner_url):
    """Clear away the rows that were taken back: they slow every later step down."""
    url = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM")


class Careless(Desk):
    """Works at another desk, as a program that mixes agencies up would."""

    def __init__(self, app, office, other):
        super().__init__(app, office)
        self.other = other

    def do(self, step):
        self.other.do(step)
        return super().do(step)


def test_a_neighbour_that_shows_is_noticed(app, offices):
    ours = Desk(app, offices[0])
    careless = Careless(app, offices[1], ours)
    with clock_set_to(SPRING), visits(app) as knocks:
        comparison = Comparison([careless, ours], knocks)
        comparison.begin()
        comparison.take(Step("unit", 0), Step("count", 0))
        with pytest.raises(AssertionError, match="Phòng 0"):
            comparison.end()


def test_a_neighbour_whose_numbers_show_is_noticed(app, offices):
    ours = Desk(app, offices[0])
    careless = Careless(app, offices[1], ours)
    with clock_set_to(SPRING), visits(app) as knocks:
        comparison = Comparison([careless, ours], knocks)
        comparison.begin()
        comparison.take(Step("unit", 0), Step("add", 0))
        comparison.take(Step("add", 0), Step("unit", 0))
        with pytest.raises(AssertionError, match="Step"):
            comparison.end()
