"""One form goes to many agencies; each finds it on its desk, and late is told from closed."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.adhoc import LineState
from app.domain.adhoc_answers import Field, FieldKind
from app.domain.audit import Act
from app.domain.dossiers import State
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import MissingError, Rule
from app.domain.timeliness import Timeliness
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AdhocLine
from app.persistence.queries.adhoc import (
    lines_received,
    requests_made,
    waiting_lines,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.adhoc import (
    discard,
    send,
)
from tests.builders.adhoc import DUE, FIELDS, NOW, Case, refused
from tests.builders.figures import Office
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    OTHER_COMMUNE,
    OTHER_PROVINCE,
    PROVINCE,
)


@pytest.fixture
def case(world):
    Office(world, COMMUNE).make(State.REGISTERED)
    office = Office(world, COMMUNE)
    office.recompute()
    return Case(world)


def test_nobody_is_asked_before_the_form_is_sent(world, case):
    request = case.draw_up(COMMUNE)
    with world.inside(COMMUNE):
        assert not lines_received()
    with world.inside(PROVINCE), unit_of_work():
        discard(request, by=case.asker)
    with world.inside(PROVINCE):
        assert not requests_made()


def test_each_agency_finds_it_on_its_desk_and_on_its_record(world, case):
    case.send(COMMUNE, DEPARTMENT)
    for slug in (COMMUNE, DEPARTMENT):
        with world.inside(slug):
            (found,) = waiting_lines()
            assert found.row.title == "Báo cáo nhanh"
            assert found.row.fields == FIELDS
            assert found.line.standing(NOW).days == 7
        assert case.acts(slug) == [Act.ADHOC_ASKED]
    assert case.acts(PROVINCE) == [Act.ADHOC_DRAWN_UP, Act.ADHOC_SENT]


def test_an_agency_reads_its_own_line_and_no_other(world, case):
    case.send(COMMUNE, DEPARTMENT)
    case.answer(COMMUNE)
    with world.inside(DEPARTMENT):
        (mine,) = db.session.query(AdhocLine).all()
        assert mine.tenant_id == world.key_of(DEPARTMENT).tenant_id
        assert mine.state is LineState.ASKED
        rows = db.session.execute(text("SELECT tenant_id FROM adhoc_line")).scalars().all()
        assert rows == [mine.tenant_id]
        assert not db.session.execute(text("SELECT FROM adhoc_request")).all()
    with world.inside(OTHER_PROVINCE):
        assert not db.session.execute(text("SELECT FROM adhoc_line")).all()


def test_an_agency_that_is_not_below_cannot_be_asked(case):
    for foreign in (OTHER_COMMUNE, OTHER_PROVINCE, PROVINCE):
        with pytest.raises(MissingError):
            case.draw_up(foreign)


def test_a_name_slipped_past_the_rules_is_not_asked_all_the_same(world, case):
    request = case.draw_up(COMMUNE)
    foreign = world.key_of(OTHER_COMMUNE).tenant_id
    with world.app.app_context(), world.owner(), unit_of_work():
        db.session.execute(
            text("UPDATE adhoc_request SET addressed = addressed || :foreign"),
            {"foreign": foreign},
        )
    with clock_set_to(NOW), world.inside(PROVINCE), unit_of_work():
        assert send(request, version=1, by=case.asker) == 1


def test_a_draft_of_a_request_is_changed_until_it_is_sent(world, case):
    request = case.draw_up(COMMUNE)
    case.redraw(request, DEPARTMENT, title="Báo cáo khác", fields=FIELDS[:1])
    with refused(Rule.STALE_SCREEN):
        case.redraw(request, COMMUNE, version=1)
    with refused(Rule.STALE_SCREEN):
        case.send_off(request, version=1)
    with pytest.raises(MissingError):
        case.redraw(request, OTHER_COMMUNE, version=2)
    assert case.send_off(request, version=2) == 1
    with world.inside(DEPARTMENT):
        (found,) = waiting_lines()
        assert (found.row.title, found.row.fields) == ("Báo cáo khác", FIELDS[:1])
    with refused(Rule.ADHOC_SENT):
        case.redraw(request, COMMUNE, version=2)
    with pytest.raises(DBAPIError, match="permission"), world.inside(PROVINCE), unit_of_work():
        db.session.execute(text("UPDATE adhoc_request SET sent_at = NULL"))


def test_who_has_not_answered_is_reminded_once_a_day(world, case):
    request = case.send(COMMUNE, DEPARTMENT)
    case.answer(COMMUNE)
    assert case.remind(request) == 1
    with refused(Rule.ADHOC_NOBODY_TO_REMIND):
        case.remind(request)
    assert case.remind(request, at=NOW + timedelta(days=1)) == 1
    assert case.acts(DEPARTMENT) == [Act.ADHOC_ASKED, Act.ADHOC_REMINDED, Act.ADHOC_REMINDED]
    assert Act.ADHOC_REMINDED not in case.acts(COMMUNE)
    assert Act.ADHOC_REMINDED_OF in case.acts(PROVINCE)


def test_due_and_closed_are_two_days(world, case):
    request = case.send(COMMUNE, DEPARTMENT, closes_on=DUE + timedelta(days=3))
    late, over = NOW + timedelta(days=9), NOW + timedelta(days=11)
    case.answer(COMMUNE, at=late)
    assert case.lines(request)["Xã Sìn Hồ"].line.standing(late).timeliness is Timeliness.LATE
    for act in (
        lambda: case.answer(DEPARTMENT, at=over),
        lambda: case.keep(DEPARTMENT, at=over),
        lambda: case.answer(COMMUNE, at=over, because="Muộn"),
        lambda: case.remind(request, at=over),
    ):
        with refused(Rule.ADHOC_CLOSED):
            act()
    with clock_set_to(over), world.inside(DEPARTMENT):
        assert not waiting_lines()
    statement = "UPDATE adhoc_line SET answered_at = :at"
    with pytest.raises(DBAPIError, match="in_time"), world.inside(COMMUNE):
        db.session.execute(text(statement), {"at": over})


def test_a_closed_request_takes_no_more_answers(case):
    request = case.send(COMMUNE, DEPARTMENT)
    case.answer(COMMUNE)
    case.close(request)
    with refused(Rule.ADHOC_CLOSED):
        case.answer(DEPARTMENT)
    with refused(Rule.ADHOC_CLOSED):
        case.give_back(COMMUNE)
    with refused(Rule.ADHOC_CLOSED):
        case.close(request)


def test_the_database_holds_a_closed_line_shut_too(world, case):
    request = case.send(COMMUNE)
    case.close(request)
    with world.inside(COMMUNE), unit_of_work():
        changed = db.session.execute(text("UPDATE adhoc_line SET texts = '{}'"))
        assert changed.rowcount == 0


def test_a_line_belongs_to_its_agency_and_nobody_else_writes_it(world, case):
    case.send(COMMUNE)
    with world.inside(PROVINCE), unit_of_work():
        changed = db.session.execute(text("UPDATE adhoc_line SET texts = '{}'"))
        assert changed.rowcount == 0
    with pytest.raises(DBAPIError), world.inside(COMMUNE), unit_of_work():
        db.session.execute(text("UPDATE adhoc_line SET title = 'khác'"))


def test_what_was_sent_is_not_sent_again_nor_discarded(world, case):
    request = case.send(COMMUNE)
    with clock_set_to(NOW), world.inside(PROVINCE):
        with refused(Rule.ADHOC_SENT), unit_of_work():
            send(request, version=1, by=case.asker)
        with refused(Rule.ADHOC_SENT), unit_of_work():
            discard(request, by=case.asker)


def test_only_who_may_asks_and_answers(world, case):
    officer = case.officers[COMMUNE]
    with refused(Rule.PERMISSION_NEEDED):
        case.draw_up(COMMUNE, by=officer)
    case.send(COMMUNE)
    appraiser = world.make_account(COMMUNE, Role.APPRAISER).actor()
    with refused(Rule.PERMISSION_NEEDED):
        case.answer(COMMUNE, by=appraiser)


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"addressed": frozenset()}, Rule.ADHOC_NOBODY_ASKED),
        ({"fields": ()}, Rule.ADHOC_FIELDS),
        ({"fields": (Field(label="", kind=FieldKind.TEXT),)}, Rule.ADHOC_FIELD_INCOMPLETE),
        ({"due_on": NOW.date() - timedelta(days=1)}, Rule.ADHOC_DUE_OVER),
        ({"closes_on": DUE - timedelta(days=1)}, Rule.ADHOC_CLOSES_BEFORE_DUE),
    ],
)
def test_a_form_that_nobody_could_answer_is_not_drawn_up(case, more, rule):
    with refused(rule):
        case.draw_up(COMMUNE, **more)


def test_one_sheet_that_is_sent_at_the_same_moment_is_drawn_up_once(case):
    sheet, start, drawn = new_id(), threading.Barrier(3), []

    def send():
        start.wait()
        drawn.append(case.draw_up(COMMUNE, sheet=sheet))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drawn) == 3
    assert len(set(drawn)) == 1
    with refused(Rule.ADHOC_SHEET_USED):
        case.draw_up(COMMUNE, sheet=sheet, title="Khác")


def test_the_database_itself_keeps_one_request_for_each_sheet_of_an_agency(case, world):
    case.draw_up(COMMUNE)
    with world.inside(PROVINCE), world.owner(), pytest.raises(DBAPIError, match="sheet_id"):
        db.session.execute(
            text(
                "INSERT INTO adhoc_request SELECT (jsonb_populate_record("
                "one, jsonb_build_object('id', gen_random_uuid()))).* FROM adhoc_request AS one"
            )
        )
