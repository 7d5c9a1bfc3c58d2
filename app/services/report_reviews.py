"""What the agency above does with reports: expects, reviews, accepts, returns, waives, closes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from json import dumps

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act
from app.domain.deadlines import VIETNAM, ends_at
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.reports import (
    ReportEvent,
    ReportState,
    Side,
    require_not_frozen,
    require_report_move,
    require_why,
)
from app.domain.settings import deadlines_in_effect
from app.domain.tenants import TenantKey
from app.domain.vietnamese import clean
from app.persistence.database import db
from app.persistence.models import ExpectedReport, ReportExtension
from app.persistence.queries.reports import (
    children_of,
    expected_by,
    find_child,
    find_report,
    lock_report,
    reports_below,
)
from app.persistence.queries.settings import held_deadlines
from app.services.record import record_act
from app.services.reports import require_fresh_report
from tenants.schema import DeadlineKind


PARENT_ACTS: Mapping[ReportEvent, Act] = {
    ReportEvent.REVIEW: Act.REPORT_REVIEWED,
    ReportEvent.RELEASE: Act.REPORT_RELEASED,
    ReportEvent.ACCEPT: Act.REPORT_ACCEPTED,
    ReportEvent.RETURN: Act.REPORT_RETURNED,
    ReportEvent.REOPEN: Act.REPORT_REOPENED,
    ReportEvent.WAIVE: Act.REPORT_WAIVED,
    ReportEvent.UNWAIVE: Act.REPORT_UNWAIVED,
    ReportEvent.CLOSE: Act.REPORT_CLOSED,
}
_SIGNED_IT = "BV011"


def expect_reports(year: int, closes_on: date, *, by: Actor) -> int:
    """Fix who is to report to the agency in scope for a year, by when, and when that is closed.

    Each is due on the date that binds it now; what is set later changes nothing. Raises
    ``RefusedError`` when it is fixed already.
    """
    by.require(Permission.REPORT_REVIEW)
    lock_report(by.tenant, year)
    if expected_by(by.tenant, year):
        raise RefusedError(Rule.REPORTS_ALREADY_EXPECTED, year=year)
    closes_at = _end_of(closes_on)
    agencies = children_of(by.tenant)
    for agency in agencies:
        due, source = _due(agency.key, year, closes_at)
        db.session.add(
            ExpectedReport(
                year=year, agency_id=agency.id, due_at=due, closes_at=closes_at, source=source
            )
        )
    record_act(
        Act.REPORTS_EXPECTED,
        by=by,
        object_kind="report",
        year=year,
        agencies=len(agencies),
        closes_on=closes_on.isoformat(),
    )
    return len(agencies)


def _due(agency: TenantKey, year: int, closes_at: datetime) -> tuple[datetime, str]:
    for held in deadlines_in_effect(held_deadlines(agency), year):
        if held.deadline.kind is DeadlineKind.REPORT:
            return min(ends_at(held.deadline, year), closes_at), held.deadline.wording
    return closes_at, ""


def _end_of(day: date) -> datetime:
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=VIETNAM)


def extend_report(  # noqa: PLR0913 - a document: whose, until when, who asked, why, who grants
    slug: str, year: int, *, until: date, requester: str, reason: str, by: Actor
) -> None:
    """Give one agency more time: on its request, for a reason, until the end of a day."""
    by.require(Permission.REPORT_REVIEW)
    agency = find_child(slug)
    lock_report(agency.key, year)
    expected = expected_by(by.tenant, year).get(agency.id)
    if expected is None:
        raise MissingError(slug)
    ends, stated, asker = _end_of(until), clean(reason), clean(requester)
    if not stated or not asker:
        raise RefusedError(Rule.REASON_NEEDED)
    if ends <= max(expected.due_at, expected.extended_to or expected.due_at):
        raise RefusedError(Rule.EXTENSION_NOT_LATER)
    db.session.add(
        ReportExtension(
            year=year,
            agency_id=agency.id,
            requester=asker,
            reason=stated,
            approved_by=by.account_id,
            approver_name=by.name,
            ends_at=ends,
        )
    )
    record_act(
        Act.REPORT_EXTENDED,
        by=by,
        object_kind="report",
        year=year,
        agency=agency.name,
        reason=stated,
        until=until.isoformat(),
    )


def review_report(  # noqa: PLR0913 - an act, its grounds and who does it
    slug: str,
    year: int,
    event: ReportEvent,
    *,
    revision: int,
    reason: str = "",
    items: Sequence[str] = (),
    by: Actor,
) -> None:
    """Move the report of an agency right below, and count the official figures again.

    Raises ``MissingError`` for any other agency, ``RefusedError`` for what the table of states
    does not hold, for a screen that is out of date, and for whoever signed the report.
    """
    by.require(Permission.REPORT_REVIEW)
    agency = find_child(slug)
    lock_report(agency.key, year)
    report = find_report(agency.key, year)
    state = report.state if report else ReportState.OPEN
    has_accepted = report is not None and report.accepted_version is not None
    require_report_move(state, event, Side.PARENT, has_accepted=has_accepted)
    require_fresh_report(report, revision)
    own = find_report(by.tenant, year)
    require_not_frozen(event, own.state if own else ReportState.OPEN)
    stated = require_why(event, reason, items)
    _put(agency.key, year, event, stated, items, by=by)
    record_act(
        PARENT_ACTS[event],
        by=by,
        object_kind="report",
        year=year,
        agency=agency.name,
        reason=stated or None,
    )
    recount_official(year)


def _put(  # noqa: PLR0913 - hands over what the function of the database takes
    agency: TenantKey,
    year: int,
    event: ReportEvent,
    reason: str,
    items: Sequence[str],
    *,
    by: Actor,
) -> None:
    try:
        is_put = db.session.execute(
            text(
                "SELECT review_report(:agency, CAST(:year AS smallint), :event, :why,"
                " CAST(:items AS jsonb), :account, :reviewer, :fresh, :act, :word)"
            ),
            {
                "agency": agency.tenant_id,
                "year": year,
                "event": event.value,
                "why": reason,
                "items": dumps(list(items)),
                "account": by.account_id,
                "reviewer": by.name,
                "fresh": new_id(),
                "act": new_id(),
                "word": PARENT_ACTS[event].value,
            },
        ).scalar_one()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _SIGNED_IT:
            raise RefusedError(Rule.REVIEWS_OWN_REPORT) from error
        raise
    if not is_put:
        raise MissingError(agency.tenant_id)


def close_reports(year: int, *, by: Actor) -> int:
    """Close every accepted report of a year: none of them is opened again. Return how many."""
    by.require(Permission.REPORT_REVIEW)
    ready = [one for one in reports_below(by.tenant, year) if one.state is ReportState.ACCEPTED]
    for one in ready:
        review_report(
            one.agency.slug,
            year,
            ReportEvent.CLOSE,
            revision=one.report.revision if one.report else 0,
            by=by,
        )
    return len(ready)


def recount_official(year: int) -> None:
    """Count the official figures of the agency in scope: accepted versions and own decisions."""
    db.session.execute(text("SELECT recount_official(CAST(:year AS smallint))"), {"year": year})
