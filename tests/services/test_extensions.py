"""An agency asks for more time in writing; the one right above gives it, or says why not."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act
from app.domain.deadlines import VIETNAM
from app.domain.expected_reports import ListChange
from app.domain.extensions import RequestState
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.reports import ReportEvent
from app.domain.work import Task
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent, ExtensionRequest, ReportExtension
from app.persistence.queries.expected_reports import expectation_of
from app.persistence.queries.extensions import extensions_of, requests_of, requests_waiting
from app.persistence.queries.work import work_of
from app.persistence.unit_of_work import unit_of_work
from app.services.extensions import (
    ask_for_time,
    grant_request,
    refuse_request,
    withdraw_request,
)
from tests.builders.reporting import Desk
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR


UNTIL = date(THIS_YEAR + 1, 1, 10)


@pytest.fixture
def desk(world):
    desk = Desk(world, DEPARTMENT)
    desk.expect()
    return desk


def ask(desk, until=UNTIL, reason=" Bão  lũ ", by=None):
    with desk.world.inside(desk.slug), unit_of_work():
        return ask_for_time(THIS_YEAR, until=until, reason=reason, by=by or desk.officer)


def grant(desk, request, until=UNTIL, by=None):
    with desk.world.inside(desk.above), unit_of_work():
        grant_request(request, until=until, by=by or desk.association)


def refuse(desk, request, reason="Đã đủ thời gian", by=None):
    with desk.world.inside(desk.above), unit_of_work():
        refuse_request(request, reason=reason, by=by or desk.association)


def withdraw(desk, request):
    with desk.world.inside(desk.slug), unit_of_work():
        withdraw_request(request, by=desk.officer)


def made(desk):
    with desk.world.inside(desk.slug) as key:
        return requests_of(key, THIS_YEAR)


def acts(world, slug):
    with world.inside(slug):
        return set(db.session.scalars(select(AuditEvent.act)))


def waiting(world):
    association = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    with world.inside(PROVINCE):
        return work_of(association).counts.get(Task.EXTEND, 0)


def test_a_request_is_a_document_that_waits_for_the_agency_above(world, desk):
    ask(desk)
    [request] = made(desk)
    assert (request.state, request.last_day, request.reason) == (
        RequestState.ASKED,
        UNTIL,
        "Bão lũ",
    )
    assert request.asker_name == desk.officer.name
    assert waiting(world) == 1
    with world.inside(PROVINCE):
        [one] = requests_waiting()
    assert (one.agency.slug, one.request.id) == (DEPARTMENT, request.id)
    assert Act.EXTENSION_ASKED in acts(world, DEPARTMENT)
    for slug in (COMMUNE, OTHER_PROVINCE):
        with world.inside(slug):
            assert db.session.scalars(select(ExtensionRequest)).all() == []
            past = db.session.execute(text("SELECT count(*) FROM extension_request"))
            assert past.scalar_one() == 0


def test_what_is_granted_is_an_extension_that_names_the_request(world, desk):
    request = ask(desk)
    grant(desk, request, UNTIL + timedelta(days=1))
    with world.inside(DEPARTMENT) as key:
        [extension] = extensions_of(key, THIS_YEAR)
        assert expectation_of(key, THIS_YEAR).extended_to == datetime(
            THIS_YEAR + 1, 1, 12, tzinfo=VIETNAM
        )
    assert (extension.request_id, extension.reason) == (request, "Bão lũ")
    assert desk.officer.name in extension.requester
    [kept] = made(desk)
    assert (kept.state, kept.settler_name) == (RequestState.GRANTED, desk.association.name)
    assert kept.last_day == UNTIL
    assert waiting(world) == 0
    assert Act.EXTENSION_GRANTED in acts(world, DEPARTMENT)
    assert Act.REPORT_EXTENDED in acts(world, PROVINCE)


def test_what_is_refused_says_why_on_both_records(world, desk):
    request = ask(desk)
    with pytest.raises(RefusedError) as refused:
        refuse(desk, request, "  ")
    assert refused.value.rule is Rule.REASON_NEEDED
    refuse(desk, request)
    [kept] = made(desk)
    assert (kept.state, kept.answer) == (RequestState.REFUSED, "Đã đủ thời gian")
    assert Act.EXTENSION_REFUSED in acts(world, DEPARTMENT)
    assert Act.EXTENSION_DENIED in acts(world, PROVINCE)
    with world.inside(DEPARTMENT) as key:
        assert extensions_of(key, THIS_YEAR) == []


def test_a_request_is_withdrawn_while_nobody_has_answered_and_another_may_follow(world, desk):
    request = ask(desk)
    with pytest.raises(RefusedError) as refused:
        ask(desk)
    assert refused.value.rule is Rule.EXTENSION_ASKED_ALREADY
    withdraw(desk, request)
    assert Act.EXTENSION_WITHDRAWN in acts(world, DEPARTMENT)
    again = ask(desk)
    refuse(desk, again)
    assert [one.state for one in made(desk)] == [RequestState.REFUSED, RequestState.WITHDRAWN]


def test_a_request_is_settled_once(desk):
    request = ask(desk)
    refuse(desk, request)
    for settle in (grant, refuse, withdraw):
        with pytest.raises(RefusedError) as refused:
            settle(desk, request)
        assert refused.value.rule is Rule.EXTENSION_SETTLED


@pytest.mark.parametrize(
    ("until", "rule"),
    [
        (date(THIS_YEAR, 12, 1), Rule.EXTENSION_NOT_LATER),
        (date(2099, 1, 1), Rule.DAY_TOO_FAR),
    ],
)
def test_time_is_asked_for_that_brings_something(desk, until, rule):
    with pytest.raises(RefusedError) as refused:
        ask(desk, until)
    assert refused.value.rule is rule


def test_after_the_closing_time_is_still_asked_for_and_opens_the_report(desk):
    desk.recompute()
    desk.compile()
    with clock_set_to(datetime(THIS_YEAR + 1, 1, 3, 9, tzinfo=VIETNAM)):
        grant(desk, ask(desk))
        desk.submit()


def test_a_request_lapses_as_the_report_comes_is_waived_or_is_no_longer_asked_for(world, desk):
    ask(desk)
    desk.hand_in()
    assert [one.state for one in made(desk)] == [RequestState.LAPSED]
    with pytest.raises(RefusedError) as refused:
        ask(desk)
    assert refused.value.rule is Rule.EXTENSION_NOT_OWED
    other = Desk(world, COMMUNE)
    ask(other)
    other.above_does(ReportEvent.WAIVE)
    assert [one.state for one in made(other)] == [RequestState.LAPSED]
    other.above_does(ReportEvent.UNWAIVE)
    ask(other)
    other.list_changes(ListChange.REMOVED)
    assert [one.state for one in made(other)] == [RequestState.LAPSED] * 2
    with pytest.raises(RefusedError) as refused:
        ask(other)
    assert refused.value.rule is Rule.REPORT_NOT_WANTED
    assert waiting(world) == 0


def test_a_request_lapses_as_a_correction_is_called_off(desk):
    desk.hand_in()
    desk.accept()
    desk.correct()
    ask(desk)
    desk.call_off()
    assert [one.state for one in made(desk)] == [RequestState.LAPSED]


def test_nothing_is_asked_for_before_it_is_fixed_what_is_due(world):
    with pytest.raises(RefusedError) as refused:
        ask(Desk(world, DEPARTMENT))
    assert refused.value.rule is Rule.EXTENSION_OF_NOTHING


def test_only_who_owes_the_report_asks_and_only_the_agency_right_above_answers(world, desk):
    request = ask(desk)
    neighbour, stranger = Desk(world, COMMUNE), Desk(world, COMMUNE, above=OTHER_PROVINCE)
    with pytest.raises(MissingError):
        withdraw(neighbour, request)
    for answer in (grant, refuse):
        with pytest.raises(MissingError):
            answer(stranger, request)
        with pytest.raises(MissingError):
            answer(desk, uuid4())
        with pytest.raises(RefusedError) as refused:
            answer(desk, request, by=world.make_account(PROVINCE, Role.TENANT_ADMIN).actor())
        assert refused.value.rule is Rule.PERMISSION_NEEDED
    citizen = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with pytest.raises(RefusedError) as refused:
        ask(desk, by=citizen)
    assert refused.value.rule is Rule.PERMISSION_NEEDED


def test_the_database_lets_nobody_answer_their_own_request_or_rewrite_one(world, desk):
    request = ask(desk)
    for statement in (
        "UPDATE extension_request SET state = 'granted', settled_by = asked_by, settled_at = now()",
        "UPDATE extension_request SET state = 'refused', settled_by = asked_by, settled_at = now()",
        "UPDATE extension_request SET state = 'lapsed', settled_at = now()",
        "UPDATE extension_request SET reason = 'x'",
        "DELETE FROM extension_request",
    ):
        with world.inside(DEPARTMENT), pytest.raises(DBAPIError):
            db.session.execute(text(statement))
    withdraw(desk, request)
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="not settled so"):
        db.session.execute(text("UPDATE extension_request SET state = 'asked', settled_at = NULL"))


def test_the_database_takes_no_second_request_and_none_that_nobody_owes(world, desk):
    ask(desk)
    with pytest.raises(DBAPIError, match="uq_extension_request_asked"):
        ask_past_the_service(desk)
    desk.hand_in()
    with pytest.raises(DBAPIError, match="not owed"):
        ask_past_the_service(desk)


def ask_past_the_service(desk):
    with desk.world.inside(desk.slug) as key, unit_of_work():
        db.session.execute(
            text(
                "INSERT INTO extension_request (province_id, tenant_id, id, year, ends_at, reason,"
                " asked_by, asker_name) VALUES (:province, :agency, :id, :year,"
                " now() + interval '9 days', 'x', :by, 'A')"
            ),
            {
                "province": key.province_id,
                "agency": key.tenant_id,
                "id": new_id(),
                "year": THIS_YEAR,
                "by": desk.officer.account_id,
            },
        )


def test_no_extension_names_a_request_that_does_not_wait(world, desk):
    request = ask(desk)
    refuse(desk, request)
    with world.inside(PROVINCE), pytest.raises(DBAPIError, match="nobody asks"), unit_of_work():
        db.session.add(
            ReportExtension(
                year=THIS_YEAR,
                agency_id=world.key_of(DEPARTMENT).tenant_id,
                requester="Sở",
                reason="Bão lũ",
                approved_by=desk.association.account_id,
                approver_name="A",
                ends_at=datetime(THIS_YEAR + 1, 1, 11, tzinfo=VIETNAM),
                request_id=request,
            )
        )
