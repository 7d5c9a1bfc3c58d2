"""An agency sees the same whether it is alone in the deployment or beside a busy neighbour."""

import os
from difflib import unified_diff

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from tests.builders.world import COMMUNE, DEPARTMENT
from tests.isolation.agencies import SPRING
from tests.isolation.interference import Desk, Office, Step
from tests.isolation.visits import visits


RUNS = int(os.environ.get("INTERFERENCE_RUNS", "30"))
"""How many steps of the agency are compared: each one, as it looks beside a neighbour and alone."""

STEPS_AN_EXAMPLE = 20
ACTS = st.sampled_from(("look", "look", "add", "enter", "remove", "unit", "withdraw"))
CHOICES = st.integers(0, 99)


@pytest.fixture
def offices(world, sign_in):
    """Two agencies of one province, each with somebody who may do everything there."""
    found = []
    for slug in (DEPARTMENT, COMMUNE):
        someone = world.make_account(slug, Role.OFFICER, Role.TENANT_ADMIN, Role.SECRETARY)
        for name in ("Lò Thị Pánh", "Vàng A Páo"):
            world.make_dossier(slug, name=name)
        unit = str(world.unit_of(slug))
        found.append(Office(slug=slug, unit=unit, browser=sign_in(someone)))
    return found


def test_a_neighbour_changes_nothing_that_an_agency_sees(app, offices, capsys):
    compared = 0
    desks = [Desk(office) for office in offices]

    class Neighbours(RuleBasedStateMachine):
        """Ours and the neighbour take steps in turn; then ours takes its own once more, alone."""

        def __init__(self):
            super().__init__()
            self.change = knocks.connection.begin_nested()
            self.ours, self.neighbour = desks
            self.steps, self.seen = [], []
            self.neighbour.forget()
            self.ours.forget()

        def begin_again(self):
            self.change.rollback()
            self.change = knocks.connection.begin_nested()
            self.ours.forget()

        @rule(act=ACTS, choice=CHOICES)
        def ours_acts(self, act, choice):
            self.steps.append(Step(act, choice))
            self.seen.append(self.ours.do(self.steps[-1]))

        @rule(act=ACTS, choice=CHOICES)
        def neighbour_acts(self, act, choice):
            self.neighbour.do(Step(act, choice))

        def teardown(self):
            nonlocal compared
            self.begin_again()
            for step, beside in zip(self.steps, self.seen, strict=True):
                compared += 1
                alone = self.ours.do(step)
                difference = "\n".join(unified_diff(alone.split("\n"), beside.split("\n"), n=0))
                assert difference == "", (step, difference)
            self.change.rollback()

    with clock_set_to(SPRING), visits(app) as knocks:
        while compared < RUNS:
            run_state_machine_as_test(
                Neighbours,
                settings=settings(
                    # The first examples are the simplest ones, which hardly do anything.
                    max_examples=max(6, (RUNS - compared) * 2 // STEPS_AN_EXAMPLE),
                    stateful_step_count=STEPS_AN_EXAMPLE,
                    deadline=None,
                    database=None,
                    phases=[Phase.generate, Phase.shrink],
                    suppress_health_check=list(HealthCheck),
                ),
            )
    with capsys.disabled():
        print(f"\ninterference {compared} counterexamples 0")  # noqa: T201 - the figure
