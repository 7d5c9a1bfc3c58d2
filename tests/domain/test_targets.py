"""A target names of whom its share is taken, and says how many people are missing."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import RefusedError, Rule
from app.domain.results import Figures
from app.domain.settings import SettingName, require_value
from app.domain.targets import (
    Audience,
    not_counted,
    reached,
    recognition_target,
    require_targets,
    targets_of_year,
    to_target,
)
from tenants.schema import Denominator, Target, TargetName, TenantKind


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
    ("name", "of", "adults", "staff"),
    [
        (TargetName.DIGITAL_SKILLS, Denominator.RECOGNISED, (300, 386), (9, 9)),
        (TargetName.DIGITAL_FLUENCY, Denominator.DIGITALLY_SKILLED, (90, 300), (0, 9)),
        (TargetName.REGISTERED, Denominator.ELIGIBLE, (800, 1000), (10, 10)),
    ],
)
def test_nested_targets_take_their_share_of_the_ones_before(name, of, adults, staff):
    found = {one.audience: (one.part, one.whole) for one in reached([target(name, of)], BY_KIND)}
    assert found == {Audience.ADULTS: adults, Audience.STAFF: staff}


@given(st.dictionaries(st.sampled_from(TenantKind), st.integers(1, 500)))
def test_adults_and_staff_are_never_taken_together(people):
    by_kind = {kind: Figures(eligible=count) for kind, count in people.items()}
    found = reached([target(TargetName.REGISTERED)], by_kind)
    assert sum(one.whole for one in found) == sum(people.values())
    communes = people.get(TenantKind.COMMUNE, 0)
    assert [one.whole for one in found if one.audience is Audience.ADULTS] in ([], [communes])


NESTED = (
    TargetName.REGISTERED,
    TargetName.RECOGNISED_ADULTS,
    TargetName.DIGITAL_SKILLS,
    TargetName.DIGITAL_FLUENCY,
)
WHOLES = (
    Denominator.ELIGIBLE,
    Denominator.REGISTERED,
    Denominator.RECOGNISED,
    Denominator.DIGITALLY_SKILLED,
)


def kept(name, of, year=2030):
    return {"name": name.value, "percent": 60, "year": year, "denominator": of.value}


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("of_place", range(4))
def test_a_share_is_taken_of_those_that_everybody_counted_is_among(place, of_place):
    values = [kept(NESTED[place], WHOLES[of_place])]
    if of_place <= place:
        require_targets(values)
    else:
        with pytest.raises(RefusedError) as refused:
            require_value(SettingName.TARGETS, values)
        assert refused.value.rule is Rule.TARGET_OF_OTHERS
        # Whoever follows the advice is not refused again.
        for within in refused.value.facts["within"]:
            require_targets([kept(NESTED[place], within)])


def test_members_of_the_association_are_a_share_of_its_members_alone():
    require_targets([kept(TargetName.TRAINED_MEMBERS, Denominator.MEMBERS)])
    for name, of in (
        (TargetName.REGISTERED, Denominator.MEMBERS),
        (TargetName.TRAINED_MEMBERS, Denominator.ELIGIBLE),
    ):
        with pytest.raises(RefusedError) as refused:
            require_targets([kept(name, of)])
        require_targets([kept(name, within) for within in refused.value.facts["within"]])


def test_two_targets_for_one_year_are_one_too_many():
    twice = [kept(TargetName.REGISTERED, Denominator.ELIGIBLE)] * 2
    with pytest.raises(RefusedError) as refused:
        require_targets(twice)
    assert refused.value.rule is Rule.TARGET_TWICE
    require_targets([twice[0], {**twice[0], "year": 2025}])


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
    assert not_counted([trained, target()]) == (trained,)


@pytest.mark.parametrize(("year", "aim"), [(2024, 2025), (2025, 2025), (2026, 2030), (2031, 2030)])
def test_the_next_target_binds_and_after_the_last_the_last(year, aim):
    (one,) = targets_of_year([target(year=2030), target(year=2025)], year)
    assert one.year == aim


def test_a_target_is_read_as_the_settings_keep_it():
    kept = {"name": "recognised_staff", "percent": 80, "year": 2030, "denominator": "eligible"}
    found = to_target(kept)
    assert recognition_target([found], TenantKind.DEPARTMENT) is found
    assert recognition_target([found], TenantKind.COMMUNE) is None
