"""Compiling, freezing and submitting the agency's own report; taking it back, correcting it.

Paper and workbook are made by whoever calls, at the edge: that is no business of a service.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, text

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.report_contents import canonical, fingerprint
from app.domain.reports import (
    Counting,
    ReportEvent,
    ReportState,
    Side,
    require_not_closed,
    require_report_move,
    require_why,
)
from app.domain.results import Figures
from app.domain.settings import SettingName, in_effect
from app.domain.tenants import TenantKey
from app.domain.vietnamese import clean
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Report, ReportEventRow, ReportSnapshot, Tenant
from app.persistence.queries.expected_reports import dates_of
from app.persistence.queries.official_figures import Source, sources_of
from app.persistence.queries.overlaps import hold_precedence, precedence_in
from app.persistence.queries.report_rows import (
    criteria_of,
    figures_of_rows,
    freshness,
    parts_now,
    rows_now,
)
from app.persistence.queries.reports import children_of, find_report, lock_report
from app.persistence.queries.results import count_marks
from app.persistence.queries.settings import held_settings
from app.persistence.queries.tenants import load_tenant_by_id
from app.persistence.tenancy import tenant_in_scope
from app.services.expected_reports import require_asked_for
from app.services.record import record_act


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """The files that are kept of a version: a paper to read, a workbook to reckon with."""

    paper: bytes
    workbook: bytes


PaperWriter = Callable[[str, str], ReportFiles]
"""Makes the files of a version out of what it says and the fingerprint of that."""

OWN_ACTS: Mapping[ReportEvent, Act] = {
    ReportEvent.COMPILE: Act.REPORT_COMPILED,
    ReportEvent.SUBMIT: Act.REPORT_SUBMITTED,
    ReportEvent.RECALL: Act.REPORT_RECALLED,
    ReportEvent.CORRECT: Act.REPORT_CORRECTED,
    ReportEvent.UNCORRECT: Act.REPORT_UNCORRECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be frozen this moment, and what speaks against doing so now."""

    rows: Sequence[Mapping[str, Any]]
    parts: Sequence[Mapping[str, Any]]
    figures: Figures
    pending: int

    @property
    def undecided(self) -> int:
        """How many self-assessed people still wait for a decision."""
        return self.figures.undecided


def preview_report(year: int) -> Preview:
    """Return the figures of the agency in scope as its report would hold them."""
    key = tenant_in_scope()
    rows = rows_now([key.tenant_id], year)[key.tenant_id]
    parts = parts_now(year) if children_of(key) else []
    return Preview(
        rows=rows,
        parts=parts,
        figures=figures_of_rows(parts or rows),
        pending=count_marks(year),
    )


def compile_report(year: int, *, by: Actor) -> None:
    """Draw up the report of the agency in scope, for whoever signs it to look at."""
    by.require(Permission.REPORT_COMPILE)
    lock_report(by.tenant, year)
    require_asked_for(load_tenant_by_id(*by.tenant), year, ReportEvent.COMPILE)
    if find_report(by.tenant, year) is None:
        # Named column by column: the application may not write where a report stands.
        key = {"province_id": by.tenant.province_id, "tenant_id": by.tenant.tenant_id}
        db.session.execute(insert(Report).values(year=year, **key))
    _append(ReportEvent.COMPILE, year, by=by)


def submit_report(  # noqa: PLR0913 - an act, its grounds and who does it
    year: int,
    *,
    revision: int,
    title: str,
    reason: str = "",
    paper: PaperWriter,
    by: Actor,
) -> ReportSnapshot:
    """Freeze the figures as the next version with its files, sign it and hand it in.

    Raises ``RefusedError`` while changes are not counted yet, after the closing date, for a
    version that corrects another and does not say why, and for a screen that is out of date.
    """
    by.require(Permission.REPORT_SUBMIT)
    report = _load(ReportEvent.SUBMIT, year, by=by)
    require_fresh_report(report, revision)
    _require(report, ReportEvent.SUBMIT)
    require_asked_for(load_tenant_by_id(*by.tenant), year, ReportEvent.SUBMIT)
    require_not_closed(dates_of(by.tenant, year), transaction_time())
    stated = _why_again(report, reason)
    version = report.version + 1
    hold_precedence()
    is_counted = db.session.execute(
        text("SELECT keep_report_members(CAST(:year AS smallint), CAST(:version AS smallint))"),
        {"year": year, "version": version},
    ).scalar_one()
    if not is_counted or count_marks(year):
        raise RefusedError(Rule.REPORT_FIGURES_PENDING)
    snapshot = _freeze(year, version, title=title, reason=stated, paper=paper, by=by)
    facts: dict[str, object] = {
        "version": version,
        "hash": snapshot.hash,
        "paper": snapshot.paper_hash,
        "workbook": snapshot.workbook_hash,
    }
    _append(ReportEvent.SUBMIT, year, by=by, reason=stated, facts=facts)
    return snapshot


