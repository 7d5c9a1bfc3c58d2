"""More time for a report: asked for by who owes it, given or refused by the agency right above."""

from datetime import date
from json import dumps
from uuid import UUID

from sqlalchemy import insert, text

from app.domain.audit import Act
from app.domain.deadlines import end_of
from app.domain.extensions import (
    RequestState,
    require_extension,
    require_request,
    require_waiting,
)
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.reports import ReportEvent, ReportState
from app.domain.tenants import TenantKey
from app.domain.vietnamese import clean
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import ExtensionRequest, ReportExtension, Tenant
from app.persistence.queries.expected_reports import expectation_of, expected_by
from app.persistence.queries.extensions import (
    RequestBelow,
    load_request_below,
    load_request_made,
    requests_of,
)
from app.persistence.queries.reports import find_child, find_report, lock_report
from app.persistence.queries.tenants import load_tenant_by_id
from app.services.expected_reports import require_asked_for
from app.services.record import record_act


def extend_report(  # noqa: PLR0913 - a document: whose, until when, who asked, why, who grants
    slug: str, year: int, *, until: date, requester: str, reason: str, by: Actor
) -> None:
    """Give one agency more time: on its letter, for a reason, until the end of a day.

    It replaces what was given before. Raises ``MissingError`` for an agency that is not expected,
    ``RefusedError`` once the report has come, and for a day that gives no time.
    """
    by.require(Permission.REPORT_REVIEW)
    agency = find_child(slug)
    lock_report(agency.key, year)
    _extend(agency, year, until, requester=requester, reason=reason, by=by)


def _extend(  # noqa: PLR0913 - the same document, and the request that it grants
    agency: Tenant,
    year: int,
    until: date,
    *,
    requester: str,
    reason: str,
    request_id: UUID | None = None,
    by: Actor,
) -> None:
    expected = expected_by(by.tenant, year).get(agency.id)
    if expected is None:
        raise MissingError(agency.slug)
    stated, asker = _stated(reason), _stated(requester)
    require_extension(until, expected, _state_of(agency.key, year), today())
    db.session.add(
        ReportExtension(
            year=year,
            agency_id=agency.id,
            requester=asker,
            reason=stated,
            approved_by=by.account_id,
            approver_name=by.name,
            approved_at=transaction_time(),
            ends_at=end_of(until),
            request_id=request_id,
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


def _state_of(key: TenantKey, year: int) -> ReportState:
    report = find_report(key, year)
    return report.state if report else ReportState.OPEN


def _stated(words: str) -> str:
    stated = clean(words)
    if not stated:
        raise RefusedError(Rule.REASON_NEEDED)
    return stated


def ask_for_time(year: int, *, until: date, reason: str, by: Actor) -> UUID:
    """Ask the agency right above for more time for the report of a year; return the request.

    Raises ``RefusedError`` where no report is owed, while a request waits, and for a day that is
    over or brings nothing.
    """
    by.require(Permission.REPORT_SUBMIT)
    lock_report(by.tenant, year)
    require_asked_for(load_tenant_by_id(*by.tenant), year, ReportEvent.COMPILE)
    made = requests_of(by.tenant, year)
    require_request(
        until,
        expectation_of(by.tenant, year),
        _state_of(by.tenant, year),
        today(),
        is_waiting=any(one.state is RequestState.ASKED for one in made),
    )
    request_id, stated = new_id(), _stated(reason)
    _keep(request_id, year, until, stated, by=by)
    record_act(
        Act.EXTENSION_ASKED,
        by=by,
        object_kind="report",
        year=year,
        until=until.isoformat(),
        reason=stated,
    )
    return request_id


def _keep(request_id: UUID, year: int, until: date, reason: str, *, by: Actor) -> None:
    # Named column by column: the application may not write what came of a request.
    db.session.execute(
        insert(ExtensionRequest).values(
            province_id=by.tenant.province_id,
            tenant_id=by.tenant.tenant_id,
            id=request_id,
            year=year,
            ends_at=end_of(until),
            reason=reason,
            asked_by=by.account_id,
            asker_name=by.name,
            asked_at=transaction_time(),
        )
    )


def withdraw_request(request_id: UUID, *, by: Actor) -> int:
    """Take back a request that nobody has answered; return the year that it is about."""
    by.require(Permission.REPORT_SUBMIT)
    year = load_request_made(request_id).year
    lock_report(by.tenant, year)
    request = load_request_made(request_id)
    require_waiting(request.state)
    request.state = RequestState.WITHDRAWN
    request.settled_by, request.settler_name = by.account_id, by.name
    request.settled_at = transaction_time()
    record_act(Act.EXTENSION_WITHDRAWN, by=by, object_kind="report", year=year)
    return year


def grant_request(request_id: UUID, *, until: date, by: Actor) -> RequestBelow:
    """Give the time that an agency right below asked for, or less or more of it.

    The extension is the same document as one on a letter, and names the request.
    """
    asked = _load_to_answer(request_id, by=by)
    request, agency = asked.request, asked.agency
    _extend(
        agency,
        request.year,
        until,
        requester=f"{request.asker_name}, {agency.name}",
        reason=request.reason,
        request_id=request.id,
        by=by,
    )
    db.session.flush()
    told = {"year": request.year, "until": until.isoformat()}
    _answer(asked, RequestState.GRANTED, Act.EXTENSION_GRANTED, "", told, by=by)
    return asked


def refuse_request(request_id: UUID, *, reason: str, by: Actor) -> RequestBelow:
    """Give no more time, and say why: the agency reads it."""
    asked = _load_to_answer(request_id, by=by)
    stated = _stated(reason)
    told = {"year": asked.request.year, "reason": stated}
    _answer(asked, RequestState.REFUSED, Act.EXTENSION_REFUSED, stated, told, by=by)
    record_act(
        Act.EXTENSION_DENIED,
        by=by,
        object_kind="report",
        year=asked.request.year,
        agency=asked.agency.name,
        reason=stated,
    )
    return asked


def _load_to_answer(request_id: UUID, *, by: Actor) -> RequestBelow:
    by.require(Permission.REPORT_REVIEW)
    seen = load_request_below(request_id)
    lock_report(seen.agency.key, seen.request.year)
    asked = load_request_below(request_id)
    require_waiting(asked.request.state)
    return asked


def _answer(  # noqa: PLR0913 - hands over what the function of the database takes
    asked: RequestBelow,
    outcome: RequestState,
    act: Act,
    why: str,
    told: dict[str, object],
    *,
    by: Actor,
) -> None:
    is_answered = db.session.execute(
        text(
            "SELECT answer_extension_request(:request, :agency, :outcome, :why, :account,"
            " :answerer, :moment, :act, :word, CAST(:told AS jsonb))"
        ),
        {
            "request": asked.request.id,
            "agency": asked.agency.id,
            "outcome": outcome.value,
            "why": why,
            "account": by.account_id,
            "answerer": by.name,
            "moment": transaction_time(),
            "act": new_id(),
            "word": act.value,
            "told": dumps(told),
        },
    ).scalar_one()
    if not is_answered:
        raise MissingError(asked.request.id)
