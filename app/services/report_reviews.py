"""What the agency above does with a report: reviews, accepts, returns, waives, closes."""

from collections.abc import Mapping, Sequence
from json import dumps

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.alarms import MACHINE
from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.report_reviews import (
    WORKING_DAYS,
    is_review_over,
    is_unclosable,
    require_unclosable,
    review_ends_on,
)
from app.domain.reports import (
    Counting,
    ReportEvent,
    ReportState,
    Side,
    require_not_frozen,
    require_report_move,
    require_why,
)
from app.domain.tenants import TenantKey
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import AuditEvent, Report
from app.persistence.queries.calendar import working_days
from app.persistence.queries.reports import (
    ReportBelow,
    events_of,
    find_child,
    find_report,
    lock_report,
    moves_of,
    reports_below,
    reviews_below,
)
from app.services.expected_reports import require_asked_for
from app.services.record import record_act
from app.services.reports import require_fresh_report


PARENT_ACTS: Mapping[ReportEvent, Act] = {
    ReportEvent.REVIEW: Act.REPORT_REVIEWED,
    ReportEvent.RELEASE: Act.REPORT_RELEASED,
    ReportEvent.ACCEPT: Act.REPORT_ACCEPTED,
    ReportEvent.RETURN: Act.REPORT_RETURNED,
    ReportEvent.REOPEN: Act.REPORT_REOPENED,
    ReportEvent.WAIVE: Act.REPORT_WAIVED,
    ReportEvent.UNWAIVE: Act.REPORT_UNWAIVED,
    ReportEvent.CLOSE: Act.REPORT_CLOSED,
    ReportEvent.UNCLOSE: Act.REPORT_UNCLOSED,
}
_SIGNED_IT = "BV011"


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
    counts = report.counts if report else Counting.NONE
    require_report_move(state, event, Side.PARENT, counts=counts)
    if event is ReportEvent.UNCLOSE and report is not None:
        require_unclosable(report.changed_at, today())
    if event is ReportEvent.RELEASE and report is not None:
        _require_begun(report, agency.key, by=by)
    require_asked_for(agency, year, event)
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


def _require_begun(report: Report, agency: TenantKey, *, by: Actor) -> None:
    # Nothing moves a report while it is reviewed: the newest event began it.
    began = events_of(agency, report.year)[0]
    if began.actor_account_id != by.account_id:
        raise RefusedError(
            Rule.REVIEW_OF_SOMEBODY_ELSE,
            name=began.actor_name,
            day=review_ends_on(report.changed_at, working_days()),
        )


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


def reviews_left_lying() -> Sequence[tuple[str, int]]:
    """Return which reviews of the agency in scope are over without a result: whose, which year."""
    return [(agency.slug, report.year) for agency, report in reviews_below() if _is_over(report)]


def _is_over(report: Report) -> bool:
    # Nothing moves a report while it is reviewed: it last changed as the review began.
    return report.state is ReportState.UNDER_REVIEW and is_review_over(
        report.changed_at, transaction_time(), working_days()
    )


def lapse_review(slug: str, year: int) -> None:
    """End a review that is over, in the name of the house itself; leave any other alone."""
    agency = find_child(slug)
    lock_report(agency.key, year)
    report = find_report(agency.key, year)
    if report is None or not _is_over(report):
        return
    facts = {"year": year, "days": WORKING_DAYS}
    db.session.execute(
        text(
            "SELECT lapse_review(:agency, CAST(:year AS smallint), :moment, :actor, :fresh, :act,"
            " :word, CAST(:facts AS jsonb))"
        ),
        {
            "agency": agency.id,
            "year": year,
            "moment": transaction_time(),
            "actor": MACHINE,
            "fresh": new_id(),
            "act": new_id(),
            "word": Act.REPORT_REVIEW_LAPSED.value,
            "facts": dumps(facts),
        },
    )
    db.session.add(
        AuditEvent(
            act=Act.REPORT_REVIEW_LAPSED,
            actor_name=MACHINE,
            object_kind="report",
            facts={**facts, "agency": agency.name},
        )
    )


def close_reports(year: int, *, moves: int, by: Actor) -> int:
    """Close every accepted report of a year. Return how many.

    ``moves`` says how often they had been moved when the screen was made: nothing is closed unseen.
    """
    ready = _seen(year, moves, ReportState.ACCEPTED, by=by)
    for one in ready:
        _move_seen(one, year, ReportEvent.CLOSE, by=by)
    return len(ready)


def unclose_reports(year: int, *, moves: int, reason: str, by: Actor) -> int:
    """Undo the closing of every report of a year that was not closed too long ago.

    Return how many. ``moves`` is as for closing them.
    """
    closed = _seen(year, moves, ReportState.CLOSED, by=by)
    ready = [one for one in closed if one.report and is_unclosable(one.report.changed_at, today())]
    for one in ready:
        _move_seen(one, year, ReportEvent.UNCLOSE, reason=reason, by=by)
    return len(ready)


def _seen(year: int, moves: int, state: ReportState, *, by: Actor) -> Sequence[ReportBelow]:
    by.require(Permission.REPORT_REVIEW)
    below = reports_below(by.tenant, year)
    if moves_of(below) != moves:
        raise RefusedError(Rule.STALE_SCREEN)
    return [one for one in below if one.state is state]


def _move_seen(
    one: ReportBelow, year: int, event: ReportEvent, *, reason: str = "", by: Actor
) -> None:
    review_report(one.agency.slug, year, event, revision=one.revision, reason=reason, by=by)


def recount_official(year: int) -> None:
    """Count the official figures of the agency in scope: accepted versions and own decisions."""
    db.session.execute(text("SELECT recount_official(CAST(:year AS smallint))"), {"year": year})
