"""More time is given and asked for ahead, and while a report is owed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines import start_of
from app.domain.extensions import (
    RequestState,
    require_extension,
    require_request,
    require_waiting,
)
from app.domain.refusals import RefusedError, Rule
from app.domain.reports import UNSENT, Expectation, Extension, ReportState


TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2026, 11, 1), date(2027, 2, 1))
EXPECTED = Expectation(due_at=start_of(date(2026, 12, 5)), closes_at=start_of(date(2027, 1, 1)))


@given(until=DAYS, today=DAYS, state=st.sampled_from(ReportState))
def test_time_is_given_ahead_beyond_the_due_date_and_while_a_report_is_owed(until, today, state):
    def give():
        require_extension(until, EXPECTED, state, today)

    if state in UNSENT and until >= today and until > date(2026, 12, 4):
        give()
    else:
        with pytest.raises(RefusedError):
            give()


def test_no_time_is_given_for_ever():
    for far in (date(9999, 12, 31), TODAY + timedelta(days=800)):
        with pytest.raises(RefusedError) as refused:
            require_extension(far, EXPECTED, ReportState.OPEN, TODAY)
        assert refused.value.rule is Rule.DAY_TOO_FAR


def extended(until):
    given_at = start_of(date(2026, 11, 1))
    more = Extension(ends_at=start_of(until + timedelta(days=1)), approved_at=given_at)
    return Expectation(due_at=EXPECTED.due_at, closes_at=EXPECTED.closes_at, extensions=[more])


@given(
    until=DAYS,
    given_until=st.dates(date(2026, 12, 5), date(2027, 1, 15)),
    today=DAYS,
    state=st.sampled_from(ReportState),
    is_waiting=st.booleans(),
)
def test_what_is_asked_for_could_be_given_and_brings_something(
    until, given_until, today, state, is_waiting
):
    expected = extended(given_until)

    def ask():
        require_request(until, expected, state, today, is_waiting=is_waiting)

    if state in UNSENT and not is_waiting and until >= today and until > given_until:
        ask()
        require_extension(until, expected, state, today)
    else:
        with pytest.raises(RefusedError):
            ask()


@pytest.mark.parametrize(
    ("expected", "state", "is_waiting", "rule"),
    [
        (None, ReportState.OPEN, False, Rule.EXTENSION_OF_NOTHING),
        (EXPECTED, ReportState.SUBMITTED, False, Rule.EXTENSION_NOT_OWED),
        (EXPECTED, ReportState.WAIVED, False, Rule.EXTENSION_NOT_OWED),
        (EXPECTED, ReportState.CLOSED, False, Rule.EXTENSION_NOT_OWED),
        (EXPECTED, ReportState.OPEN, True, Rule.EXTENSION_ASKED_ALREADY),
        (extended(date(2027, 1, 10)), ReportState.OPEN, False, Rule.EXTENSION_GIVEN_ALREADY),
    ],
)
def test_each_reason_to_ask_for_nothing_has_its_rule(expected, state, is_waiting, rule):
    with pytest.raises(RefusedError) as refused:
        require_request(date(2027, 1, 10), expected, state, TODAY, is_waiting=is_waiting)
    assert refused.value.rule is rule


@pytest.mark.parametrize("state", RequestState)
def test_a_request_is_settled_once(state):
    if state is RequestState.ASKED:
        require_waiting(state)
    else:
        with pytest.raises(RefusedError) as refused:
            require_waiting(state)
        assert refused.value.rule is Rule.EXTENSION_SETTLED
