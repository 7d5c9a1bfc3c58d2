"""How often something is tried, and what is told of what waits."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.outbox import (
    MOST_ATTEMPTS,
    LineState,
    Progress,
    Wait,
    pause_after,
    remaining,
    state_after_failure,
    why_waiting,
)


NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@dataclass
class Line:
    state: LineState
    next_at: datetime = NOW
    posted_at: datetime = NOW


def test_each_pause_is_longer_than_the_one_before():
    pauses = [pause_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert pauses == sorted(set(pauses))
    assert pause_after(MOST_ATTEMPTS + 10) == pauses[-1]


def test_the_fifth_failure_is_the_last():
    assert [state_after_failure(attempts) for attempts in range(1, 7)] == [
        *[LineState.WAITING] * 4,
        *[LineState.PARKED] * 2,
    ]


@pytest.mark.parametrize(
    ("line", "is_at_work", "why"),
    [
        (Line(LineState.WAITING), False, Wait.CALL),
        (Line(LineState.WAITING), True, Wait.TURN),
        (Line(LineState.WAITING, next_at=NOW + timedelta(seconds=1)), True, Wait.PAUSE),
        (Line(LineState.SENT), True, Wait.WORKER),
        (Line(LineState.RUNNING), False, None),
        (Line(LineState.DONE), False, None),
        (Line(LineState.PARKED), False, None),
    ],
)
def test_it_is_said_why_a_line_waits(line, is_at_work, why):
    assert why_waiting(line, NOW, is_agency_at_work=is_at_work) is why


def test_the_rest_takes_as_long_as_the_part_that_is_done():
    half = Progress(done=500, total=1000, running_for=timedelta(seconds=40))
    assert remaining(half) == timedelta(seconds=40)


@pytest.mark.parametrize(
    "progress",
    [
        Progress(0, 1000, timedelta(minutes=5)),
        Progress(5, 1000, timedelta(minutes=5)),
        Progress(500, 1000, timedelta(seconds=1)),
        Progress(0, 0, timedelta(minutes=5)),
        Progress(7, 3, timedelta(minutes=5)),
    ],
)
def test_nothing_is_said_while_it_would_be_a_guess(progress):
    assert remaining(progress) is None


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_what_is_said_is_never_less_than_nothing(total, done, seconds):
    found = remaining(Progress(done, total, timedelta(seconds=seconds)))
    assert found is None or found >= timedelta(0)
