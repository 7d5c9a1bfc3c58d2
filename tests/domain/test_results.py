"""Each figure counts people who got at least that far; the shares name of whom they are taken."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dossiers import Outcome, State
from app.domain.results import DECIDED_STATES, Figures, Tally, percent
from app.domain.targets import reached, recognition_target, targets_of_year, to_target
from tenants.schema import Denominator, Target, TargetName, TenantKind


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


def target(name=TargetName.RECOGNISED_ADULTS, of=Denominator.ELIGIBLE, **more):
    return Target(**{"name": name, "percent": 60, "year": 2030, "denominator": of} | more)


COMMUNES = Figures(
    eligible=1000, registered=800, recognised=386, with_digital_skills=300, digitally_fluent=90
)
OFFICES = Figures(eligible=10, registered=10, recognised=9, with_digital_skills=9)
BY_KIND = {TenantKind.COMMUNE: COMMUNES, TenantKind.DEPARTMENT: OFFICES}


def test_a_target_not_reached_says_how_many_people_are_missing():
    (one,) = reached([target()], BY_KIND)
    assert (one.part, one.whole, one.short_by) == (386, 1000, 214)
    assert not one.is_met


def test_adults_are_counted_in_communes_and_staff_in_offices():
    adults, staff = reached([target(), target(TargetName.RECOGNISED_STAFF)], BY_KIND)
    assert (adults.whole, staff.whole) == (1000, 10)
    assert staff.is_met


@pytest.mark.parametrize(
    ("name", "of", "part", "whole"),
    [
        (TargetName.DIGITAL_SKILLS, Denominator.RECOGNISED, 309, 395),
        (TargetName.DIGITAL_FLUENCY, Denominator.DIGITALLY_SKILLED, 90, 309),
        (TargetName.REGISTERED, Denominator.ELIGIBLE, 810, 1010),
    ],
)
def test_nested_targets_take_their_share_of_the_ones_before(name, of, part, whole):
    (one,) = reached([target(name, of)], BY_KIND)
    assert (one.part, one.whole) == (part, whole)


@pytest.mark.parametrize(
    ("part", "is_strict", "short_by"), [(599, False, 1), (600, False, 0), (600, True, 1)]
)
def test_more_than_is_one_person_more_than_at_least(part, is_strict, short_by):
    figures = {TenantKind.COMMUNE: Figures(eligible=1000, recognised=part)}
    (one,) = reached([target(is_strict=is_strict)], figures)
    assert one.short_by == short_by


@given(st.integers(0, 2000), st.integers(1, 2000), st.integers(1, 100), st.booleans())
def test_so_many_people_more_reach_the_target_and_one_fewer_does_not(part, whole, aim, is_strict):
    figures = {TenantKind.COMMUNE: Figures(eligible=whole, recognised=part)}
    (one,) = reached([target(percent=aim, is_strict=is_strict)], figures)

    def is_enough(people):
        share = Fraction(100 * people, whole)
        return share > aim if is_strict else share >= aim

    assert is_enough(part + one.short_by)
    assert one.short_by == 0 or not is_enough(part + one.short_by - 1)


def test_nobody_to_count_is_not_a_target_reached():
    (one,) = reached([target()], {TenantKind.COMMUNE: Figures()})
    assert one.percent is None
    assert not one.is_met


def test_what_no_agency_here_counts_is_left_out():
    trained = target(TargetName.TRAINED_MEMBERS, Denominator.MEMBERS)
    only_communes = {TenantKind.COMMUNE: COMMUNES}
    assert reached([trained, target(TargetName.RECOGNISED_STAFF)], only_communes) == ()


@pytest.mark.parametrize(("year", "aim"), [(2024, 2025), (2025, 2025), (2026, 2030), (2031, 2030)])
def test_the_next_target_binds_and_after_the_last_the_last(year, aim):
    (one,) = targets_of_year([target(year=2030), target(year=2025)], year)
    assert one.year == aim


def test_a_target_is_read_as_the_settings_keep_it():
    kept = {"name": "recognised_staff", "percent": 80, "year": 2030, "denominator": "eligible"}
    found = to_target(kept)
    assert recognition_target([found], TenantKind.DEPARTMENT) is found
    assert recognition_target([found], TenantKind.COMMUNE) is None
