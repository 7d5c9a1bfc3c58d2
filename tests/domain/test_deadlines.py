"""When a deadline ends, in Việt Nam."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines import VIETNAM, conflicts, ends_at, last_day, start_of, term_of
from app.domain.refusals import RefusedError, Rule
from app.domain.settings import HeldDeadline, deadlines_in_effect, require_tighter
from app.persistence.queries.calendar import working_days
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


def by(day, **more):
    return deadline(day.month, day.day, rule=DeadlineRule.BY, **more)


OFFICES = working_days()
days = st.dates(date(2024, 1, 2), date(2030, 12, 30))


def test_before_the_fifth_of_december_ends_at_midnight_after_the_fourth():
    assert ends_at(deadline(12, 5), 2026, OFFICES) == datetime(2026, 12, 4, 17, tzinfo=UTC)
    assert last_day(deadline(12, 5), 2026, OFFICES) == date(2026, 12, 4)


@given(days)
def test_before_a_day_is_by_the_day_that_precedes_it(day):
    eve = day - timedelta(days=1)
    before = deadline(day.month, day.day)
    by_eve = deadline(eve.month, eve.day, rule=DeadlineRule.BY)
    assert ends_at(before, day.year, OFFICES) == ends_at(by_eve, eve.year, OFFICES)


@given(days)
def test_the_last_minute_is_in_time_and_the_instant_itself_is_late(day):
    end = ends_at(deadline(day.month, day.day), day.year, OFFICES)
    assert (end - timedelta(minutes=1)).astimezone(VIETNAM).date() < day
    assert end.astimezone(VIETNAM).date() == day


@pytest.mark.parametrize(
    ("worded", "met_until"),
    [
        (date(2026, 12, 6), date(2026, 12, 7)),  # a Sunday
        (date(2026, 12, 4), date(2026, 12, 4)),
        (date(2025, 1, 26), date(2025, 2, 3)),  # Tết Ất Tỵ, two weekends and the week between
        (date(2026, 2, 15), date(2026, 2, 23)),  # Tết Bính Ngọ
        (date(2027, 2, 4), date(2027, 2, 11)),  # Tết Đinh Mùi
        (date(2024, 4, 27), date(2024, 5, 2)),  # 30/4 and 1/5, with Monday exchanged
        (date(2025, 4, 30), date(2025, 5, 5)),
        (date(2026, 4, 30), date(2026, 5, 4)),
        (date(2027, 4, 30), date(2027, 5, 4)),
        (date(2024, 8, 31), date(2024, 9, 4)),  # 2/9
        (date(2025, 8, 30), date(2025, 9, 3)),
        (date(2026, 8, 31), date(2026, 9, 3)),
        (date(2027, 9, 2), date(2027, 9, 6)),
        (date(2026, 8, 22), date(2026, 8, 22)),  # a Saturday worked for 31/8
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 4)),
    ],
)
def test_a_deadline_that_rolls_moves_off_weekends_and_public_holidays(worded, met_until):
    term = term_of(by(worded, rolls=True), worded.year, OFFICES)
    assert (term.worded, term.last_day) == (worded, met_until)
    assert term.has_moved is (worded != met_until)
    assert term.is_known
    assert term.ends_at == start_of(met_until + timedelta(days=1))
    assert term_of(by(worded), worded.year, OFFICES).last_day == worded


def test_a_deadline_before_a_day_rolls_off_the_day_that_precedes_it():
    rolling = deadline(9, 3, rolls=True)  # "before the 3rd" ends with the 2nd, a public holiday
    assert last_day(rolling, 2026, OFFICES) == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("worded", "is_assumed"),
    [
        (date(2026, 9, 2), False),
        (date(2026, 8, 31), True),  # exchanged: no notice was seen
        (date(2026, 8, 22), True),  # worked instead of it
        (date(2026, 12, 6), False),
        (date(2027, 2, 4), True),
    ],
)
def test_what_rests_on_a_day_that_no_notice_was_seen_for_says_so(worded, is_assumed):
    assert term_of(by(worded, rolls=True), worded.year, OFFICES).is_assumed is is_assumed
    assert not term_of(by(worded), worded.year, OFFICES).is_assumed


def test_of_a_year_without_a_calendar_weekends_alone_are_left_and_that_is_said():
    feast, weekend = date(2031, 9, 2), date(2031, 8, 31)  # a Tuesday, a Sunday
    assert not term_of(by(feast, rolls=True), 2031, OFFICES).is_known
    assert last_day(by(feast, rolls=True), 2031, OFFICES) == feast
    assert last_day(by(weekend, rolls=True), 2031, OFFICES) == date(2031, 9, 1)
    assert term_of(by(feast), 2031, OFFICES).is_known


def test_a_deadline_at_the_end_of_the_year_needs_the_calendar_of_the_next():
    found = term_of(by(date(2022, 12, 31), rolls=True), 2022, replace(OFFICES, years={2022}))
    assert (found.last_day, found.is_known) == (date(2023, 1, 2), False)


@given(days, st.booleans())
def test_a_deadline_moves_to_a_working_day_over_days_off_alone(day, is_before):
    rule = DeadlineRule.BEFORE if is_before else DeadlineRule.BY
    term = term_of(deadline(day.month, day.day, rule=rule, rolls=True), day.year, OFFICES)
    assert OFFICES.is_open(term.last_day)
    assert OFFICES.count(term.worded, term.last_day) == 1
    assert term.has_moved is not OFFICES.is_open(term.worded)


def test_a_plan_that_completes_after_its_report_is_due_is_found():
    completion = deadline(12, 28, kind=DeadlineKind.COMPLETION)
    report = deadline(12, 5, kind=DeadlineKind.REPORT)
    (conflict,) = conflicts([report, completion], 2026, OFFICES)
    assert conflict.step is completion
    assert conflict.needed_last_day == date(2026, 12, 4)


def test_the_earliest_deadline_of_the_line_binds():
    own, above = held(deadline(12, 1), depth=0), held(deadline(12, 5), depth=1)
    assert deadlines_in_effect([above, own], 2026, OFFICES) == (own,)


def test_a_parent_that_tightens_later_binds_at_once():
    own, above = held(deadline(12, 1), depth=0), held(deadline(11, 20), depth=1)
    assert deadlines_in_effect([own, above], 2026, OFFICES) == (above,)


def test_a_later_date_than_the_parents_is_refused_with_both_dates():
    with pytest.raises(RefusedError) as refusal:
        require_tighter(deadline(12, 28), held(deadline(12, 5), depth=1), 2026, OFFICES)
    assert refusal.value.rule is Rule.DEADLINE_LATER_THAN_PARENT
    assert refusal.value.facts["inherited"] == date(2026, 12, 4)


@given(days, days)
def test_only_an_earlier_date_may_be_set(wanted, inherited):
    one = deadline(wanted.month, wanted.day)
    two = held(deadline(inherited.month, inherited.day), depth=1)
    is_later = ends_at(one, 2026, OFFICES) > ends_at(two.deadline, 2026, OFFICES)
    try:
        require_tighter(one, two, 2026, OFFICES)
    except RefusedError:
        assert is_later
    else:
        assert not is_later
