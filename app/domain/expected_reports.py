"""Who is to report: a list frozen as the year opens, changed by acts with a reason alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.refusals import RefusedError, Rule
from app.domain.reports import UNSENT, ReportEvent, ReportState
from app.domain.vietnamese import clean


_LAST_MONTH, _LAST_DAY = 12, 31


class ListChange(StrEnum):
    """What became of the place of an agency on a list that is frozen."""

    ADDED = "added"
    REMOVED = "removed"


def closing_day(year: int) -> date:
    """Return the last day on which reports of a year are taken in, where nobody chose another."""
    return date(year, _LAST_MONTH, _LAST_DAY)


def suggested_closing(year: int, last_due: date | None, today: date) -> date:
    """Return the closing day to offer: the usual one, unless reports are due or asked for later."""
    return max(closing_day(year), last_due or today, today)


def require_closing(closes_on: date, year: int, last_due: date | None, today: date) -> None:
    """Raise ``RefusedError`` for a day on which the reports of a year cannot be closed.

    It lies ahead, in the year or the one after it, and no report is due later.
    """
    if closes_on.year not in {year, year + 1}:
        first, last = date(year, 1, 1), date(year + 1, _LAST_MONTH, _LAST_DAY)
        raise RefusedError(Rule.DAY_TOO_FAR, day=closes_on, first=first, last=last)
    if closes_on < today:
        raise RefusedError(Rule.CLOSING_IN_THE_PAST, day=closes_on)
    if last_due is not None and closes_on < last_due:
        raise RefusedError(Rule.CLOSING_BEFORE_DUE, day=closes_on, due=last_due)


def require_closing_move(closes_on: date, closing: date, year: int, today: date) -> None:
    """Raise ``RefusedError`` for a day to which the closing of a year's reports cannot be moved.

    It is moved to a later day alone: what somebody relied on is not taken away. No report is due
    after the day that stands, so that none is due after a later one.
    """
    require_closing(closes_on, year, None, today)
    if closes_on <= closing:
        raise RefusedError(Rule.CLOSING_NOT_LATER, day=closing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How an agency stands to the list: is there one, is it on it, and where is its report."""

    is_frozen: bool
    is_listed: bool
    is_suspended: bool
    state: ReportState
    has_accepted: bool


def open_changes(place: Place) -> Sequence[ListChange]:
    """Return what may become of the place of an agency now."""
    return [one for one in ListChange if _refusal_of(one, place) is None]


def require_list_change(change: ListChange, place: Place, reason: str) -> str:
    """Return the reason without stray spaces; raise ``RefusedError`` where the list must stay."""
    rule = _refusal_of(change, place)
    if rule is not None:
        raise RefusedError(rule)
    stated = clean(reason)
    if not stated:
        raise RefusedError(Rule.REASON_NEEDED)
    return stated


def _refusal_of(change: ListChange, place: Place) -> Rule | None:
    is_unsent = not place.has_accepted and place.state in {*UNSENT, ReportState.WAIVED}
    if not place.is_frozen:
        return Rule.REPORT_LIST_NOT_FROZEN
    if place.is_listed is (change is ListChange.ADDED):
        return Rule.REPORT_LIST_SAYS_SO
    if change is ListChange.ADDED and place.is_suspended:
        return Rule.SUSPENDED_NOT_EXPECTED
    if change is ListChange.REMOVED and not is_unsent:
        return Rule.REPORT_LIES_THERE
    if change is ListChange.REMOVED and place.state not in _UNTOUCHED:
        return Rule.REPORT_BEGUN
    return None


_UNTOUCHED = frozenset({ReportState.OPEN, ReportState.WAIVED})
ON_THE_LIST_ALONE = frozenset(
    {ReportEvent.COMPILE, ReportEvent.SUBMIT, ReportEvent.WAIVE, ReportEvent.UNWAIVE}
)
"""What is done with a report that somebody waits for, and with no other once a list is frozen."""


def require_wanted(event: ReportEvent, *, is_wanted: bool, year: int, above: str) -> None:
    """Raise ``RefusedError`` where ``above`` has a list of the year without this agency."""
    if event in ON_THE_LIST_ALONE and not is_wanted:
        raise RefusedError(Rule.REPORT_NOT_WANTED, year=year, above=above)
