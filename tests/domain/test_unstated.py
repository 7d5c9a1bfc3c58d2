"""What nobody stated leaves a share in a room, and the truth lies in it whatever it is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.digital_skills import DigitalSkill, digital_skill
from app.domain.results import percent
from app.domain.targets import Audience, TargetReached
from app.domain.unstated import Unstated, room_of, total_unstated
from tenants.schema import Denominator, Target, TargetName, TenantKind


OF_RECOGNISED = (TargetName.DIGITAL_SKILLS, Denominator.RECOGNISED)
OF_SKILLED = (TargetName.DIGITAL_FLUENCY, Denominator.DIGITALLY_SKILLED)


def aim(name, of, part, whole):
    target = Target(name=name, percent=70, year=2026, denominator=of)
    return TargetReached(target=target, audience=Audience.ADULTS, part=part, whole=whole)


def skills(people):
    """Count the people in a list of what was found, as the database does: yes alone."""
    return sum(one.has_skills is True for one in people)


def fluent(people):
    return sum(one.is_fluent is True for one in people)


def unstated_in(people):
    return Unstated(
        skills=people.count(DigitalSkill.UNSTATED), fluency=people.count(DigitalSkill.SKILLED)
    )


def test_who_was_not_asked_counts_as_nobody_with_skills_and_leaves_room():
    room = room_of(aim(*OF_RECOGNISED, 61, 100), Unstated(skills=12, fluency=5))
    assert (room.people, room.low, room.high) == (12, 61, 73)


def test_of_those_with_skills_the_others_may_be_more_and_not_fluent():
    # 40 of 80 are fluent, of 10 it was not stated; 20 more may have skills, fluent or not.
    room = room_of(aim(*OF_SKILLED, 40, 80), Unstated(skills=20, fluency=10))
    assert (room.people, room.low, room.high) == (30, 40, 70)


def test_where_everything_was_stated_there_is_no_room():
    assert room_of(aim(*OF_RECOGNISED, 61, 100), Unstated(fluency=5)) is None
    assert room_of(aim(*OF_SKILLED, 0, 0), Unstated()) is None
    recognised = (TargetName.RECOGNISED_ADULTS, Denominator.ELIGIBLE)
    assert room_of(aim(*recognised, 61, 100), Unstated(skills=12)) is None


def test_more_people_than_there_are_leave_no_more_room_than_there_is():
    room = room_of(aim(*OF_RECOGNISED, 61, 100), Unstated(skills=200))
    assert (room.people, room.high) == (39, 100)


@given(
    st.lists(st.tuples(st.sampled_from(DigitalSkill), st.sampled_from(DigitalSkill)), min_size=1)
)
def test_whatever_the_truth_is_it_lies_in_the_room(people):
    stated = [told for told, _ in people]
    truth = [_completed(*one) for one in people]
    for counted, of in ((skills, len), (fluent, skills), (fluent, len)):
        name = TargetName.DIGITAL_SKILLS if counted is skills else TargetName.DIGITAL_FLUENCY
        whole = Denominator.RECOGNISED if of is len else Denominator.DIGITALLY_SKILLED
        found = aim(name, whole, counted(stated), of(stated))
        room = room_of(found, unstated_in(stated))
        share = percent(counted(truth), of(truth))
        if room is None:
            assert share == found.percent
        elif share is not None:
            assert room.low <= share <= room.high
            assert room.low <= (found.percent or Fraction(0)) <= room.high


def _completed(told, truth):
    """Fill in what was not stated with what is so."""
    if told is DigitalSkill.UNSTATED:
        return truth
    if told is DigitalSkill.SKILLED:
        return DigitalSkill.FLUENT if truth is DigitalSkill.FLUENT else DigitalSkill.NOT_FLUENT
    return told


def test_people_are_added_up_over_some_kinds_of_agencies():
    by_kind = {
        TenantKind.COMMUNE: Unstated(skills=3, fluency=1),
        TenantKind.DEPARTMENT: Unstated(skills=5, fluency=2),
        TenantKind.ASSOCIATION: Unstated(skills=7),
    }
    found = total_unstated(by_kind, {TenantKind.DEPARTMENT, TenantKind.ASSOCIATION})
    assert found == Unstated(skills=12, fluency=2)


@pytest.mark.parametrize("found", DigitalSkill)
def test_both_answers_are_one(found):
    assert digital_skill(has_skills=found.has_skills, is_fluent=found.is_fluent) is found
