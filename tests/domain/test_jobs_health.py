"""What is late, failed, missed or found something is said; what is well is not."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.jobs_health import Backlog, Run, problems
from app.domain.periodic import Periodic, RunOutcome


NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
WELL = Backlog(parked=0, oldest_due=None, oldest_mark=None)


def run(**facts):
    usual = {
        "name": Periodic.RECONCILE,
        "slot": NOW - timedelta(hours=7),
        "outcome": RunOutcome.DONE,
        "found": 0,
        "is_silent": False,
        "is_after_missed": False,
    }
    return Run(**usual | facts)


def test_nothing_is_said_when_all_is_well():
    just_now = NOW - timedelta(seconds=30)
    busy = Backlog(parked=0, oldest_due=just_now, oldest_mark=just_now)
    at_work = run(outcome=RunOutcome.RUNNING)
    assert problems(busy, [run(), at_work], NOW) == {}


@pytest.mark.parametrize(
    ("backlog", "name"),
    [
        (Backlog(parked=2, oldest_due=None, oldest_mark=None), "parked"),
        (Backlog(parked=0, oldest_due=NOW - timedelta(hours=1), oldest_mark=None), "outbox"),
        (Backlog(parked=0, oldest_due=None, oldest_mark=NOW - timedelta(hours=1)), "figures"),
    ],
)
def test_what_waits_too_long_or_failed_is_named(backlog, name):
    assert set(problems(backlog, [], NOW)) == {name}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"slot": NOW - timedelta(hours=27)}, "has not run since"),
        ({"outcome": RunOutcome.FAILED}, "failed at"),
        ({"outcome": RunOutcome.RUNNING, "is_silent": True}, "fell silent at"),
        ({"found": 3}, "found 3 faults"),
        ({"is_after_missed": True}, "was missed before"),
    ],
)
def test_a_night_that_was_not_as_it_should_be_is_named(facts, words):
    assert words in problems(WELL, [run(**facts)], NOW)["reconcile"]
