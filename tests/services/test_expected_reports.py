"""Whose report is expected is frozen as the year opens, and changes by acts with a reason alone."""

from datetime import date, datetime

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act
from app.domain.deadlines import VIETNAM
from app.domain.expected_reports import ListChange
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.reports import ReportEvent
from app.domain.work import Task
from app.persistence.database import db
from app.persistence.models import (
    AuditEvent,
    ExpectedChange,
    ExpectedReport,
    Report,
    ReportEventRow,
    Tenant,
)
from app.persistence.queries.expected_reports import (
    changes_of,
    dates_of,
    expectation_of,
    expected_by,
)
from app.persistence.queries.settings import held_deadlines
from app.persistence.queries.work import work_of
from app.persistence.unit_of_work import unit_of_work
from app.services.cycles import open_cycle
from app.services.expected_reports import freeze_as_set_up
from app.services.settings import set_deadline
from tenants.schema import Deadline, DeadlineKind, DeadlineRule, TenantKind
from tests.builders.reporting import Desk
from tests.builders.trees import Tree
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR


NEXT_YEAR = THIS_YEAR + 1


@pytest.fixture
def desk(world):
    return Desk(world, DEPARTMENT)


def suspend(world, slug):
    with world.inside(slug), world.owner(), unit_of_work():
        db.session.execute(update(Tenant).where(Tenant.slug == slug).values(is_suspended=True))


def open_year(world, slug=PROVINCE, year=NEXT_YEAR, closes_on=None):
    admin = world.make_account(slug, Role.TENANT_ADMIN).actor()
    with world.inside(slug), unit_of_work():
        open_cycle(year, date(year, 1, 1), reports_close_on=closes_on, by=admin)


def listed(world, year=THIS_YEAR, slug=PROVINCE):
    with world.inside(slug) as key:
        names = dict(db.session.execute(select(Tenant.id, Tenant.slug)).all())
        return {names[one] for one in expected_by(key, year)}


def test_the_list_is_frozen_as_the_year_opens(world):
    suspend(world, COMMUNE)
    open_year(world)
    assert listed(world, NEXT_YEAR) == {DEPARTMENT}
    with world.inside(DEPARTMENT) as key:
        expected = expectation_of(key, NEXT_YEAR)
    assert expected.due_at <= expected.closes_at
    assert expected.closes_at == datetime(NEXT_YEAR + 1, 1, 1, tzinfo=VIETNAM)
    with world.inside(PROVINCE):
        acts = db.session.scalars(select(AuditEvent.act)).all()
    assert acts.count(Act.REPORTS_EXPECTED) == 1


def test_the_closing_day_is_chosen_as_the_year_opens_and_then_stands(world):
    with pytest.raises(RefusedError) as refused:
        open_year(world, closes_on=date(NEXT_YEAR, 2, 1))
    assert refused.value.rule is Rule.CLOSING_BEFORE_DUE
    open_year(world, closes_on=date(NEXT_YEAR + 1, 1, 15))
    with world.inside(DEPARTMENT) as key:
        assert expectation_of(key, NEXT_YEAR).closing_day == date(NEXT_YEAR + 1, 1, 15)
    with pytest.raises(RefusedError) as refused:
        open_year(world, closes_on=date(NEXT_YEAR + 1, 1, 20))
    assert refused.value.rule is Rule.REPORTS_ALREADY_EXPECTED


def test_a_report_due_on_a_public_holiday_is_due_on_the_next_working_day(world):
    admin = world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    feast = Deadline(
        kind=DeadlineKind.REPORT,
        month=9,
        day=2,
        rule=DeadlineRule.BY,
        rolls_off_non_working_days=True,
        wording="Chậm nhất ngày 02/9",
    )
    with world.inside(PROVINCE), unit_of_work():
        since = next(one.since for one in held_deadlines() if one.deadline.kind is feast.kind)
        set_deadline(feast, NEXT_YEAR, seen=since, by=admin)
    open_year(world)
    with world.inside(DEPARTMENT) as key:
        expected = expectation_of(key, NEXT_YEAR)
    assert expected.last_day == date(NEXT_YEAR, 9, 6)  # 02/9 and 03/9 are off, then a weekend


def test_opening_a_year_again_leaves_its_list_as_it_was(world):
    open_year(world)
    before = frozen_rows(world)
    suspend(world, COMMUNE)
    open_year(world)
    assert frozen_rows(world) == before


