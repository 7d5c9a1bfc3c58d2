"""When a deadline ends, in Việt Nam."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines import VIETNAM, conflicts, ends_at, last_day
from app.domain.refusals import RefusedError, Rule
from app.domain.settings import HeldDeadline, deadlines_in_effect, require_tighter
from tenants.schema import Deadline, DeadlineKind, DeadlineRule


def deadline(month, day, *, rule=DeadlineRule.BEFORE, kind=DeadlineKind.REPORT, rolls=False):
    return Deadline(
        kind=kind,
        month=month,
        day=day,
        rule=rule,
        wording="",
        rolls_off_non_working_days=rolls,
    )


def held(one, *, depth):
    return HeldDeadline(
        deadline=one, depth=depth, agency=f"level {depth}", since=datetime(2026, 1, 1, tzinfo=UTC)
    )


days = st.dates(date(2024, 1, 2), date(2030, 12, 30))


def test_before_the_fifth_of_december_ends_at_midnight_after_the_fourth():
    assert ends_at(deadline(12, 5), 2026) == datetime(2026, 12, 4, 17, tzinfo=UTC)
    assert last_day(deadline(12, 5), 2026) == date(2026, 12, 4)


@given(days)
def test_before_a_day_is_by_the_day_that_precedes_it(day):
    eve = day - timedelta(days=1)
    before = deadline(day.month, day.day)
    by_eve = deadline(eve.month, eve.day, rule=DeadlineRule.BY)
    assert ends_at(before, day.year) == ends_at(by_eve, eve.year)


@given(days)
def test_the_last_minute_is_in_time_and_the_instant_itself_is_late(day):
    end = ends_at(deadline(day.month, day.day), day.year)
    assert (end - timedelta(minutes=1)).astimezone(VIETNAM).date() < day
    assert end.astimezone(VIETNAM).date() == day


@pytest.mark.parametrize(
    ("named", "holidays", "met_until"),
    [
        (date(2026, 12, 6), (), date(2026, 12, 7)),
        (date(2026, 12, 4), (), date(2026, 12, 4)),
        (date(2026, 9, 2), (date(2026, 9, 1), date(2026, 9, 2)), date(2026, 9, 3)),
    ],
)
def test_a_deadline_that_rolls_moves_to_the_next_working_day(named, holidays, met_until):
    rolling = deadline(named.month, named.day, rule=DeadlineRule.BY, rolls=True)
    assert last_day(rolling, named.year, holidays) == met_until


def test_a_plan_that_completes_after_its_report_is_due_is_found():
    completion = deadline(12, 28, kind=DeadlineKind.COMPLETION)
    report = deadline(12, 5, kind=DeadlineKind.REPORT)
    (conflict,) = conflicts([report, completion], 2026)
    assert conflict.step is completion
    assert conflict.needed_last_day == date(2026, 12, 4)


def test_the_earliest_deadline_of_the_line_binds():
    own, above = held(deadline(12, 1), depth=0), held(deadline(12, 5), depth=1)
    assert deadlines_in_effect([above, own], 2026) == (own,)


def test_a_parent_that_tightens_later_binds_at_once():
    own, above = held(deadline(12, 1), depth=0), held(deadline(11, 20), depth=1)
    assert deadlines_in_effect([own, above], 2026) == (above,)


def test_a_later_date_than_the_parents_is_refused_with_both_dates():
    with pytest.raises(RefusedError) as refusal:
        require_tighter(deadline(12, 28), held(deadline(12, 5), depth=1), 2026)
    assert refusal.value.rule is Rule.DEADLINE_LATER_THAN_PARENT
    assert refusal.value.facts["inherited"] == date(2026, 12, 4)


@given(days, days)
def test_only_an_earlier_date_may_be_set(wanted, inherited):
    one = deadline(wanted.month, wanted.day)
    two = held(deadline(inherited.month, inherited.day), depth=1)
    is_later = ends_at(one, 2026) > ends_at(two.deadline, 2026)
    try:
        require_tighter(one, two, 2026)
    except RefusedError:
        assert is_later
    else:
        assert not is_later
