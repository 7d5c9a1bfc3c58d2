"""A province, its department and its commune, and the report that each hands in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain.expected_reports import ListChange
from app.domain.permissions import Actor, Role
from app.domain.reports import ReportEvent
from app.persistence.queries.reports import find_report
from app.persistence.unit_of_work import unit_of_work
from app.services.expected_reports import change_list, expect_reports
from app.services.report_reviews import review_report
from app.services.reports import (
    ReportFiles,
    compile_report,
    correct_report,
    recall_report,
    submit_report,
    uncorrect_report,
)
from app.services.results import recompute_result
from tests.builders.world import PROVINCE, THIS_YEAR, World


TITLE = "Chánh Văn phòng"


def paper_for_tests(content: str, digest: str) -> ReportFiles:
    """Make files that say what they are of: typesetting takes half a second."""
    said = f"{digest} {len(content)}".encode()
    return ReportFiles(paper=b"%PDF-1.7 " + said, workbook=b"PK " + said)


class Desk:
    """Whoever hands in an agency's report, and the association that reviews it."""

    def __init__(self, world: World, slug: str, above: str = PROVINCE) -> None:
        self.world = world
        self.slug = slug
        self.above = above
        self.officer: Actor = world.make_account(slug, Role.OFFICER).actor()
        self.association: Actor = world.make_account(above, Role.ASSOCIATION).actor()

    def revision(self) -> int:
        """Return how often the report has been moved."""
        with self.world.inside(self.slug) as key:
            report = find_report(key, THIS_YEAR)
            return report.revision if report else 0

    def recompute(self) -> None:
        """Do what a worker would."""
        with self.world.inside(self.slug), unit_of_work():
            recompute_result(THIS_YEAR, is_forced=True)

    def compile(self) -> None:
        """Draw the report up."""
        with self.world.inside(self.slug), unit_of_work():
            compile_report(THIS_YEAR, by=self.officer)

    def submit(self, *, reason: str = "", **more: Any) -> str:
        """Freeze and hand in; return the hash."""
        facts = {
            "revision": self.revision(),
            "title": TITLE,
            "paper": paper_for_tests,
            "by": self.officer,
            **more,
        }
        with self.world.inside(self.slug), unit_of_work():
            return submit_report(THIS_YEAR, reason=reason, **facts).hash

    def hand_in(self, *, reason: str = "") -> str:
        """Count, draw up and hand in; return the hash."""
        self.recompute()
        self.compile()
        return self.submit(reason=reason)

    def recall(self) -> None:
        """Take the report back."""
        revision = self.revision()
        with self.world.inside(self.slug), unit_of_work():
            recall_report(THIS_YEAR, revision=revision, reason="Nhầm", by=self.officer)

    def correct(self, reason: str = "Bổ sung quyết định") -> None:
        """Begin a further version."""
        revision = self.revision()
        with self.world.inside(self.slug), unit_of_work():
            correct_report(THIS_YEAR, revision=revision, reason=reason, by=self.officer)

    def call_off(self) -> None:
        """Call the correction off."""
        revision = self.revision()
        with self.world.inside(self.slug), unit_of_work():
            uncorrect_report(THIS_YEAR, revision=revision, reason="Nhầm", by=self.officer)

    def above_does(self, event: ReportEvent, *, items: Sequence[str] = (), **more: Any) -> None:
        """Let the association move the report."""
        facts = {
            "revision": self.revision(),
            "reason": "Theo công văn",
            "by": self.association,
            **more,
        }
        with self.world.inside(self.above), unit_of_work():
            review_report(self.slug, THIS_YEAR, event, items=items, **facts)

    def accept(self) -> None:
        """Let the association review and accept the report."""
        self.above_does(ReportEvent.REVIEW)
        self.above_does(ReportEvent.ACCEPT)

    def expect(self, closes_on: date = date(2026, 12, 31)) -> int:
        """Let the association fix who is to report."""
        with self.world.inside(self.above), unit_of_work():
            return expect_reports(THIS_YEAR, closes_on, by=self.association)

    def list_changes(self, change: ListChange, reason: str = "Đã sáp nhập") -> None:
        """Let the association put the agency on its list, or take it off."""
        with self.world.inside(self.above), unit_of_work():
            change_list(self.slug, THIS_YEAR, change, reason=reason, by=self.association)
