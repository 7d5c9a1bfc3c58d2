"""What may become of the place of an agency on a list that is frozen."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.expected_reports import (
    ListChange,
    Place,
    open_changes,
    require_closing,
    require_closing_move,
    require_list_change,
    require_wanted,
    suggested_closing,
)
from app.domain.refusals import RefusedError, Rule
from app.domain.reports import ReportEvent, ReportState


PLACES = st.builds(
    Place,
    is_frozen=st.booleans(),
    is_listed=st.booleans(),
    is_suspended=st.booleans(),
    state=st.sampled_from(ReportState),
    has_accepted=st.booleans(),
)


@given(place=PLACES, change=st.sampled_from(ListChange))
def test_what_is_offered_is_what_is_done_and_never_without_a_reason(place, change):
    if change in open_changes(place):
        assert require_list_change(change, place, " vì  sao ") == "vì sao"
        with pytest.raises(RefusedError) as refused:
            require_list_change(change, place, "  ")
        assert refused.value.rule is Rule.REASON_NEEDED
    else:
        with pytest.raises(RefusedError):
            require_list_change(change, place, "vì sao")


@given(place=PLACES)
def test_there_is_at_most_one_way_and_none_before_the_list_is_frozen(place):
    assert len(open_changes(place)) <= int(place.is_frozen)


@given(place=PLACES)
def test_whoever_counts_above_stays_on_the_list(place):
    if place.has_accepted:
        assert ListChange.REMOVED not in open_changes(place)


@given(place=PLACES)
def test_nobody_leaves_the_list_with_a_report_begun(place):
    if place.state not in {ReportState.OPEN, ReportState.WAIVED}:
        assert ListChange.REMOVED not in open_changes(place)


@pytest.mark.parametrize("event", ReportEvent)
def test_what_nobody_waits_for_is_neither_begun_nor_handed_in_nor_waived(event):
    require_wanted(event, is_wanted=True, year=2026, above="Hội")
    if event in {"compile", "submit", "waive", "unwaive"}:
        with pytest.raises(RefusedError) as refused:
            require_wanted(event, is_wanted=False, year=2026, above="Hội")
        assert refused.value.rule is Rule.REPORT_NOT_WANTED
    else:
        require_wanted(event, is_wanted=False, year=2026, above="Hội")


TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2026, 11, 1), date(2027, 2, 1))


@given(due=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)), today=DAYS)
def test_the_closing_day_that_is_offered_is_taken(due, today):
    require_closing(suggested_closing(2026, due, today), 2026, due, today)


@pytest.mark.parametrize(
    ("closes_on", "rule"),
    [
        (date(1, 1, 1), Rule.DAY_TOO_FAR),
        (date(9999, 12, 31), Rule.DAY_TOO_FAR),
        (date(2028, 1, 1), Rule.DAY_TOO_FAR),
        (date(2026, 11, 21), Rule.CLOSING_IN_THE_PAST),
        (date(2026, 12, 3), Rule.CLOSING_BEFORE_DUE),
    ],
)
def test_reports_are_closed_ahead_near_their_year_and_after_all_are_due(closes_on, rule):
    with pytest.raises(RefusedError) as refused:
        require_closing(closes_on, 2026, date(2026, 12, 4), TODAY)
    assert refused.value.rule is rule


@given(closes_on=DAYS, closing=DAYS, today=DAYS)
def test_a_closing_is_moved_ahead_and_later_alone(closes_on, closing, today):
    if closes_on >= today and closes_on > closing:
        require_closing_move(closes_on, closing, 2026, today)
    else:
        with pytest.raises(RefusedError):
            require_closing_move(closes_on, closing, 2026, today)


def test_no_closing_is_moved_beyond_the_year_that_follows():
    with pytest.raises(RefusedError) as refused:
        require_closing_move(date(2028, 1, 1), date(2026, 12, 31), 2026, TODAY)
    assert refused.value.rule is Rule.DAY_TOO_FAR