def frozen_rows(world):
    with world.inside(PROVINCE):
        rows = db.session.scalars(select(ExpectedReport)).all()
        return {(one.agency_id, one.due_at, one.frozen_at) for one in rows}


def test_who_has_nobody_below_opens_a_year_without_a_list(world):
    open_year(world, COMMUNE)
    assert listed(world, NEXT_YEAR, COMMUNE) == set()


def test_agencies_that_are_set_up_have_their_lists_at_once(world):
    with world.inside(PROVINCE), world.owner(), unit_of_work():
        freeze_as_set_up([PROVINCE, DEPARTMENT, COMMUNE, "lai-chau/khong-co"], THIS_YEAR)
    assert listed(world) == {DEPARTMENT, COMMUNE}


def test_who_comes_later_is_put_on_the_list_with_a_reason_and_on_the_record(world, desk):
    desk.expect()
    Tree(world, PROVINCE).plant("lai-chau/moi", PROVINCE, TenantKind.ORGANISATION)
    newcomer = Desk(world, "lai-chau/moi")
    assert listed(world) == {DEPARTMENT, COMMUNE}
    newcomer.list_changes(ListChange.ADDED, "Mới thành lập")
    assert listed(world) == {DEPARTMENT, COMMUNE, "lai-chau/moi"}
    with world.inside("lai-chau/moi") as key:
        [change] = changes_of(key, THIS_YEAR)
        closes = expectation_of(key, THIS_YEAR).closes_at
    with world.inside(DEPARTMENT) as key:
        assert expectation_of(key, THIS_YEAR).closes_at == closes
        assert db.session.scalars(select(ExpectedChange)).all() == []
    assert (change.change, change.reason) == (ListChange.ADDED, "Mới thành lập")
    assert change.changer_name == newcomer.association.name
    with world.inside(PROVINCE):
        assert Act.REPORT_EXPECTED_TOO in db.session.scalars(select(AuditEvent.act)).all()


def test_who_is_taken_off_is_no_longer_asked_for_a_report(world, desk):
    desk.expect()
    assert Task.REPORT in waiting(world)
    desk.list_changes(ListChange.REMOVED)
    assert Task.REPORT not in waiting(world)
    assert listed(world) == {COMMUNE}
    with world.inside(DEPARTMENT) as key:
        assert dates_of(key, THIS_YEAR) is not None
    desk.list_changes(ListChange.ADDED, "Vẫn phải báo cáo")
    assert listed(world) == {DEPARTMENT, COMMUNE}
    with pytest.raises(RefusedError) as refused:
        desk.list_changes(ListChange.ADDED)
    assert refused.value.rule is Rule.REPORT_LIST_SAYS_SO


def waiting(world):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    with world.inside(DEPARTMENT):
        return work_of(officer).counts


def test_nothing_changes_a_list_silently(world, desk):
    with pytest.raises(RefusedError) as refused:
        desk.list_changes(ListChange.REMOVED)
    assert refused.value.rule is Rule.REPORT_LIST_NOT_FROZEN
    desk.expect()
    with pytest.raises(RefusedError) as refused:
        desk.list_changes(ListChange.REMOVED, "  ")
    assert refused.value.rule is Rule.REASON_NEEDED
    for statement in (
        "DELETE FROM expected_report",
        "UPDATE expected_change SET reason = 'x'",
        "DELETE FROM expected_change",
    ):
        with world.inside(PROVINCE), pytest.raises(DBAPIError):
            db.session.execute(text(statement))
    Tree(world, PROVINCE).plant("lai-chau/moi", PROVINCE, TenantKind.ORGANISATION)
    with world.inside(PROVINCE), pytest.raises(DBAPIError, match="frozen"), unit_of_work():
        add_past_the_service(world.find_key("lai-chau/moi").tenant_id)


def add_past_the_service(agency):
    due = datetime(THIS_YEAR, 12, 1, tzinfo=VIETNAM)
    db.session.add(ExpectedReport(year=THIS_YEAR, agency_id=agency, due_at=due, closes_at=due))


def test_who_has_handed_in_is_not_taken_off_the_list(world, desk):
    desk.expect()
    desk.hand_in()
    with pytest.raises(RefusedError) as refused:
        desk.list_changes(ListChange.REMOVED)
    assert refused.value.rule is Rule.REPORT_LIES_THERE
    with world.inside(PROVINCE), pytest.raises(DBAPIError, match="handed in"), unit_of_work():
        change_past_the_service(desk, ListChange.REMOVED)
    desk.recall()
    with pytest.raises(RefusedError) as refused:
        desk.list_changes(ListChange.REMOVED)
    assert refused.value.rule is Rule.REPORT_BEGUN


