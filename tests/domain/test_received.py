"""Received means one thing: of reports that are submitted, and of answers at short notice."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.adhoc import Line, LineState
from app.domain.deadlines import VIETNAM
from app.domain.report_standings import AWAITED, report_standing
from app.domain.reports import (
    RECEIVED,
    Counting,
    Expectation,
    ReportState,
    ReportTimeliness,
)
from app.domain.timeliness import Timeliness


DUE = datetime(2026, 12, 5, tzinfo=VIETNAM)
EXPECTED = Expectation(due_at=DUE, closes_at=DUE + timedelta(days=27))
MOMENTS = st.integers(-2000, 2000).map(lambda hours: DUE + timedelta(hours=hours))
RETURNED = (ReportState.RETURNED, LineState.RETURNED)
THERE = (ReportState.SUBMITTED, LineState.ANSWERED)
SAME = {
    ReportTimeliness.AWAITED: Timeliness.AWAITED,
    ReportTimeliness.OVERDUE: Timeliness.OVERDUE,
    ReportTimeliness.ON_TIME: Timeliness.ON_TIME,
    ReportTimeliness.LATE: Timeliness.LATE,
}


def of_report(state, first_at, now, counts=Counting.NONE):
    return report_standing(EXPECTED, state, first_at, now, counts=counts)


@pytest.mark.parametrize("states", [RETURNED, THERE])
@given(first_at=MOMENTS, now=MOMENTS)
def test_a_report_and_an_answer_that_stand_alike_are_told_alike(states, first_at, now):
    of_a_report, of_an_answer = states
    report = of_report(of_a_report, first_at, now)
    line = Line(
        state=of_an_answer, due_on=EXPECTED.last_day, answers=(), answered_first_at=first_at
    ).standing(now)
    assert SAME[report.timeliness] is line.timeliness
    assert report.received_on == line.done_on
    assert (report.timeliness in RECEIVED) is (states is THERE)


@given(first_at=MOMENTS, now=MOMENTS)
def test_what_was_given_back_is_waited_for_whenever_it_first_came(first_at, now):
    for state in (ReportState.RETURNED, ReportState.COMPILED):
        found = of_report(state, first_at, now)
        assert found.timeliness in AWAITED
        assert found.received_on is None


@given(first_at=MOMENTS, now=MOMENTS, counts=st.sampled_from([Counting.LAST, Counting.EARLIER]))
def test_what_counts_above_has_been_received_while_a_correction_is_drawn_up(first_at, now, counts):
    for state in (ReportState.COMPILED, ReportState.RETURNED, ReportState.ACCEPTED):
        assert of_report(state, first_at, now, counts).timeliness in RECEIVED
