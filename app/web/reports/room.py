"""The blueprint of reports, and what its pages say of a report in the same way."""

from collections.abc import Mapping
from datetime import date
from json import loads
from typing import Any

from flask import Blueprint

from app.domain.expected_reports import ON_THE_LIST_ALONE
from app.domain.refusals import RefusedError, Rule
from app.domain.report_reviews import review_ends_on, unclosed_until
from app.domain.reports import Counting, ReportEvent, ReportState, Side, open_events
from app.labels import extensions as request_words
from app.labels import reports as report_words
from app.labels.refusals import advice_of, sentence_of
from app.persistence.clock import today
from app.persistence.models import Report, ReportSnapshot
from app.persistence.queries.calendar import working_days
from app.persistence.queries.cycles import find_cycle


bp = Blueprint("reports", __name__, url_prefix="/reports")
bp.app_context_processor(lambda: {"report_words": report_words, "request_words": request_words})


def state_of(report: Report | None) -> ReportState:
    """Return where a report stands; open while nobody has begun it."""
    return report.state if report else ReportState.OPEN


def revision_of(report: Report | None) -> int:
    """Return how often a report was moved, for a form to send back."""
    return report.revision if report else 0


def events_open(report: Report | None, side: Side, *, is_wanted: bool) -> set[str]:
    """Return what one side may do with a report now, in the words of addresses."""
    counts = report.counts if report else Counting.NONE
    found = set(open_events(state_of(report), side, counts=counts))
    if not may_unclose(report):
        found.discard(ReportEvent.UNCLOSE)
    return {one.value for one in (found if is_wanted else found - ON_THE_LIST_ALONE)}


def review_ends(report: Report | None) -> date | None:
    """Return the last day of the review that a report is under, if it is under one."""
    if report is None or report.state is not ReportState.UNDER_REVIEW:
        return None
    return review_ends_on(report.changed_at, working_days())


def no_year(year: int) -> tuple[str, str] | None:
    """Say why nobody can be asked to report for a year that was never opened, and what to do."""
    if find_cycle(year) is not None:
        return None
    refusal = RefusedError(Rule.REPORTS_OF_NO_YEAR, year=year)
    return sentence_of(refusal), advice_of(refusal)


def closing_ends(report: Report | None) -> date | None:
    """Return the last day on which the closing of a report can be undone, if it is closed."""
    if report is None or report.state is not ReportState.CLOSED:
        return None
    return unclosed_until(report.changed_at)


def may_unclose(report: Report | None) -> bool:
    """Tell whether a report is closed, and not for so long that it is final."""
    ends = closing_ends(report)
    return ends is not None and today() <= ends


def content_of(snapshot: ReportSnapshot) -> dict[str, Any]:
    """Return what a signed version says."""
    content: dict[str, Any] = loads(snapshot.content)
    return content


FIGURES = (
    "eligible",
    "registered",
    "self_assessed",
    "appraised",
    "recognised",
    "not_recognised",
    "outstanding",
)
"""The figures that a report's table shows, in their order."""


def differences(then: Mapping[str, int], now: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Return each figure with its two values."""
    return [(name, then.get(name, 0), now.get(name, 0)) for name in FIGURES]
