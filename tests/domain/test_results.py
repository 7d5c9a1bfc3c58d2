"""Each figure counts people who got at least that far; the shares name of whom they are taken."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.domain.dossiers import Outcome, State
from app.domain.results import DECIDED_STATES, Figures, Tally, percent


def tally(state, people=1, outcome=None, **more):
    return Tally(state=state, outcome=outcome, people=people, **more)


TALLIES = st.builds(
    tally,
    st.sampled_from(State),
    st.integers(0, 500),
    st.sampled_from([None, *Outcome]),
)


def test_a_published_title_counts_at_every_step_before_it():
    figures = Figures.of([tally(State.PUBLISHED, 3, Outcome.RECOGNISED, outstanding=1)])
    assert figures == Figures(
        eligible=3,
        registered=3,
        self_assessed=3,
        appraised=3,
        decided=3,
        recognised=3,
        outstanding=1,
    )


def test_who_left_counts_nowhere():
    assert Figures.of([tally(State.WITHDRAWN, 4), tally(State.TRANSFERRED, 2)]) == Figures()


def test_a_returned_dossier_stays_self_assessed():
    assert Figures.of([tally(State.RETURNED)]).self_assessed == 1


def test_digital_skills_count_among_the_recognised_only():
    refused = tally(State.DECIDED, 5, Outcome.NOT_RECOGNISED, with_digital_skills=5)
    assert Figures.of([refused]).with_digital_skills == 0
    assert Figures.of([refused]).not_recognised == 5


@given(st.lists(TALLIES), st.lists(TALLIES))
def test_figures_of_two_places_add_up(here, there):
    assert Figures.of([*here, *there]) == Figures.of(here) + Figures.of(there)


@given(st.lists(TALLIES))
def test_nobody_is_lost_between_the_steps(tallies):
    figures = Figures.of(tallies)
    assert figures.eligible >= figures.registered >= figures.self_assessed >= figures.decided
    assert figures.decided == figures.recognised + figures.not_recognised
    assert figures.undecided == figures.self_assessed - figures.decided
    assert {State.DECIDED, State.PUBLISHED, State.APPEALED} == DECIDED_STATES


def test_a_share_of_nobody_is_not_zero():
    assert percent(0, 0) is None
    assert percent(1, 3) == Fraction(100, 3)