def test_who_has_begun_leaves_the_list_by_a_waiver_alone(world, desk):
    desk.expect()
    desk.compile()
    with pytest.raises(RefusedError) as refused:
        desk.list_changes(ListChange.REMOVED)
    assert refused.value.rule is Rule.REPORT_BEGUN
    with world.inside(PROVINCE), pytest.raises(DBAPIError, match="handed in"), unit_of_work():
        change_past_the_service(desk, ListChange.REMOVED)
    desk.above_does(ReportEvent.WAIVE)
    desk.list_changes(ListChange.REMOVED)
    assert listed(world) == {COMMUNE}


def test_no_report_is_taken_in_that_nobody_asked_for(world, desk):
    desk.expect()
    desk.list_changes(ListChange.REMOVED)
    Tree(world, PROVINCE).plant("lai-chau/moi", PROVINCE, TenantKind.ORGANISATION)
    for one in (desk, Desk(world, "lai-chau/moi")):
        for act in (one.compile, lambda one=one: one.above_does(ReportEvent.WAIVE)):
            with pytest.raises(RefusedError) as refused:
                act()
            assert refused.value.rule is Rule.REPORT_NOT_WANTED
            assert refused.value.facts["above"] == "Hội Khuyến học tỉnh Lai Châu"
        with world.inside(one.slug), pytest.raises(DBAPIError, match="asked for"), unit_of_work():
            compile_past_the_service(one)
        one.list_changes(ListChange.ADDED, "Vẫn phải báo cáo")
        one.hand_in()


def compile_past_the_service(desk):
    actor = {"actor_account_id": desk.officer.account_id, "actor_name": "A"}
    key = desk.world.find_key(desk.slug)._asdict()
    db.session.execute(insert(Report).values(year=THIS_YEAR, **key))
    db.session.add(ReportEventRow(id=new_id(), year=THIS_YEAR, event=ReportEvent.COMPILE, **actor))


def test_who_was_taken_off_comes_onto_the_list_before_the_report_is_expected_after_all(desk):
    desk.expect()
    desk.above_does(ReportEvent.WAIVE)
    desk.list_changes(ListChange.REMOVED)
    with pytest.raises(RefusedError) as refused:
        desk.above_does(ReportEvent.UNWAIVE)
    assert refused.value.rule is Rule.REPORT_NOT_WANTED
    desk.list_changes(ListChange.ADDED, "Vẫn phải báo cáo")
    desk.above_does(ReportEvent.UNWAIVE)
    desk.hand_in()


def change_past_the_service(desk, change):
    facts = {"changed_by": desk.association.account_id, "changer_name": "A", "reason": "B"}
    agency = desk.world.find_key(desk.slug).tenant_id
    db.session.add(
        ExpectedChange(id=new_id(), year=THIS_YEAR, agency_id=agency, change=change, **facts)
    )


def test_nothing_is_expected_of_who_is_suspended(world, desk):
    desk.expect()
    desk.list_changes(ListChange.REMOVED)
    suspend(world, DEPARTMENT)
    with pytest.raises(RefusedError) as refused:
        desk.list_changes(ListChange.ADDED)
    assert refused.value.rule is Rule.SUSPENDED_NOT_EXPECTED
    with world.inside(PROVINCE), pytest.raises(DBAPIError, match="expected"), unit_of_work():
        change_past_the_service(desk, ListChange.ADDED)


def test_a_list_is_changed_by_the_agency_right_above_alone(world, desk):
    desk.expect()
    stranger = Desk(world, DEPARTMENT)
    stranger.above = OTHER_PROVINCE
    stranger.association = world.make_account(OTHER_PROVINCE, Role.ASSOCIATION).actor()
    with pytest.raises(MissingError):
        stranger.list_changes(ListChange.REMOVED)
    officer = world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    stranger.above, stranger.association = PROVINCE, officer
    with pytest.raises(RefusedError) as refused:
        stranger.list_changes(ListChange.REMOVED)
    assert refused.value.rule is Rule.PERMISSION_NEEDED


def test_a_waived_report_may_leave_the_list(world, desk):
    desk.expect()
    desk.above_does(ReportEvent.WAIVE)
    desk.list_changes(ListChange.REMOVED)
    assert listed(world) == {COMMUNE}
