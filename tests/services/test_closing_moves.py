"""The day on which a year's reports are closed moves later, by an act with a reason alone."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act
from app.domain.deadlines import VIETNAM
from app.domain.expected_reports import ListChange
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.reports import ReportEvent
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent, ClosingMove, Cycle, ExpectedReport
from app.persistence.queries.expected_reports import (
    closing_moves,
    closing_of,
    expectation_of,
    standings_below,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.expected_reports import expect_reports, move_closing
from app.services.extensions import extend_report
from tests.builders.reporting import Desk
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR


NEXT_YEAR = THIS_YEAR + 1
LATER = date(NEXT_YEAR, 1, 20)
AFTER_THE_FIRST = datetime(NEXT_YEAR, 1, 10, 9, tzinfo=VIETNAM)


@pytest.fixture
def desk(world):
    desk = Desk(world, DEPARTMENT)
    desk.expect()
    return desk


def postpone(desk, until=LATER, *, moves=0, reason=" Bão  lũ ", by=None):
    with desk.world.inside(PROVINCE), unit_of_work():
        move_closing(THIS_YEAR, until, moves=moves, reason=reason, by=by or desk.association)


def closing(world, slug):
    with world.inside(slug) as key:
        return expectation_of(key, THIS_YEAR).closing_day


def test_a_closing_is_moved_for_everybody_and_what_stood_before_stays_on_record(world, desk):
    postpone(desk)
    assert {closing(world, slug) for slug in (DEPARTMENT, COMMUNE)} == {LATER}
    with world.inside(PROVINCE) as key:
        [move] = closing_moves(key, THIS_YEAR)
        assert (move.former_day, move.last_day) == (date(THIS_YEAR, 12, 31), LATER)
        assert (move.reason, move.mover_name) == ("Bão lũ", desk.association.name)
        [act] = db.session.scalars(
            select(AuditEvent).where(AuditEvent.act == Act.REPORTS_CLOSING_MOVED)
        )
        assert act.facts == {
            "year": THIS_YEAR,
            "before": f"{THIS_YEAR}-12-31",
            "after": LATER.isoformat(),
            "reason": "Bão lũ",
        }
        assert len(standings_below(key, THIS_YEAR)) == 2
    with world.inside(DEPARTMENT):
        assert [one.reason for one in db.session.scalars(select(ClosingMove))] == ["Bão lũ"]
    with world.inside(OTHER_PROVINCE):
        assert db.session.scalars(select(ClosingMove)).all() == []


def test_a_report_is_taken_in_until_the_new_closing_and_not_after(desk):
    desk.recompute()
    desk.compile()
    with clock_set_to(AFTER_THE_FIRST), pytest.raises(RefusedError) as refused:
        desk.submit()
    assert refused.value.rule is Rule.REPORT_CLOSING_PASSED
    postpone(desk)
    with clock_set_to(AFTER_THE_FIRST + timedelta(days=11)), pytest.raises(RefusedError):
        desk.submit()
    with clock_set_to(AFTER_THE_FIRST):
        desk.submit()


def test_extensions_due_dates_and_closed_reports_stay_as_they_are(world, desk):
    other = Desk(world, COMMUNE)
    with world.inside(PROVINCE), unit_of_work():
        extend_report(
            DEPARTMENT,
            THIS_YEAR,
            until=date(NEXT_YEAR, 1, 5),
            requester="Sở",
            reason="Bão lũ",
            by=desk.association,
        )
    with world.inside(DEPARTMENT) as key:
        before = expectation_of(key, THIS_YEAR)
    other.hand_in()
    other.accept()
    other.above_does(ReportEvent.CLOSE)
    postpone(desk)
    with world.inside(DEPARTMENT) as key:
        after = expectation_of(key, THIS_YEAR)
    assert (after.due_at, after.extensions) == (before.due_at, before.extensions)
    with pytest.raises(RefusedError) as refused:
        other.above_does(ReportEvent.REOPEN)
    assert refused.value.rule is Rule.REPORT_CLOSED


@pytest.mark.parametrize(
    ("until", "rule"),
    [
        (date(THIS_YEAR, 12, 31), Rule.CLOSING_NOT_LATER),
        (date(THIS_YEAR, 12, 5), Rule.CLOSING_NOT_LATER),
        (date(NEXT_YEAR + 1, 1, 1), Rule.DAY_TOO_FAR),
    ],
)
def test_a_closing_is_moved_neither_back_nor_for_ever(desk, until, rule):
    with pytest.raises(RefusedError) as refused:
        postpone(desk, until)
    assert refused.value.rule is rule


def test_a_closing_is_not_moved_to_a_day_that_is_over(desk):
    with clock_set_to(datetime(NEXT_YEAR, 3, 1, tzinfo=VIETNAM)):
        with pytest.raises(RefusedError) as refused:
            postpone(desk, date(NEXT_YEAR, 2, 1))
        assert refused.value.rule is Rule.CLOSING_IN_THE_PAST


def test_a_closing_is_moved_for_a_reason_from_a_fresh_screen_by_whoever_reviews(world, desk):
    with pytest.raises(RefusedError) as refused:
        postpone(desk, reason="  ")
    assert refused.value.rule is Rule.REASON_NEEDED
    postpone(desk)
    with pytest.raises(RefusedError) as refused:
        postpone(desk, date(NEXT_YEAR, 2, 1))
    assert refused.value.rule is Rule.STALE_SCREEN
    postpone(desk, date(NEXT_YEAR, 2, 1), moves=1)
    admin = world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    with pytest.raises(RefusedError) as refused:
        postpone(desk, date(NEXT_YEAR, 3, 1), moves=2, by=admin)
    assert refused.value.rule is Rule.PERMISSION_NEEDED


def test_there_is_no_closing_to_move_before_a_list_is_fixed(world):
    with pytest.raises(RefusedError) as refused:
        postpone(Desk(world, DEPARTMENT))
    assert refused.value.rule is Rule.REPORT_LIST_NOT_FROZEN


def test_who_comes_later_is_closed_with_everybody_else(world, desk):
    desk.list_changes(ListChange.REMOVED)
    postpone(desk)
    desk.list_changes(ListChange.ADDED, "Vẫn phải báo cáo")
    assert closing(world, DEPARTMENT) == LATER
    with world.inside(PROVINCE) as key:
        assert closing_of(key, THIS_YEAR) == datetime(NEXT_YEAR, 1, 21, tzinfo=VIETNAM)


def test_the_database_moves_no_closing_back_twice_or_without_a_reason(world, desk):
    postpone(desk)
    first = datetime(NEXT_YEAR, 1, 1, tzinfo=VIETNAM)
    second = datetime(NEXT_YEAR, 1, 21, tzinfo=VIETNAM)
    for former, until, reason in (
        (first, second, "x"),
        (second, first, "x"),
        (second, second + timedelta(days=1), " "),
        (second, datetime(NEXT_YEAR + 1, 1, 2, tzinfo=VIETNAM), "x"),
    ):
        with world.inside(PROVINCE), pytest.raises(DBAPIError), unit_of_work():
            db.session.add(
                ClosingMove(
                    year=THIS_YEAR,
                    former_at=former,
                    closes_at=until,
                    reason=reason,
                    moved_by=desk.association.account_id,
                    mover_name="A",
                )
            )
    for statement in ("UPDATE closing_move SET reason = 'x'", "DELETE FROM closing_move"):
        with world.inside(PROVINCE), pytest.raises(DBAPIError):
            db.session.execute(text(statement))


def test_nobody_is_asked_to_report_for_a_year_that_was_never_opened(world):
    desk = Desk(world, DEPARTMENT)
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refused, unit_of_work():
        expect_reports(NEXT_YEAR, date(NEXT_YEAR, 12, 31), by=desk.association)
    assert refused.value.rule is Rule.REPORTS_OF_NO_YEAR
    with world.inside(PROVINCE), world.owner(), unit_of_work():
        db.session.execute(delete(Cycle).where(Cycle.year == THIS_YEAR))
    with pytest.raises(RefusedError) as refused:
        desk.expect()
    assert refused.value.rule is Rule.REPORTS_OF_NO_YEAR
    day = datetime(THIS_YEAR, 12, 1, tzinfo=VIETNAM)
    agency = world.key_of(DEPARTMENT).tenant_id
    with world.inside(PROVINCE), pytest.raises(DBAPIError, match="not opened"), unit_of_work():
        db.session.add(ExpectedReport(year=THIS_YEAR, agency_id=agency, due_at=day, closes_at=day))