def recall_report(year: int, *, revision: int, reason: str, by: Actor) -> None:
    """Take the report back while nobody reviews it; its version stays on record."""
    by.require(Permission.REPORT_SUBMIT)
    _move(ReportEvent.RECALL, year, revision=revision, reason=reason, by=by)


def correct_report(year: int, *, revision: int, reason: str, by: Actor) -> None:
    """Begin a further version of an accepted report; the accepted one counts until then."""
    by.require(Permission.REPORT_SUBMIT)
    require_not_closed(dates_of(by.tenant, year), transaction_time())
    _move(ReportEvent.CORRECT, year, revision=revision, reason=reason, by=by)


def uncorrect_report(year: int, *, revision: int, reason: str, by: Actor) -> None:
    """Call off a correction of which nothing was signed: the report stands as accepted again.

    After the closing date too: nothing is taken in.
    """
    by.require(Permission.REPORT_SUBMIT)
    _move(ReportEvent.UNCORRECT, year, revision=revision, reason=reason, by=by)


def require_fresh_report(report: Report | None, revision: int) -> None:
    """Raise ``RefusedError`` when the report was moved after the screen was made."""
    if (report.revision if report else 0) != revision:
        raise RefusedError(Rule.STALE_SCREEN)


def _load(event: ReportEvent, year: int, *, by: Actor) -> Report:
    lock_report(by.tenant, year)
    report = find_report(by.tenant, year)
    if report is None:
        require_report_move(ReportState.OPEN, event, Side.AGENCY, counts=Counting.NONE)
        raise MissingError(year)
    return report


def _move(event: ReportEvent, year: int, *, revision: int, reason: str, by: Actor) -> None:
    report = _load(event, year, by=by)
    _require(report, event)
    require_fresh_report(report, revision)
    _append(event, year, by=by, reason=require_why(event, reason))


def _require(report: Report, event: ReportEvent) -> None:
    require_report_move(report.state, event, Side.AGENCY, counts=report.counts)


def _why_again(report: Report, reason: str) -> str:
    stated = clean(reason)
    if report.version and not stated:
        raise RefusedError(Rule.REASON_NEEDED)
    return stated


def _append(
    event: ReportEvent,
    year: int,
    *,
    by: Actor,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> None:
    report = find_report(by.tenant, year)
    if report is not None:
        _require(report, event)
    row = ReportEventRow(
        id=new_id(),
        year=year,
        event=event,
        actor_account_id=by.account_id,
        actor_name=by.name,
        reason=reason,
    )
    db.session.add(row)
    db.session.flush()
    said: dict[str, Any] = {"year": year, "reason": reason or None, **(facts or {})}
    record_act(OWN_ACTS[event], by=by, object_kind="report", object_id=None, **said)


def _freeze(  # noqa: PLR0913 - everything that is signed
    year: int, version: int, *, title: str, reason: str, paper: PaperWriter, by: Actor
) -> ReportSnapshot:
    signed_at, fresh = transaction_time(), freshness(year)
    content = canonical(
        {
            **_figures(year),
            "version": version,
            "corrects": reason,
            "criteria": criteria_of(year),
            "counted_first": precedence_in(year).first.value,
            "data": {
                "fence": fresh.fence,
                "computed_at": fresh.computed_at.isoformat() if fresh.computed_at else None,
            },
            "signed": {"name": by.name, "title": clean(title), "at": signed_at.isoformat()},
        }
    )
    digest = fingerprint(content)
    written = paper(content, digest)
    snapshot = ReportSnapshot(
        year=year,
        version=version,
        content=content,
        hash=digest,
        paper=written.paper,
        paper_hash=sha256(written.paper).hexdigest(),
        workbook=written.workbook,
        workbook_hash=sha256(written.workbook).hexdigest(),
        fence=fresh.fence,
        reason=reason,
        signed_by=by.account_id,
        signer_name=by.name,
        signer_title=clean(title),
        signed_at=signed_at,
    )
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def _figures(year: int) -> dict[str, Any]:
    key = tenant_in_scope()
    agency, preview = load_tenant_by_id(*key), preview_report(year)
    counts = preview.figures
    return {
        "agency": {
            "slug": agency.slug,
            "name": agency.name,
            "kind": agency.kind.value,
            "place": _place_of(key),
            "above": _name_above(agency),
        },
        "year": year,
        "rows": list(preview.rows),
        "parts": list(preview.parts),
        "below": [_below(one) for one in sources_of(key, year)],
        "figures": {name: getattr(counts, name) for name in counts.__slots__},
    }


def _place_of(key: TenantKey) -> str:
    held = in_effect(held_settings(key), SettingName.PLACE)
    return str(held.value) if held else ""


def _name_above(agency: Tenant) -> str:
    if agency.parent_id is None:
        return ""
    return load_tenant_by_id(agency.province_id, agency.parent_id).name


def _below(source: Source) -> dict[str, Any]:
    return {
        "id": str(source.agency_id),
        "name": source.name,
        "state": source.state.value,
        "version": source.version,
        "hash": source.hash,
        "waived_because": source.waived_because,
    }
