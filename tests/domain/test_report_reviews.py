"""A review holds for three working days after it began, and a closing is undone for thirty days."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines import VIETNAM
from app.domain.refusals import RefusedError, Rule
from app.domain.report_reviews import (
    WORKING_DAYS,
    is_review_over,
    require_unclosable,
    review_ends_on,
)
from app.persistence.queries.calendar import working_days


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 1))
HOURS = st.times(max_value=time(23, 59))


def at(day, hour=time(9)):
    return datetime.combine(day, hour, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        (date(2026, 11, 9), date(2026, 11, 12)),  # a Monday
        (date(2026, 11, 13), date(2026, 11, 18)),  # over a weekend
        (date(2026, 11, 20), date(2026, 11, 26)),  # over a weekend and 24/11, a holiday
        (date(2026, 11, 22), date(2026, 11, 26)),  # begun on a Sunday
        (date(2026, 2, 13), date(2026, 2, 25)),  # over Tết
    ],
)
def test_a_review_ends_after_three_days_on_which_offices_are_open(began, ends):
    assert review_ends_on(at(began), working_days()) == ends


@given(DAYS, HOURS)
def test_a_review_lasts_three_whole_working_days_and_never_less_than_72_hours(day, hour):
    calendar, began = working_days(), at(day, hour)
    ends = review_ends_on(began, calendar)
    assert calendar.count(day + timedelta(days=1), ends) == WORKING_DAYS
    assert calendar.is_open(ends)
    assert not is_review_over(began, at(ends, time(23, 59)), calendar)
    over = at(ends + timedelta(days=1), time.min)
    assert is_review_over(began, over, calendar)
    # The database, which knows no holidays, holds to this much.
    assert over - began >= timedelta(days=WORKING_DAYS)


@given(DAYS, HOURS, st.integers(0, 60))
def test_a_closing_is_undone_within_thirty_days_and_not_afterwards(day, hour, later):
    today = day + timedelta(days=later)
    if later <= 30:
        require_unclosable(at(day, hour), today)
    else:
        with pytest.raises(RefusedError) as refused:
            require_unclosable(at(day, hour), today)
        assert refused.value.rule is Rule.REPORT_CLOSED_FOR_GOOD
