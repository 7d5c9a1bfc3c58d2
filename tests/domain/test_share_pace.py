"""A share whose whole grows is foretold from both, with a range that holds eight times of ten."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pace import DAYS_SEEN, Outlook
from app.domain.share_pace import forecast_share
from tenants.schema import Denominator, TargetName
from tests.builders.paces import (
    LAST_DAY,
    MONDAY,
    WEEKENDS,
    aim,
    steady,
    weekdays_before,
    weekdays_from,
)


def skilled(part, whole, percent=70):
    name, of = TargetName.DIGITAL_SKILLS, Denominator.RECOGNISED
    return aim(name, of, part, whole, percent=percent)


def ahead(part, whole, *days, today=MONDAY, last_day=LAST_DAY, **more):
    return forecast_share(
        skilled(part, whole, **more),
        days,
        today=today,
        last_day=last_day,
        calendar=WEEKENDS,
    )


def test_part_and_whole_both_grow():
    found = ahead(200, 400, steady(8), steady(10))
    assert (found.whole, found.expected) == (500, 280)
    assert found.low < found.expected < found.high
    assert found.expected_percent == 56
    assert found.outlook is Outlook.BEHIND


def test_the_range_is_the_formula_that_its_module_states():
    # n = 20, m = 10, ten a day; by chance 10 * 0.56 * 0.44 = 2.464; 1.328 * sqrt(2.464 * 10 * 1.5)
    found = ahead(200, 400, steady(8), steady(10))
    assert (found.low, found.high) == (271, 289)


@pytest.mark.parametrize(
    ("part", "parts", "outlook"),
    [
        (270, 10, Outlook.AHEAD),
        (260, 9, Outlook.UNSURE),
        (200, 2, Outlook.BEHIND),
        (300, 2, Outlook.REACHED),
        (0, 0, Outlook.NOT_BEGUN),
    ],
)
def test_what_a_pace_says_of_a_share(part, parts, outlook):
    assert ahead(part, 400, steady(parts) if parts else {}, steady(10)).outlook is outlook


def test_nobody_recognised_is_no_share_reached():
    assert ahead(0, 0, {}, {}).outlook is Outlook.NOBODY


def test_where_nobody_new_comes_nothing_is_foretold():
    assert ahead(200, 400, {}, {}).outlook is Outlook.STANDSTILL
    assert ahead(200, 400, {}, {}).expected_percent == 50


def test_after_the_last_day_nothing_is_foretold():
    found = ahead(200, 400, steady(8), steady(10), today=LAST_DAY + timedelta(days=1))
    assert (found.outlook, found.needed_a_day) == (Outlook.CLOSED, None)


def test_what_is_needed_a_day_is_told_unless_more_would_have_to_count_than_come():
    assert ahead(260, 400, steady(8), steady(10)).needed_a_day == 9
    assert ahead(100, 400, steady(8), steady(10)).needed_a_day is None


PAIRS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=DAYS_SEEN, max_size=DAYS_SEEN
)


@given(PAIRS, st.integers(0, 500), st.integers(0, 500), st.integers(1, 30))
def test_a_forecast_lies_between_nobody_and_everybody(pairs, part, more, left):
    days = weekdays_before(MONDAY, DAYS_SEEN)
    parts = {day: min(pair) for day, pair in zip(days, pairs, strict=True)}
    wholes = {day: max(pair) for day, pair in zip(days, pairs, strict=True)}
    counted, whole = part + sum(parts.values()), part + more + sum(wholes.values())
    found = ahead(counted, whole, parts, wholes, last_day=MONDAY + timedelta(days=left))
    assert 0 <= found.low <= found.expected <= found.high <= found.whole
    assert found.whole >= whole


@pytest.mark.parametrize("chance_of_skill", [0.3, 0.7])
@pytest.mark.parametrize("left", [5, 20])
def test_what_comes_lies_in_the_range_about_eight_times_of_ten(chance_of_skill, left):
    chance = Random(20260101)  # noqa: S311  (drawn again the same each time)
    tries, held = 400, 0
    last_day = max(weekdays_from(MONDAY, left))
    for _ in range(tries):
        seen = [_a_day(chance, chance_of_skill) for _ in range(DAYS_SEEN)]
        coming = [_a_day(chance, chance_of_skill) for _ in range(left)]
        days = weekdays_before(MONDAY, DAYS_SEEN)
        parts = {day: one[0] for day, one in zip(days, seen, strict=True)}
        wholes = {day: one[1] for day, one in zip(days, seen, strict=True)}
        part, whole = sum(parts.values()), sum(wholes.values())
        found = ahead(part, whole, parts, wholes, last_day=last_day, percent=99)
        part += sum(one[0] for one in coming)
        whole += sum(one[1] for one in coming)
        share = 100 * part / whole
        held += float(found.low_percent) <= share <= float(found.high_percent)
    assert 0.68 <= held / tries <= 0.92


def _a_day(chance, chance_of_skill):
    """Draw a day on which a list is decided, and in how many of it the skill was found."""
    people = chance.randint(5, 40)
    return sum(chance.random() < chance_of_skill for _ in range(people)), people
