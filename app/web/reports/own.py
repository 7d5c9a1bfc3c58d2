"""Shows the agency's own report, and lets it be compiled, signed, taken back and corrected."""

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.extensions import RequestState
from app.domain.permissions import Permission
from app.domain.refusals import MissingError, RefusedError
from app.domain.report_contents import cell_changes
from app.domain.reports import MOVES, ReportEvent, Side
from app.domain.tenants import TenantKey
from app.labels.boards import COLUMNS
from app.labels.reports import ASKS
from app.persistence.clock import today, transaction_time
from app.persistence.models import ClosingMove
from app.persistence.queries.expected_reports import (
    changes_of,
    closing_moves,
    expectation_of,
    is_wanted,
)
from app.persistence.queries.extensions import extensions_of, requests_of
from app.persistence.queries.report_rows import staleness_below
from app.persistence.queries.reports import (
    children_of,
    events_of,
    find_report,
    last_return,
    snapshots_of,
)
from app.persistence.queries.tenants import load_tenant_by_id
from app.persistence.unit_of_work import unit_of_work
from app.services.reports import (
    compile_report,
    correct_report,
    preview_report,
    recall_report,
    submit_report,
    uncorrect_report,
)
from app.web.access import current_actor, requires
from app.web.figure_links import figure_links
from app.web.refused import problems_of, refusal_of, status_of
from app.web.reports.consequences import consequences_of
from app.web.reports.forms import ActForm, SubmitForm
from app.web.reports.papers import write_files
from app.web.reports.room import (
    FIGURES,
    bp,
    closing_ends,
    content_of,
    events_open,
    review_ends,
    revision_of,
    state_of,
)
from app.web.years import chosen_year


@bp.get("/own")
@requires(Permission.REPORT_READ)
def own() -> ResponseReturnValue:
    """Show how the agency's own report stands, and what it would freeze this moment."""
    year = chosen_year()
    report, preview = find_report(g.agency.key, year), preview_report(year)
    versions, events = snapshots_of(g.agency.key, year), events_of(g.agency.key, year)
    last = content_of(versions[0]) if versions else None
    wanted = g.agency.parent_id is None or is_wanted(g.agency.key, year)
    return render_template(
        "reports/own.html",
        year=year,
        is_top=g.agency.parent_id is None,
        has_below=bool(children_of(g.agency.key)),
        report=report,
        state=state_of(report),
        review_ends=review_ends(report),
        closing_ends=closing_ends(report),
        today=today(),
        preview=preview,
        versions=versions,
        stale=staleness_below(g.agency.key, year).get(g.agency.id),
        cells=cell_changes(last["rows"], list(preview.rows)) if last else (),
        events=events,
        returned=last_return(events),
        expected=expectation_of(g.agency.key, year),
        extensions=extensions_of(g.agency.key, year),
        requests=(requests := requests_of(g.agency.key, year)),
        may_ask=current_actor().may(Permission.REPORT_SUBMIT),
        is_asked=any(one.state is RequestState.ASKED for one in requests),
        moves=_closing_moves(year),
        changes=changes_of(g.agency.key, year),
        can=_can(report, is_wanted=wanted),
        is_wanted=wanted,
        above=_above(),
        now=transaction_time(),
        figures=FIGURES,
        figure_words=COLUMNS,
        explain=figure_links(year),
    )


def _above() -> str:
    parent = g.agency.parent_id
    return load_tenant_by_id(g.agency.province_id, parent).name if parent else ""


def _closing_moves(year: int) -> Sequence[ClosingMove]:
    parent = g.agency.parent_id
    return closing_moves(TenantKey(g.agency.province_id, parent), year) if parent else ()


def _can(report: Any, *, is_wanted: bool) -> set[str]:
    actor, found = current_actor(), events_open(report, Side.AGENCY, is_wanted=is_wanted)
    if not actor.may(Permission.REPORT_COMPILE):
        found -= {ReportEvent.COMPILE.value}
    return found if actor.may(Permission.REPORT_SUBMIT) else found & {ReportEvent.COMPILE.value}


@bp.post("/own/compile")
@requires(Permission.REPORT_COMPILE)
def draw_up() -> ResponseReturnValue:
    """Compile the report, for whoever signs it to look at."""
    year = chosen_year()
    with unit_of_work():
        compile_report(year, by=current_actor())
    flash(gettext("The report is compiled. Look at the figures, then sign and submit."), "success")
    return redirect(url_for("reports.own", year=year), 303)


@bp.route("/own/submit", methods=["GET", "POST"])
@requires(Permission.REPORT_SUBMIT, fresh_factor=True)
def submit() -> ResponseReturnValue:
    """Say what is frozen and signed, then do it."""
    year = chosen_year()
    report = find_report(g.agency.key, year)
    form = SubmitForm(None, revision=revision_of(report))
    refusal: RefusedError | None = None
    if form.was_submitted():
        refusal = refusal_of(
            lambda: submit_report(
                year,
                revision=form.revision.data or 0,
                title=form.title.data or "",
                reason=form.reason.data or "",
                paper=write_files,
                by=current_actor(),
            )
        )
        if refusal is None:
            flash(gettext("The report is signed and submitted."), "success")
            return redirect(url_for("reports.own", year=year), 303)
    page = render_template(
        "reports/submit.html",
        year=year,
        report=find_report(g.agency.key, year),
        returned=last_return(events_of(g.agency.key, year)),
        preview=preview_report(year),
        form=form,
        problems=problems_of(refusal, anchor=None),
    )
    return page, 422 if form.errors else status_of(refusal)


_UNDOES = {
    "recall": recall_report,
    "correct": correct_report,
    "uncorrect": uncorrect_report,
}


@bp.route("/own/<kind>", methods=["GET", "POST"])
@requires(Permission.REPORT_SUBMIT)
def undo(kind: str) -> ResponseReturnValue:
    """Say what taking back, correcting or calling that off brings about, then do it."""
    if kind not in _UNDOES:
        raise MissingError(kind)
    year, event = chosen_year(), ReportEvent(kind)
    form = ActForm(None, revision=revision_of(find_report(g.agency.key, year)))
    refusal: RefusedError | None = None
    if form.was_submitted():
        refusal = refusal_of(
            lambda: _UNDOES[kind](
                year,
                revision=form.revision.data or 0,
                reason=form.reason.data or "",
                by=current_actor(),
            )
        )
        if refusal is None:
            return redirect(url_for("reports.own", year=year), 303)
    page = render_template(
        "reports/act.html",
        year=year,
        event=event,
        title=ASKS[event],
        needs_reason=MOVES[event].needs_reason,
        will=consequences_of(event, g.agency, year),
        form=form,
        back_url=url_for("reports.own", year=year),
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, 422 if form.errors else status_of(refusal)
