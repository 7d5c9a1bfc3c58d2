"""In the night the house ends reviews that nobody ended in time, and says so on both records."""

from datetime import datetime, time, timedelta

import pytest

from app.domain.alarms import MACHINE
from app.domain.audit import Act
from app.domain.deadlines import VIETNAM
from app.domain.periodic import Periodic, RunOutcome
from app.domain.refusals import RefusedError, Rule
from app.domain.report_reviews import WORKING_DAYS, review_ends_on
from app.domain.reports import ReportEvent, ReportState
from app.jobs.periodic import release_reviews, tick
from app.persistence.clock import clock_set_to
from app.persistence.queries.calendar import working_days
from app.persistence.queries.reports import events_of, find_report
from tests.builders.reporting import Desk
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR
from tests.jobs.test_periodic import acts, alarms, found_by


@pytest.fixture
def desk(world):
    desk = Desk(world, DEPARTMENT)
    desk.hand_in()
    return desk


def report_of(desk):
    with desk.world.inside(desk.slug) as key:
        return find_report(key, THIS_YEAR)


def last_day_of(desk):
    return review_ends_on(report_of(desk).changed_at, working_days())


def look_at(world, day, hour=time(1)):
    with clock_set_to(datetime.combine(day, hour, tzinfo=VIETNAM)), world.inside(PROVINCE):
        return release_reviews(PROVINCE)


def test_a_review_without_a_result_is_ended_by_the_night_after_its_last_day(world, app, desk):
    desk.above_does(ReportEvent.REVIEW)
    after = last_day_of(desk) + timedelta(days=1)
    with app.app_context(), clock_set_to(datetime.combine(after, time(5), tzinfo=VIETNAM)):
        assert tick() == len(Periodic)
    # Nobody did anything wrong: it is no alarm.
    assert found_by(app, Periodic.RELEASE_REVIEWS) == (RunOutcome.DONE, 0)
    assert alarms(world, PROVINCE) == []
    assert report_of(desk).state is ReportState.SUBMITTED
    with world.inside(DEPARTMENT) as key:
        newest = events_of(key, THIS_YEAR)[0]
    assert (newest.event, newest.actor_name) == (ReportEvent.LAPSE, MACHINE)
    facts = {"year": THIS_YEAR, "days": WORKING_DAYS}
    assert acts(world, DEPARTMENT, Act.REPORT_REVIEW_LAPSED) == [(MACHINE, facts)]
    [(who, told)] = acts(world, PROVINCE, Act.REPORT_REVIEW_LAPSED)
    assert (who, told["agency"]) == (MACHINE, "Sở Công Thương")
    desk.recall()
    desk.submit(reason="Sửa")


def test_a_review_holds_to_the_end_of_its_last_day(world, desk):
    desk.above_does(ReportEvent.REVIEW)
    look_at(world, last_day_of(desk), time(23, 59))
    assert report_of(desk).state is ReportState.UNDER_REVIEW
    with pytest.raises(RefusedError) as refused:
        desk.recall()
    assert refused.value.rule is Rule.REPORT_UNDER_REVIEW


def test_a_report_that_was_opened_again_is_released_too_and_what_is_ended_once_stays_so(
    world, desk
):
    desk.accept()
    desk.above_does(ReportEvent.REOPEN)
    after = last_day_of(desk) + timedelta(days=1)
    for _ in range(2):
        look_at(world, after)
    report = report_of(desk)
    assert (report.state, report.accepted_version) == (ReportState.SUBMITTED, None)
    assert len(acts(world, DEPARTMENT, Act.REPORT_REVIEW_LAPSED)) == 1


def test_no_other_report_is_touched(world, desk):
    other = Desk(world, COMMUNE)
    other.hand_in()
    other.accept()
    desk.above_does(ReportEvent.REVIEW)
    after = last_day_of(desk) + timedelta(days=1)
    # Somebody else's night ends nothing here.
    with clock_set_to(datetime.combine(after, time(1), tzinfo=VIETNAM)), world.inside(COMMUNE):
        release_reviews(COMMUNE)
    assert report_of(desk).state is ReportState.UNDER_REVIEW
    look_at(world, after)
    assert report_of(other).state is ReportState.ACCEPTED
