"""Each agency answers its own line, drafts and corrects it, and whoever asked adds them up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.adhoc import totals
from app.domain.adhoc_answers import Count, Typed
from app.domain.audit import Act
from app.domain.dossiers import State
from app.domain.refusals import Rule
from app.domain.timeliness import Timeliness
from app.persistence.database import db
from app.persistence.models import AdhocDraft, AdhocFormer
from app.persistence.queries.adhoc import (
    find_draft,
    former_of,
    lines_received,
    waiting_lines,
)
from app.persistence.unit_of_work import unit_of_work
from tests.builders.adhoc import ANSWERS, FIELDS, NOW, Case, refused
from tests.builders.figures import Office
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    PROVINCE,
)


@pytest.fixture
def case(world):
    Office(world, COMMUNE).make(State.REGISTERED)
    office = Office(world, COMMUNE)
    office.recompute()
    return Case(world)


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


def test_what_was_not_answered_cannot_be_given_back(case):
    case.send(COMMUNE)
    with refused(Rule.ADHOC_NOT_ANSWERED):
        case.give_back(COMMUNE)


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
