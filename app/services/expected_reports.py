"""Whose report is expected: frozen as the year opens, then changed by acts with a reason alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from app.domain.audit import Act
from app.domain.deadlines import end_of, ends_at, last_day
from app.domain.expected_reports import (
    ListChange,
    Place,
    closing_day,
    require_closing,
    require_closing_move,
    require_list_change,
    require_wanted,
)
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.reports import ReportEvent, ReportState, last_day_before
from app.domain.settings import deadlines_in_effect
from app.domain.tenants import TenantKey
from app.domain.vietnamese import clean
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import (
    ClosingMove,
    ExpectedChange,
    ExpectedReport,
    Tenant,
)
from app.persistence.queries.calendar import working_days
from app.persistence.queries.cycles import find_cycle
from app.persistence.queries.expected_reports import (
    closing_moves,
    closing_of,
    find_expected,
    frozen_at,
    is_on_list,
    is_wanted,
)
from app.persistence.queries.reports import children_of, find_child, find_report, lock_report
from app.persistence.queries.settings import held_deadlines
from app.persistence.queries.tenants import find_tenant, load_tenant_by_id
from app.persistence.tenancy import tenant_in_scope, tenant_scope
from app.services.record import record_act
from tenants.schema import Deadline, DeadlineKind


CHANGE_ACTS: Mapping[ListChange, Act] = {
    ListChange.ADDED: Act.REPORT_EXPECTED_TOO,
    ListChange.REMOVED: Act.REPORT_NOT_EXPECTED,
}


def freeze_expected(year: int, closes_on: date | None = None, *, by: Actor | None) -> None:
    """Freeze who is to report to the agency in scope, as its year opens.

    Each agency right below that is not suspended is due on the date that binds it now. What was
    frozen once stays as it is. Nobody does it where an operator sets agencies up.
    """
    lock_report(tenant_in_scope(), year)
    if not frozen_at(tenant_in_scope(), year):
        chosen = closes_on or max(closing_day(year), last_due_day(year) or closing_day(year))
        if closes_on:
            require_closing(closes_on, year, last_due_day(year), today())
        agencies = _freeze(year, chosen)
        if by is not None and agencies:
            _record_frozen(year, chosen, len(agencies), by=by)


def freeze_as_set_up(slugs: Iterable[str], year: int) -> None:
    """Freeze the lists of agencies that were set up with their year open, all of them at once."""
    for slug in slugs:
        agency = find_tenant(slug)
        if agency is not None:
            with tenant_scope(agency.key):
                freeze_expected(year, by=None)


def expect_reports(year: int, closes_on: date, *, by: Actor) -> int:
    """Freeze the list of a year that was opened without one: nobody stood below at that time.

    Raises ``RefusedError`` for a year that was never opened, when it is frozen already, and for a
    day that closes too early or late.
    """
    by.require(Permission.REPORT_REVIEW)
    lock_report(by.tenant, year)
    if find_cycle(year) is None:
        raise RefusedError(Rule.REPORTS_OF_NO_YEAR, year=year)
    if frozen_at(by.tenant, year):
        raise RefusedError(Rule.REPORTS_ALREADY_EXPECTED, year=year)
    require_closing(closes_on, year, last_due_day(year), today())
    agencies = _freeze(year, closes_on)
    _record_frozen(year, closes_on, len(agencies), by=by)
    return len(agencies)


def move_closing(year: int, closes_on: date, *, moves: int, reason: str, by: Actor) -> None:
    """Take reports of a year in for longer than was said: until the end of a day, for a reason.

    ``moves`` says how often it had been moved when the screen was made. Due dates, extensions and
    reports that are closed stay as they are. Raises ``RefusedError`` before a list is frozen, for
    a screen that is out of date, and for a day that is over, not later or too far.
    """
    by.require(Permission.REPORT_REVIEW)
    lock_report(by.tenant, year)
    stands = _closing(by.tenant, year)
    if len(closing_moves(by.tenant, year)) != moves:
        raise RefusedError(Rule.STALE_SCREEN)
    require_closing_move(closes_on, last_day_before(stands), year, today())
    stated = _stated(reason)
    db.session.add(
        ClosingMove(
            year=year,
            former_at=stands,
            closes_at=end_of(closes_on),
            reason=stated,
            moved_by=by.account_id,
            mover_name=by.name,
            moved_at=transaction_time(),
        )
    )
    record_act(
        Act.REPORTS_CLOSING_MOVED,
        by=by,
        object_kind="report",
        year=year,
        before=last_day_before(stands).isoformat(),
        after=closes_on.isoformat(),
        reason=stated,
    )


def _closing(above: TenantKey, year: int) -> datetime:
    stands = closing_of(above, year)
    if stands is None:
        raise RefusedError(Rule.REPORT_LIST_NOT_FROZEN)
    return stands


def _stated(reason: str) -> str:
    stated = clean(reason)
    if not stated:
        raise RefusedError(Rule.REASON_NEEDED)
    return stated


def last_due_day(year: int) -> date | None:
    """Return the last day on which some report to the agency in scope would be on time."""
    days = [last_day(one, year, working_days()) for one in _deadlines_of_reports(year)]
    return max(days, default=None)


def _deadlines_of_reports(year: int) -> Iterator[Deadline]:
    for agency in _asked():
        for held in deadlines_in_effect(held_deadlines(agency.key), year, working_days()):
            if held.deadline.kind is DeadlineKind.REPORT:
                yield held.deadline


def _asked() -> Sequence[Tenant]:
    return [one for one in children_of(tenant_in_scope()) if not one.is_suspended]


def _record_frozen(year: int, closes_on: date, agencies: int, *, by: Actor) -> None:
    record_act(
        Act.REPORTS_EXPECTED,
        by=by,
        object_kind="report",
        year=year,
        agencies=agencies,
        closes_on=closes_on.isoformat(),
    )


def _freeze(year: int, closes_on: date) -> Sequence[Tenant]:
    agencies = _asked()
    for agency in agencies:
        _expect(agency, year, end_of(closes_on))
    db.session.flush()
    return agencies


def _expect(agency: Tenant, year: int, closes_at: datetime) -> None:
    due, source = _due(agency.key, year, closes_at)
    db.session.add(
        ExpectedReport(
            year=year, agency_id=agency.id, due_at=due, closes_at=closes_at, source=source
        )
    )


def _due(agency: TenantKey, year: int, closes_at: datetime) -> tuple[datetime, str]:
    calendar = working_days()
    for held in deadlines_in_effect(held_deadlines(agency), year, calendar):
        if held.deadline.kind is DeadlineKind.REPORT:
            return min(ends_at(held.deadline, year, calendar), closes_at), held.deadline.wording
    return closes_at, ""


def change_list(slug: str, year: int, change: ListChange, *, reason: str, by: Actor) -> None:
    """Put an agency on the frozen list, or take it off: never silently, always for a reason.

    Raises ``MissingError`` for an agency that is not right below, ``RefusedError`` for what the
    list says already, and for taking off whoever has handed in.
    """
    by.require(Permission.REPORT_REVIEW)
    agency = find_child(slug)
    lock_report(by.tenant, year)
    lock_report(agency.key, year)
    stated = require_list_change(change, place_of(agency, year), reason)
    db.session.add(
        ExpectedChange(
            id=new_id(),
            year=year,
            agency_id=agency.id,
            change=change,
            reason=stated,
            changed_by=by.account_id,
            changer_name=by.name,
        )
    )
    db.session.flush()
    if find_expected(agency.key, year) is None:
        _expect(agency, year, _closing(by.tenant, year))
    record_act(
        CHANGE_ACTS[change],
        by=by,
        object_kind="report",
        year=year,
        agency=agency.name,
        reason=stated,
    )


def place_of(agency: Tenant, year: int) -> Place:
    """Return how an agency right below the one in scope stands to its list."""
    report = find_report(agency.key, year)
    return Place(
        is_frozen=frozen_at(tenant_in_scope(), year) is not None,
        is_listed=is_on_list(agency.key, year),
        is_suspended=agency.is_suspended,
        state=report.state if report else ReportState.OPEN,
        has_accepted=report is not None and report.accepted_version is not None,
    )


def require_asked_for(agency: Tenant, year: int, event: ReportEvent) -> None:
    """Raise ``RefusedError`` where the list above was frozen without this agency."""
    if agency.parent_id is None:
        return
    require_wanted(
        event,
        is_wanted=is_wanted(agency.key, year),
        year=year,
        above=load_tenant_by_id(agency.province_id, agency.parent_id).name,
    )
