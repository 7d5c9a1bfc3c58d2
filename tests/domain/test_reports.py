"""The state table of reports, their dates, and the changes since one was signed."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import RefusedError, Rule
from app.domain.report_contents import (
    Staleness,
    canonical,
    cell_changes,
    changes_between,
    fingerprint,
    newer_below,
    require_intact,
)
from app.domain.reports import (
    MOVES,
    Counting,
    Expectation,
    Extension,
    ReportEvent,
    ReportState,
    ReportTimeliness,
    Side,
    counting,
    open_events,
    require_not_closed,
    require_not_frozen,
    require_report_move,
    require_why,
)


STATES, EVENTS, SIDES, COUNTS = (
    st.sampled_from(list(one)) for one in (ReportState, ReportEvent, Side, Counting)
)
DUE = datetime(2026, 12, 4, 17, tzinfo=UTC)
HOURS = st.integers(-2000, 2000).map(lambda hours: timedelta(hours=hours))


@given(state=STATES, event=EVENTS, side=SIDES, counts=COUNTS)
def test_what_is_offered_is_what_is_done_and_nothing_else(state, event, side, counts):
    if event in open_events(state, side, counts=counts):
        target = require_report_move(state, event, side, counts=counts)
        assert target is MOVES[event].target
    else:
        with pytest.raises(RefusedError):
            require_report_move(state, event, side, counts=counts)


@given(side=SIDES, counts=COUNTS)
def test_nothing_moves_a_closed_report_but_undoing_that_it_was_closed(side, counts):
    undone = (ReportEvent.UNCLOSE,) if side is Side.PARENT else ()
    assert open_events(ReportState.CLOSED, side, counts=counts) == undone


@given(event=EVENTS, counts=COUNTS)
def test_the_agency_moves_nothing_under_the_eyes_of_the_reviewer(event, counts):
    with pytest.raises(RefusedError) as refused:
        require_report_move(ReportState.UNDER_REVIEW, event, Side.AGENCY, counts=counts)
    assert refused.value.rule is Rule.REPORT_UNDER_REVIEW


@dataclass
class Told:
    """A report as it is told by its events: which version was signed, and which counts."""

    state: ReportState = ReportState.OPEN
    version: int = 0
    accepted: list[int] = field(default_factory=list)

    @property
    def counts(self):
        return counting(self.version, self.accepted[-1] if self.accepted else None)

    def tell(self, event, side):
        """Do what may be done, and leave the rest."""
        if event not in open_events(self.state, side, counts=self.counts):
            return
        self.state = MOVES[event].target
        self.version += event is ReportEvent.SUBMIT
        if event is ReportEvent.ACCEPT:
            self.accepted.append(self.version)
        if event is ReportEvent.REOPEN:
            self.accepted.pop()


HISTORIES = st.lists(st.tuples(EVENTS, SIDES), max_size=60)


@given(events=HISTORIES)
def test_whatever_is_tried_a_report_counts_only_after_an_acceptance(events):
    report = Told()
    for event, side in events:
        report.tell(event, side)
        is_standing = report.state in {ReportState.ACCEPTED, ReportState.CLOSED}
        assert not is_standing or report.counts is Counting.LAST
        is_missing = report.state in {ReportState.WAIVED, ReportState.OPEN}
        assert not is_missing or report.counts is Counting.NONE


@pytest.mark.parametrize(
    ("event", "undone", "side"),
    [
        (ReportEvent.CORRECT, ReportEvent.UNCORRECT, Side.AGENCY),
        (ReportEvent.CLOSE, ReportEvent.UNCLOSE, Side.PARENT),
        (ReportEvent.REVIEW, ReportEvent.LAPSE, Side.HOUSE),
    ],
)
@given(events=HISTORIES)
def test_what_is_undone_at_once_leaves_a_report_as_it_was(event, undone, side, events):
    report = Told()
    for one in events:
        report.tell(*one)
    before = deepcopy(report)
    report.tell(event, MOVES[event].side)
    if report != before:
        report.tell(undone, side)
    assert report == before


@given(events=HISTORIES)
def test_a_correction_is_called_off_until_a_further_version_is_signed_and_not_after(events):
    report = Told()
    for event, side in [*_UNTIL_CORRECTED, *events]:
        report.tell(event, side)
        may = ReportEvent.UNCORRECT in open_events(report.state, Side.AGENCY, counts=report.counts)
        assert may is (report.state is ReportState.COMPILED and report.counts is Counting.LAST)


_UNTIL_CORRECTED = [
    (one, MOVES[one].side)
    for one in (
        ReportEvent.COMPILE,
        ReportEvent.SUBMIT,
        ReportEvent.REVIEW,
        ReportEvent.ACCEPT,
        ReportEvent.CORRECT,
    )
]


@pytest.mark.parametrize("event", ReportEvent)
def test_a_reason_is_asked_for_where_one_is_owed(event):
    if MOVES[event].needs_reason:
        with pytest.raises(RefusedError):
            require_why(event, "  ", ["a"])
    assert require_why(event, " vì  sao ", ["a"]) == "vì sao"


@given(received=HOURS, now=HOURS, more=st.none() | HOURS, is_waived=st.booleans())
def test_timeliness_says_one_thing_of_every_report(received, now, more, is_waived):
    given = [] if more is None else [more]
    expected = Expectation(
        due_at=DUE,
        closes_at=DUE + timedelta(days=27),
        extensions=[Extension(ends_at=DUE + abs(one), approved_at=DUE) for one in given],
    )
    found = expected.timeliness(DUE + received, DUE + now, is_waived=is_waived)
    if is_waived:
        assert found is ReportTimeliness.WAIVED
    elif received < timedelta(0):
        assert found is ReportTimeliness.ON_TIME
    else:
        is_granted = more is not None and received < abs(more)
        assert found is (ReportTimeliness.LATE_EXTENDED if is_granted else ReportTimeliness.LATE)


def test_time_that_is_given_after_a_report_came_says_nothing_of_it():
    first = Extension(ends_at=DUE + timedelta(days=3), approved_at=DUE - timedelta(days=1))
    afterwards = Extension(ends_at=DUE + timedelta(days=90), approved_at=DUE + timedelta(days=60))
    expected = Expectation(
        due_at=DUE, closes_at=DUE + timedelta(days=27), extensions=[first, afterwards]
    )
    for days, found in ((2, ReportTimeliness.LATE_EXTENDED), (5, ReportTimeliness.LATE)):
        came = DUE + timedelta(days=days)
        assert expected.timeliness(came, came, is_waived=False) is found
    assert expected.ends_at == afterwards.ends_at


def test_due_and_closed_are_two_dates():
    expected = Expectation(due_at=DUE, closes_at=DUE + timedelta(days=27))
    require_not_closed(expected, DUE + timedelta(days=26))
    with pytest.raises(RefusedError):
        require_not_closed(expected, DUE + timedelta(days=27))
    assert expected.days_left(DUE - timedelta(hours=1)) == 0


def rows(places):
    return [
        {
            "unit_id": "u",
            "unit": "Phòng",
            "group": place,
            "state": "registered",
            "outcome": "",
            "people": people,
            "outstanding": 0,
            "with_digital_skills": 0,
            "digitally_fluent": 0,
        }
        for place, people in places.items()
        if people
    ]


PLACES = st.dictionaries(st.integers(1, 4), st.integers(0, 9))


@given(places=PLACES, source=st.integers(1, 4), target=st.integers(1, 4))
def test_somebody_who_moves_is_one_change(places, source, target):
    then = {**places, source: places.get(source, 0) + 1}
    now = dict(then)
    now[source] -= 1
    now[target] = now.get(target, 0) + 1
    assert changes_between(rows(then), rows(now)) == int(source != target)


@given(then=PLACES, now=PLACES)
def test_no_change_is_told_if_and_only_if_nothing_differs(then, now):
    is_same = rows(then) == rows(now) or not cell_changes(rows(then), rows(now))
    assert (changes_between(rows(then), rows(now)) == 0) is is_same


def test_one_content_has_one_hash_however_it_was_put_together():
    assert fingerprint(canonical({"b": "Sở", "a": [1]})) == fingerprint(
        canonical({"a": [1], "b": "Sở"})
    )


@pytest.mark.parametrize("state", list(ReportState))
@pytest.mark.parametrize("event", list(ReportEvent))
def test_what_a_frozen_report_holds_is_not_changed_below_it(event, state):
    held = {
        "accept": {"under_review", "closed"},
        "reopen": {"under_review", "closed", "accepted"},
        "unclose": {"closed"},
    }
    is_refused = state in held.get(event, ())
    if is_refused:
        with pytest.raises(RefusedError) as refused:
            require_not_frozen(event, state)
        assert refused.value.rule is Rule.OWN_REPORT_FROZEN
    else:
        require_not_frozen(event, state)


def test_a_version_below_that_came_went_or_changed_is_newer():
    held = [{"id": "a", "version": 1}, {"id": "b", "version": 2}, {"id": "c", "version": None}]
    assert newer_below(held, {"a": 1, "b": 2}) == frozenset()
    assert newer_below(held, {"a": 2, "c": 1}) == {"a", "b", "c"}
    assert Staleness(below=1).is_stale
    assert not Staleness().is_stale


def test_what_was_signed_is_held_against_its_hash():
    require_intact((b"x", fingerprint("x")), (b"y", fingerprint("y")))
    with pytest.raises(RefusedError) as refused:
        require_intact((b"x", fingerprint("x")), (b"z", fingerprint("y")))
    assert refused.value.rule is Rule.REPORT_NOT_AS_SIGNED
