"""A night's slot is run once, late if need be; whole nights that were missed are named."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines import VIETNAM
from app.domain.periodic import HOURS, Due, Periodic, due, newest_slot


WHAT = Periodic.RECONCILE
A_DAY = timedelta(days=1)


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


def test_every_kind_of_work_has_its_hour():
    assert set(HOURS) == set(Periodic)


@pytest.mark.parametrize(
    ("now", "slot"),
    [(at(21, 2), at(21, 2)), (at(21, 1, 59), at(20, 2)), (at(21, 23), at(21, 2))],
)
def test_a_slot_begins_at_its_hour_in_vietnam(now, slot):
    assert newest_slot(WHAT, now) == slot


@pytest.mark.parametrize(
    ("now", "last", "found"),
    [
        (at(21, 9), at(21, 2), Due(None)),
        (at(21, 1), at(20, 2), Due(None)),
        (at(21, 9), at(20, 2), Due(at(21, 2))),
        (at(21, 9), at(18, 2), Due(at(21, 2), (at(19, 2), at(20, 2)))),
        (at(21, 1), at(18, 2), Due(at(20, 2), (at(19, 2),))),
    ],
)
def test_the_newest_slot_is_run_late_and_those_before_it_are_missed(now, last, found):
    assert due(WHAT, now, last) == found


@given(st.sampled_from(Periodic), st.integers(0, 500), st.integers(0, 23))
def test_no_night_is_lost_without_a_word(what, days, hour):
    last = newest_slot(what, at(1, 12))
    now = at(1, hour) + days * A_DAY
    found = due(what, now, last)
    named = [*found.missed, *([found.slot] if found.slot else [])]
    nights = (newest_slot(what, now) - last) // A_DAY
    shown = min(max(nights, 0), 400)
    assert named == [newest_slot(what, now) - back * A_DAY for back in reversed(range(shown))]
