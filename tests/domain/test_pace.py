"""A pace is counted in working days, and leads to a range that holds eight times of ten."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pace import DAYS_SEEN, Outlook, Pace, forecast
from app.domain.working_days import WorkingDays
from tenants.schema import Denominator, TargetName
from tests.builders.paces import LAST_DAY, MONDAY, WEEKENDS, aim, steady, weekdays_before


FRIDAY = MONDAY + timedelta(days=4)


def recognised(part, whole=1000, percent=60, **more):
    name, of = TargetName.RECOGNISED_ADULTS, Denominator.ELIGIBLE
    return aim(name, of, part, whole, percent=percent, **more)


def ahead(part, by_day, today=MONDAY, last_day=LAST_DAY, calendar=WEEKENDS, **more):
    found = recognised(part, **more)
    return forecast(found, by_day, today=today, last_day=last_day, calendar=calendar)


def test_it_says_the_share_its_range_and_what_is_needed_a_day():
    found = ahead(500, steady(10))
    assert found.days_left == 10
    assert (found.expected, found.needed_a_day) == (600, 10)
    assert found.low < found.expected < found.high
    assert found.expected_percent == 60
    assert found.outlook is Outlook.UNSURE


def test_the_range_is_the_formula_that_its_module_states():
    # n = 20, m = 10, the mean 10 and, by Poisson, the variance 10: 1.328 * sqrt(10 * 10 * 1.5).
    found = ahead(500, steady(10))
    assert (found.low, found.high) == (583, 617)


@pytest.mark.parametrize(
    ("part", "people", "outlook"),
    [
        (500, 30, Outlook.AHEAD),
        (500, 10, Outlook.UNSURE),
        (500, 2, Outlook.BEHIND),
        (600, 2, Outlook.REACHED),
        (900, 0, Outlook.REACHED),
        (0, 0, Outlook.NOT_BEGUN),
        (500, 0, Outlook.STANDSTILL),
    ],
)
def test_what_a_pace_says_of_a_target(part, people, outlook):
    assert ahead(part, steady(people) if people else {}).outlook is outlook


def test_nobody_to_take_a_share_of_is_no_target_reached():
    found = ahead(0, {}, whole=0)
    assert found.outlook is Outlook.NOBODY
    assert found.expected_percent is None
    assert found.needed_a_day is None


def test_after_the_last_day_nothing_is_foretold():
    found = ahead(500, steady(10), today=LAST_DAY + timedelta(days=1))
    assert (found.outlook, found.days_left, found.needed_a_day) == (Outlook.CLOSED, 0, None)
    assert found.expected == 500


def test_the_last_day_itself_is_still_to_be_used():
    found = ahead(500, steady(10, before=LAST_DAY), today=LAST_DAY)
    assert (found.days_left, found.needed_a_day) == (1, 100)


def test_a_weekend_before_a_last_day_on_a_sunday_is_no_working_day():
    saturday = FRIDAY + timedelta(days=1)
    found = ahead(500, steady(10), today=saturday, last_day=saturday + timedelta(days=1))
    assert (found.outlook, found.needed_a_day) == (Outlook.NO_DAY_LEFT, None)


def test_the_pace_is_the_same_on_a_friday_and_on_the_monday_after():
    by_day = steady(10, days=60, before=MONDAY)
    friday = ahead(500, by_day, today=FRIDAY - timedelta(days=7))
    assert friday.pace.a_day == ahead(500, by_day).pace.a_day == 10


def test_a_weekend_counts_with_the_friday_before():
    sunday = MONDAY - timedelta(days=1)
    assert ahead(500, steady(10) | {sunday: 20}).pace.counts[-1] == 30


def test_a_public_holiday_is_no_day_left_and_a_saturday_in_exchange_is_one():
    tuesday, saturday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=5)
    off = WorkingDays(off=frozenset({tuesday}))
    exchanged = WorkingDays(off=frozenset({tuesday}), worked=frozenset({saturday}))
    asked = [ahead(500, steady(10), calendar=one) for one in (WEEKENDS, off, exchanged)]
    assert [one.days_left for one in asked] == [10, 9, 10]
    assert [one.needed_a_day for one in asked] == [10, 12, 10]


def test_what_is_done_on_a_public_holiday_counts_with_the_working_day_before():
    friday = MONDAY - timedelta(days=3)
    calendar = WorkingDays(off=frozenset({friday}))
    found = ahead(500, steady(10), calendar=calendar)
    assert (found.pace.counts[-1], found.pace.days) == (20, DAYS_SEEN)


def test_today_is_not_over_and_says_nothing_of_the_pace():
    quiet, busy = ahead(500, steady(10)), ahead(540, steady(10) | {MONDAY: 40})
    assert quiet.pace == busy.pace
    # Yesterday evening both stood at 500; what today has brought is sure.
    assert (quiet.expected, busy.expected) == (600, 600)
    assert busy.low >= 540
    assert busy.needed_a_day == quiet.needed_a_day == 10


def test_a_pace_begins_with_the_first_person_of_all():
    found = ahead(60, steady(10, days=6))
    assert (found.pace.days, found.pace.a_day) == (6, 10)


def test_a_quiet_month_after_others_is_no_beginning():
    found = ahead(500, steady(10, days=6))
    assert (found.pace.days, found.pace.a_day) == (DAYS_SEEN, 3)


def test_fewer_than_five_days_say_nothing_and_ask_for_what_is_needed():
    found = ahead(40, steady(10, days=4))
    assert found.outlook is Outlook.TOO_EARLY
    assert found.needed_a_day == 56


def test_more_than_a_share_takes_one_person_more():
    at_least = ahead(500, steady(10), last_day=MONDAY)
    more_than = ahead(500, steady(10), last_day=MONDAY, is_strict=True)
    assert (at_least.needed_a_day, more_than.needed_a_day) == (100, 101)


def test_lists_of_fifty_make_a_wider_range_than_people_one_by_one():
    days = weekdays_before(MONDAY, DAYS_SEEN)
    in_lists = {day: 50 for place, day in enumerate(days) if place % 5 == 0}
    one_by_one, listed = ahead(500, steady(10)), ahead(500, in_lists)
    assert one_by_one.expected == listed.expected
    assert listed.high - listed.low > 2 * (one_by_one.high - one_by_one.low)


COUNTS = st.dictionaries(
    st.integers(0, 60).map(lambda back: MONDAY - timedelta(days=back)), st.integers(0, 80)
)


@given(COUNTS, st.integers(0, 2000), st.integers(0, 2000), st.integers(-5, 40), st.booleans())
def test_a_forecast_lies_between_what_is_there_and_everybody(by_day, part, more, left, is_strict):
    whole = part + more
    found = ahead(
        part, by_day, last_day=MONDAY + timedelta(days=left), whole=whole, is_strict=is_strict
    )
    assert part <= found.low <= found.expected <= found.high <= whole


@given(COUNTS, st.integers(0, 900), st.integers(0, 40))
def test_what_is_needed_a_day_reaches_the_target_and_one_fewer_does_not(by_day, part, left):
    found = ahead(part, by_day, last_day=MONDAY + timedelta(days=left))
    before = max(0, part - by_day.get(MONDAY, 0))
    if found.needed_a_day is not None:
        assert before + found.needed_a_day * found.days_left >= 600
        assert before + (found.needed_a_day - 1) * found.days_left < 600


@given(COUNTS, st.integers(0, 2000), st.integers(0, 2000))
def test_an_outlook_says_what_the_range_says(by_day, part, more):
    found = ahead(part, by_day, whole=part + more)
    needed = recognised(part, whole=part + more).needed
    assert (found.outlook is Outlook.AHEAD) <= (found.low >= needed)
    assert (found.outlook is Outlook.BEHIND) <= (found.high < needed)
    assert (found.outlook is Outlook.REACHED) == (part + more > 0 and part >= needed)


def one_by_one(chance):
    """Draw a day on which many people come, each by themselves."""
    return sum(chance.random() < 0.1 for _ in range(100))


def by_lists(chance):
    """Draw a day on which, one time in three, a list of some size is decided."""
    return chance.randint(20, 60) if chance.random() < 1 / 3 else 0


@pytest.mark.parametrize("draw", [one_by_one, by_lists])
@pytest.mark.parametrize("days", [5, DAYS_SEEN])
@pytest.mark.parametrize("left", [1, 10, 30])
def test_what_comes_lies_in_the_range_about_eight_times_of_ten(draw, days, left):
    chance = Random(20260101)  # noqa: S311  (drawn again the same each time)
    tries, held = 500, 0
    for _ in range(tries):
        pace = Pace(counts=[draw(chance) for _ in range(days)])
        coming, half = pace.coming(left)
        held += abs(sum(draw(chance) for _ in range(left)) - float(coming)) <= half
    assert 0.68 <= held / tries <= 0.92
