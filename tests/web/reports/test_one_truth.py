"""Of a report, its room, the golden board and the workbook say one and the same thing."""

import re
from collections import Counter
from datetime import date, datetime

import pytest

from app.domain.deadlines import VIETNAM
from app.domain.dossiers import State
from app.domain.permissions import Role
from app.domain.reports import ReportEvent, ReportTimeliness
from app.exports.board_workbook import load_workbook_figures
from app.exports.province_workbook import write_province_workbook
from app.labels.reports import REPORT_TIMELINESS
from app.persistence.clock import clock_set_to
from app.persistence.queries.official_figures import official_of
from app.persistence.unit_of_work import unit_of_work
from app.services.extensions import extend_report
from tenants.schema import TenantKind
from tests.builders.figures import Office
from tests.builders.reading import words_of
from tests.builders.reporting import Desk
from tests.builders.trees import Tree
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR
from tests.exports import reading


IN_TIME = datetime(THIS_YEAR, 12, 1, 9, tzinfo=VIETNAM)
TOO_LATE = datetime(THIS_YEAR, 12, 10, 9, tzinfo=VIETNAM)
AFTER_ALL = datetime(THIS_YEAR, 12, 12, 9, tzinfo=VIETNAM)
TOLD, OVERDUE = 'data-label="Timeliness"', "Not received, overdue"
ON_TIME, LATE, WITH_MORE, MORE, WAIVED = (f"lai-chau/x{place}" for place in range(5))


def extend(desk):
    with desk.world.inside(PROVINCE), unit_of_work():
        extend_report(
            desk.slug,
            THIS_YEAR,
            until=date(THIS_YEAR, 12, 20),
            requester="Công văn 1",
            reason="Bão lũ",
            by=desk.association,
        )


@pytest.fixture
def reported(world):
    """Let one agency stand in each way; the department has published all, and reported nothing."""
    tree = Tree(world, PROVINCE)
    for slug in (ON_TIME, LATE, WITH_MORE, MORE, WAIVED):
        tree.plant(slug, PROVINCE, TenantKind.COMMUNE)
    office = Office(world, DEPARTMENT)
    office.make(State.PUBLISHED)
    office.recompute()
    Desk(world, COMMUNE).expect()
    desks = {slug: Desk(world, slug) for slug in (ON_TIME, LATE, WITH_MORE, MORE, WAIVED)}
    desks[WAIVED].above_does(ReportEvent.WAIVE)
    for slug in (WITH_MORE, MORE):
        extend(desks[slug])
    for slug, moment in ((ON_TIME, IN_TIME), (LATE, TOO_LATE), (WITH_MORE, TOO_LATE)):
        with clock_set_to(moment):
            desks[slug].hand_in()
    desks[ON_TIME].accept()
    return desks


def in_the_room(page):
    rows = [row for row in re.findall(r"<tr>.*?</tr>", page.text, re.DOTALL) if TOLD in row]
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    plain = [[" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in row] for row in cells]
    return {row[0]: row[2] for row in plain}


def in_the_workbook(world, path):
    with world.inside(PROVINCE) as key:
        figures = load_workbook_figures(key, THIS_YEAR, wording=reading.ENGLISH, code="AB12CD")
        write_province_workbook(path, figures, wording=reading.ENGLISH)
    rows = reading.values(path, "On time and late")
    return {row[1]: (row[5], row[6]) for row in rows if isinstance(row[0], float | int)}


@pytest.mark.usefixtures("reported")
def test_the_room_the_board_and_the_workbook_agree_of_every_report(
    world, sign_in, browse, tmp_path
):
    above, board = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION)), browse(PROVINCE)
    seen = set()
    for number, moment in enumerate((IN_TIME, AFTER_ALL)):
        with clock_set_to(moment):
            room = in_the_room(above.get(f"/{PROVINCE}/-/reports/?lang=en"))
            book = in_the_workbook(world, tmp_path / f"{number}.xlsx")
            said = words_of(board("/board/?lang=en"))
        assert room.keys() == book.keys()
        assert len(book) == 7
        for name, (standing, days) in book.items():
            assert room[name].startswith(standing)
            assert standing != OVERDUE or f"due {days:n} days ago" in room[name]
        counted = Counter(standing for standing, _ in book.values())
        for standing, agencies in counted.items():
            assert f"{standing}: {agencies}" in said
        seen |= set(counted)
    assert seen == {str(REPORT_TIMELINESS[one]) for one in ReportTimeliness}


@pytest.mark.usefixtures("reported")
def test_who_has_published_everything_has_not_reported(world, tmp_path):
    with clock_set_to(AFTER_ALL):
        book = in_the_workbook(world, tmp_path / "one.xlsx")
    assert book["Sở Công Thương"] == (OVERDUE, 8)


def test_a_report_that_came_back_is_waited_for_and_once_it_is_there_again_came_when_it_first_did(
    world, sign_in, reported, tmp_path
):
    desk, above = reported[ON_TIME], sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    desk.above_does(ReportEvent.REOPEN)
    desk.above_does(ReportEvent.RETURN, items=["Nhóm 3"])
    seen = []
    for number in range(2):
        with clock_set_to(AFTER_ALL):
            room = in_the_room(above.get(f"/{PROVINCE}/-/reports/?lang=en"))
            book = in_the_workbook(world, tmp_path / f"{number}.xlsx")
            assert room[ON_TIME].startswith(book[ON_TIME][0])
            seen.append(book[ON_TIME])
            if not number:
                desk.recompute()
                desk.compile()
                desk.submit(reason="Đã rà soát")
    assert seen == [(OVERDUE, 8), ("Received on time", "")]


def test_the_workbook_sets_the_official_figures_beside_never_among_the_live_ones(world, reported):
    with world.inside(PROVINCE) as key:
        figures = load_workbook_figures(key, THIS_YEAR, wording=reading.ENGLISH, code="AB12CD")
        official = official_of(key, THIS_YEAR)
    lines = {one.name: one for one in figures.official.lines}
    assert figures.official.total == official.total
    assert figures.official.counted_at == official.counted_at
    assert (lines[ON_TIME].version, len(lines[ON_TIME].seal)) == (1, 12)
    assert lines[WAIVED].note == "Waived: Theo công văn"
    assert lines[LATE].note == "No report accepted yet"
    assert figures.total.recognised == 1
    assert official.total.recognised == 0
