"""Lets the agencies of the house report: each report in a state in which a page takes it.

This year's is handed in; last year's is drawn up at ours and accepted below it; the one before that
has not been begun, and one long ago is closed. What an agency above types holds no canary: it
stands on the record of both.
"""

from collections.abc import Mapping
from datetime import date, datetime

from app.domain.deadlines import VIETNAM
from app.domain.expected_reports import ListChange
from app.domain.permissions import Role
from app.domain.reports import ReportEvent
from app.exports.report_files import write_report_files
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import Cycle
from app.persistence.queries.reports import find_report
from app.persistence.unit_of_work import unit_of_work
from app.services.cycles import open_cycle
from app.services.expected_reports import (
    change_list,
    expect_reports,
    move_closing,
)
from app.services.extensions import ask_for_time, extend_report
from app.services.report_reviews import review_report
from app.services.reports import ReportFiles, compile_report, submit_report
from app.services.results import recompute_result
from tests.builders.world import THIS_YEAR
from tests.isolation.furniture import Furniture


_LAST_YEAR = THIS_YEAR - 1
_NOT_BEGUN = THIS_YEAR - 2
_CLOSED = THIS_YEAR - 4
_NOT_ASKED_FOR = THIS_YEAR - 5
_RIGHT_BELOW = {"own": "child", "parent": "sibling", "child": "sibling"}
"""Whose report an agency's pages name. Below most there is nobody: these name what is foreign."""


def hand_in_reports(rooms: Mapping[str, Furniture]) -> None:
    """Let the lower agencies hand in, and those above them expect, review, return and accept."""
    for relation, room in rooms.items():
        room.keep("agency right below", rooms[_RIGHT_BELOW.get(relation, relation)].slug)
    for above, below in (("own", "child"), ("parent", "own")):
        _expect(rooms[above], rooms[below])
        _change_lists(rooms[above], rooms[below])
    _ask_for_time(rooms)
    for relation in ("child", "own", "sibling"):
        _hand_in(rooms[relation], THIS_YEAR)
    _draw_up(rooms["own"], _LAST_YEAR)
    for year in (_LAST_YEAR, _CLOSED):
        _hand_in(rooms["child"], year)
        for event in (ReportEvent.REVIEW, ReportEvent.ACCEPT):
            _move(rooms["own"], rooms["child"], year, event)
    _move(rooms["own"], rooms["child"], _CLOSED, ReportEvent.CLOSE)
    for event in (ReportEvent.REVIEW, ReportEvent.RETURN):
        _move(rooms["parent"], rooms["sibling"], THIS_YEAR, event)


def _expect(above: Furniture, below: Furniture) -> None:
    association = above.world.make_account(
        above.slug, Role.ASSOCIATION, name="Hội cấp trên"
    ).actor()
    with above.world.inside(above.slug), unit_of_work():
        expect_reports(THIS_YEAR, date(THIS_YEAR, 12, 31), by=association)
        move_closing(
            THIS_YEAR, date(THIS_YEAR + 1, 1, 20), moves=0, reason="Bão lũ", by=association
        )
        extend_report(
            below.slug,
            THIS_YEAR,
            until=date(THIS_YEAR + 1, 1, 15),
            requester="Công văn 3",
            reason="Bão lũ",
            by=association,
        )


def _change_lists(above: Furniture, below: Furniture) -> None:
    """Fix three earlier lists; one loses somebody again. Last year was opened without any."""
    opener = above.world.make_account(above.slug, Role.TENANT_ADMIN).actor()
    association = above.world.make_account(
        above.slug, Role.ASSOCIATION, name="Hội cấp trên"
    ).actor()
    with above.world.inside(above.slug), unit_of_work():
        for year in (_NOT_BEGUN, _NOT_BEGUN - 1, _NOT_ASKED_FOR):
            with clock_set_to(datetime(year, 6, 1, tzinfo=VIETNAM)):
                open_cycle(year, date(year, 1, 1), by=opener)
        began = date(_LAST_YEAR, 1, 1)
        db.session.add(
            Cycle(year=_LAST_YEAR, opened_by=opener.account_id, registration_opens_on=began)
        )
        facts = {"reason": "Đã sáp nhập", "by": association}
        change_list(below.slug, _NOT_BEGUN - 1, ListChange.REMOVED, **facts)


def _ask_for_time(rooms: Mapping[str, Furniture]) -> None:
    """Let the lower agencies ask for more time. The others name what is foreign to them."""
    asked = {}
    for relation in ("child", "own", "sibling"):
        room = rooms[relation]
        with room.world.inside(room.slug), unit_of_work():
            reason = f"Vu{room.tag[2:]} Bão lũ"
            until = date(THIS_YEAR + 1, 1, 15)
            officer = room.office.officer.actor()
            asked[relation] = ask_for_time(_NOT_BEGUN, until=until, reason=reason, by=officer)
    for relation, room in rooms.items():
        room.keep("sent extension", asked.get(relation, asked["sibling"]))
        below = _RIGHT_BELOW.get(relation, relation)
        room.keep("asked extension", asked.get(below, asked["sibling"]))


def _draw_up(room: Furniture, year: int) -> None:
    with room.world.inside(room.slug), unit_of_work():
        recompute_result(year, is_forced=True)
        compile_report(year, by=room.office.officer.actor())


def _hand_in(room: Furniture, year: int) -> None:
    _draw_up(room, year)
    title = f"Vu{room.tag[2:]} Chánh Văn phòng"
    with room.world.inside(room.slug), unit_of_work():
        submit_report(year, revision=1, title=title, paper=_paper, by=room.office.officer.actor())


def _paper(content: str, digest: str) -> ReportFiles:
    return write_report_files(content, digest, address=f"https://bangvang.test/{digest[:32]}")


def _move(above: Furniture, below: Furniture, year: int, event: ReportEvent) -> None:
    association = above.world.make_account(
        above.slug, Role.ASSOCIATION, name="Hội cấp trên"
    ).actor()
    with below.world.inside(below.slug) as key:
        report = find_report(key, year)
        revision = report.revision if report else 0
    with above.world.inside(above.slug), unit_of_work():
        items = ["Nhóm 3"] if event is ReportEvent.RETURN else []
        review_report(
            below.slug,
            year,
            event,
            revision=revision,
            reason="Theo công văn",
            items=items,
            by=association,
        )
