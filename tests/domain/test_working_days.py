"""Offices are open on weekdays that are no public holidays, and on some Saturdays instead."""

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.working_days import WorkingDays
from app.persistence.queries.calendar import working_days


DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 1, 29),  # mùng một Tết Ất Tỵ
        date(2026, 2, 17),  # mùng một Tết Bính Ngọ
        date(2026, 4, 27),  # Giỗ Tổ, nghỉ bù
        date(2026, 9, 2),
        date(2026, 11, 24),
        date(2027, 2, 8),  # mùng ba Tết Đinh Mùi
    ],
)
def test_the_calendar_that_ships_knows_public_holidays(day):
    assert not working_days().is_open(day)


def test_the_calendar_that_ships_knows_days_in_exchange_and_marks_what_nobody_saw():
    found = working_days()
    assert found.is_open(date(2026, 8, 22))
    assert not found.is_open(date(2026, 8, 31))
    assert date(2026, 2, 17) not in found.assumed
    assert date(2026, 11, 24) in found.assumed
    assert all(day in found.assumed for day in found.off if day.year == 2027)


def test_of_a_year_without_an_entry_weekends_alone_are_known():
    found = working_days()
    assert not found.knows(date(2027, 12, 1), date(2028, 1, 31))
    assert found.knows(date(2026, 12, 1), date(2027, 1, 31))
    assert found.is_open(date(2030, 9, 2))
    assert not found.is_open(date(2030, 9, 1))  # a Sunday


@given(DAYS, st.integers(0, 60))
def test_counting_is_looking_at_each_day(first, span):
    found, last = working_days(), first + timedelta(days=span)
    days = [first + timedelta(days=number) for number in range(span + 1)]
    assert found.count(first, last) == sum(found.is_open(one) for one in days)
    usual = WorkingDays()
    assert found.exceptions(first, last) == tuple(
        one for one in days if found.is_open(one) is not usual.is_open(one)
    )


@given(DAYS)
def test_days_off_are_reckoned_with_a_working_day_before_and_no_later_one(day):
    found = working_days()
    worked = found.reckoned_with(day)
    assert worked <= day
    assert found.is_open(worked)
    assert not any(found.is_open(one) for one in _between(worked, day))
    assert all(map(found.is_open, islice(found.before(day), 20)))


def _between(first, last):
    return [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
