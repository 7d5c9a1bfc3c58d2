"""One form goes to many agencies; each answers its own line, and whoever asked adds them up."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.adhoc import LineState, totals
from app.domain.adhoc_answers import Count, Field, FieldKind, KnownFigure, KnownShare, Typed
from app.domain.audit import Act
from app.domain.dossiers import State
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.timeliness import Timeliness
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AdhocDraft, AdhocFormer, AdhocLine, AuditEvent
from app.persistence.queries.adhoc import (
    find_draft,
    former_of,
    lines_of,
    lines_received,
    requests_made,
    waiting_lines,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.adhoc import (
    Asked,
    close,
    discard,
    draw_up,
    give_back,
    redraw,
    remind,
    send,
)
from app.services.adhoc_answers import answer, keep_draft
from tests.builders.figures import Office
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    OTHER_COMMUNE,
    OTHER_PROVINCE,
    PROVINCE,
    THIS_YEAR,
)


DUE = date(THIS_YEAR, 11, 30)
NOW = datetime(THIS_YEAR, 11, 23, 3, tzinfo=UTC)
FIELDS = (
    Field(label="Số lớp tập huấn", kind=FieldKind.NUMBER),
    Field(label="Số người đăng ký", kind=FieldKind.KNOWN, figure=KnownFigure.REGISTERED),
    Field(label="Có ban chỉ đạo", kind=FieldKind.YES_NO),
    Field(label="Khó khăn", kind=FieldKind.TEXT),
    Field(label="Kinh phí", kind=FieldKind.DECIMAL, unit="triệu đồng"),
    Field(label="Trung tâm mở lại", kind=FieldKind.PERCENT),
    Field(label="Tỉ lệ đăng ký", kind=FieldKind.PERCENT, figure=KnownShare.REGISTERED),
    Field(label="Ngày khai mạc", kind=FieldKind.DATE),
    Field(label="Người phụ trách", kind=FieldKind.SHORT),
)
ANSWERS = (
    Typed(value="3"),
    Typed(value="1"),
    Typed(value="yes"),
    Typed(value="Thiếu máy tính"),
    Typed(value="12,5"),
    Typed(value="3", whole="4"),
    Typed(value="1", whole="1"),
    Typed(value="02/10/2026"),
    Typed(value="Lò Thị Pánh"),
)


class Case:
    """An association that asks two agencies, and somebody in each who answers."""

    def __init__(self, world):
        self.world = world
        self.asker = world.make_account(PROVINCE, Role.ASSOCIATION, name="Chu Văn Hỏi").actor()
        self.officers = {
            slug: world.make_account(slug, Role.OFFICER).actor() for slug in (COMMUNE, DEPARTMENT)
        }

    def asked(self, *slugs, **more):
        given = {
            "title": "Báo cáo nhanh",
            "document": "25/HKH",
            "instructions": "Theo yêu cầu của tỉnh",
            "due_on": DUE,
            "year": THIS_YEAR,
            "fields": FIELDS,
            "addressed": frozenset(self.world.key_of(slug).tenant_id for slug in slugs),
        }
        return Asked(**(given | more))

    def draw_up(self, *slugs, by=None, at=PROVINCE, **more):
        with clock_set_to(NOW), self.world.inside(at), unit_of_work():
            return draw_up(self.asked(*slugs, **more), by=by or self.asker)

    def redraw(self, request, *slugs, version=1, **more):
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            redraw(request, self.asked(*slugs, **more), version=version, by=self.asker)

    def send(self, *slugs, **more):
        request = self.draw_up(*slugs, **more)
        self.send_off(request)
        return request

    def send_off(self, request, version=1):
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            return send(request, version=version, by=self.asker)

    def line(self, slug):
        with self.world.inside(slug):
            return lines_received()[0].row.id

    def answer(self, slug, typed=ANSWERS, *, by=None, at=NOW, because="", version=None):
        line, before = self.line(slug), self.version(slug) if version is None else version
        with clock_set_to(at), self.world.inside(slug), unit_of_work():
            answer(line, typed, because=because, version=before, by=by or self.officers[slug])

    def version(self, slug):
        with self.world.inside(slug):
            return lines_received()[0].row.version

    def keep(self, slug, typed=ANSWERS, *, version=0, at=NOW):
        line = self.line(slug)
        with clock_set_to(at), self.world.inside(slug), unit_of_work():
            return keep_draft(line, typed, because="", version=version, by=self.officers[slug])

    def remind(self, request, at=NOW):
        with clock_set_to(at), self.world.inside(PROVINCE), unit_of_work():
            return remind(request, by=self.asker)

    def give_back(self, slug, reason="Thiếu số liệu"):
        line = self.line(slug)
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            give_back(line, reason, by=self.asker)

    def close(self, request):
        with clock_set_to(NOW), self.world.inside(PROVINCE), unit_of_work():
            close(request, by=self.asker)

    def lines(self, request):
        with self.world.inside(PROVINCE):
            return {one.agency: one for one in lines_of(request)}

    def acts(self, slug):
        with self.world.inside(slug):
            acts = [one.act for one in db.session.query(AuditEvent).all()]
            return sorted(act for act in acts if act.startswith("adhoc"))


@pytest.fixture
def case(world):
    Office(world, COMMUNE).make(State.REGISTERED)
    office = Office(world, COMMUNE)
    office.recompute()
    return Case(world)


@contextmanager
def refused(rule):
    with pytest.raises(RefusedError) as refusal:
        yield refusal
    assert refusal.value.rule is rule


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


def test_answers_roll_up_and_say_of_how_many(case):
    request = case.send(COMMUNE, DEPARTMENT)
    case.answer(COMMUNE)
    lines = case.lines(request)
    found = totals(FIELDS, [one.line for one in lines.values()])
    assert {place: (total.sum, total.answered) for place, total in found.items()} == {
        0: (3, 1),
        1: (1, 1),
        2: (1, 1),
        4: (Decimal("12.5"), 1),
        5: (3, 1),
        6: (1, 1),
        7: (0, 1),
    }
    assert (found[5].whole, found[7].first) == (4, date(2026, 10, 2))
    assert lines["Xã Sìn Hồ"].line.answers[3].text == "Thiếu máy tính"
    assert lines["Xã Sìn Hồ"].line.answers[1].known == Count(number=1)
    assert lines["Xã Sìn Hồ"].line.answers[6].known == Count(number=1, whole=1)
    assert lines["Xã Sìn Hồ"].line.answers[8].text == "Lò Thị Pánh"


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


def test_who_answers_otherwise_than_the_system_counts_says_why(case):
    request = case.send(COMMUNE)
    other = (ANSWERS[0], Typed(value="9"), *ANSWERS[2:])
    with refused(Rule.ADHOC_DEVIATES) as refusal:
        case.answer(COMMUNE, other)
    assert refusal.value.facts["numbers"] == (2,)
    told = (ANSWERS[0], Typed(value="9", reason="Tính cả người chuyển đến"), *ANSWERS[2:])
    case.answer(COMMUNE, told)
    given = case.lines(request)["Xã Sìn Hồ"].line.answers[1]
    assert (given.number, given.known.number, given.reason) == (9, 1, "Tính cả người chuyển đến")


def test_an_answer_that_is_given_back_is_sent_again(world, case):
    request = case.send(COMMUNE)
    case.answer(COMMUNE)
    with refused(Rule.REASON_NEEDED):
        case.give_back(COMMUNE, "  ")
    case.give_back(COMMUNE)
    with world.inside(COMMUNE):
        (found,) = waiting_lines()
        assert found.row.returned_reason == "Thiếu số liệu"
    assert not totals(FIELDS, [one.line for one in case.lines(request).values()])[0].answered
    case.answer(COMMUNE)
    assert case.acts(COMMUNE) == [
        Act.ADHOC_ANSWERED,
        Act.ADHOC_ANSWERED,
        Act.ADHOC_ASKED,
        Act.ADHOC_RETURNED,
    ]


def test_an_answer_is_corrected_with_a_reason_and_what_it_said_stays_beside_it(world, case):
    request = case.send(COMMUNE)
    case.answer(COMMUNE)
    other = (Typed(value="5"), *ANSWERS[1:])
    with refused(Rule.REASON_NEEDED):
        case.answer(COMMUNE, other)
    case.answer(COMMUNE, other, because="Bỏ sót hai lớp", at=NOW + timedelta(days=1))
    now = case.lines(request)["Xã Sìn Hồ"]
    assert (now.line.answers[0].number, now.row.because) == (5, "Bỏ sót hai lớp")
    assert now.row.answered_first_at == NOW
    for slug in (PROVINCE, COMMUNE):
        with world.inside(slug):
            [former] = former_of([now.row.id])[now.row.id]
            assert (former.answers[0].number, former.answered_at) == (3, NOW)
    with world.inside(DEPARTMENT):
        assert not db.session.query(AdhocFormer).all()
    assert Act.ADHOC_CORRECTED in case.acts(COMMUNE)


def test_two_who_correct_at_once_do_not_overwrite_each_other(case):
    case.send(COMMUNE)
    case.answer(COMMUNE)
    case.answer(COMMUNE, because="Lần một", version=1)
    with refused(Rule.STALE_SCREEN):
        case.answer(COMMUNE, because="Lần hai", version=1)


def test_the_database_keeps_what_a_correction_replaces(world, case):
    case.send(COMMUNE)
    case.answer(COMMUNE)
    with (
        pytest.raises(DBAPIError, match="follows version 1"),
        world.inside(COMMUNE),
        unit_of_work(),
    ):
        db.session.execute(text("UPDATE adhoc_line SET texts = texts"))
    with pytest.raises(DBAPIError, match="permission"), world.inside(COMMUNE), unit_of_work():
        db.session.execute(text("DELETE FROM adhoc_former"))


@pytest.mark.parametrize(
    ("column", "place", "value"),
    [
        ("numbers", 1, "1.5"),
        ("numbers", 1, "-1"),
        ("numbers", 1, "NULL"),
        ("numbers", 2, "9"),
        ("numbers", 3, "2"),
        ("numbers", 5, "1.234"),
        ("numbers", 6, "5"),
        ("wholes", 6, "NULL"),
        ("wholes", 7, "9"),
        ("texts", 8, "'mai'"),
    ],
)
def test_the_database_takes_no_answer_that_is_none(world, case, column, place, value):
    case.send(COMMUNE)
    case.answer(COMMUNE)
    sets = f"{column}[{place}] = {value}, version = version + 1"
    with pytest.raises(DBAPIError, match="ck_adhoc_line_answer"), world.inside(COMMUNE):
        db.session.execute(text("UPDATE adhoc_line SET " + sets))  # noqa: S608


def test_what_is_typed_is_kept_unread_until_it_is_sent(world, case):
    case.send(COMMUNE)
    half = (Typed(value="mười hai"), *(Typed(value="") for _ in FIELDS[1:]))
    assert case.keep(COMMUNE, half) == 1
    with world.inside(COMMUNE):
        line = lines_received()[0].row.id
        assert find_draft(line).typed[0] == "mười hai"
        assert waiting_lines()
    with world.inside(PROVINCE):
        assert not db.session.query(AdhocDraft).all()
    case.answer(COMMUNE)
    with world.inside(COMMUNE):
        assert find_draft(line) is None


def test_a_colleagues_draft_is_not_overwritten(case):
    case.send(COMMUNE)
    assert case.keep(COMMUNE, version=case.keep(COMMUNE)) == 2
    with refused(Rule.STALE_SCREEN):
        case.keep(COMMUNE, version=1)


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


def test_what_was_not_answered_cannot_be_given_back(case):
    case.send(COMMUNE)
    with refused(Rule.ADHOC_NOT_ANSWERED):
        case.give_back(COMMUNE)


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


def test_late_is_who_answers_after_the_last_day_and_overdue_who_has_not(case):
    request = case.send(COMMUNE, DEPARTMENT)
    after = NOW + timedelta(days=10)
    case.answer(COMMUNE, at=after)
    standings = {
        agency: one.line.standing(after).timeliness for agency, one in case.lines(request).items()
    }
    assert standings == {
        "Xã Sìn Hồ": Timeliness.LATE,
        "Sở Công Thương": Timeliness.OVERDUE,
    }


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
