"""Shows which reports have come from below, and lets them be reviewed, extended, waived, closed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.permissions import Permission
from app.domain.refusals import MissingError, RefusedError
from app.domain.report_contents import Staleness, cell_changes
from app.domain.reports import (
    RECEIVED,
    Expectation,
    ReportEvent,
    ReportState,
    ReportTimeliness,
    Side,
)
from app.labels.boards import COLUMNS
from app.labels.reports import ASKS
from app.persistence.clock import transaction_time
from app.persistence.queries.boards import load_board
from app.persistence.queries.report_rows import rows_now, staleness_below
from app.persistence.queries.reports import (
    ReportBelow,
    children_of,
    events_of,
    expected_by,
    extensions_of,
    find_child,
    find_report,
    frozen_at,
    official_of,
    reports_below,
    snapshots_of,
    sources_of,
)
from app.services.report_reviews import close_reports, expect_reports, extend_report, review_report
from app.web.access import current_actor, requires
from app.web.figure_links import figure_links
from app.web.refused import problems_of, refusal_of, status_of
from app.web.reports.consequences import consequences_of
from app.web.reports.forms import ActForm, ExpectForm, ExtendForm
from app.web.reports.own import own
from app.web.reports.room import (
    FIGURES,
    bp,
    content_of,
    events_open,
    revision_of,
    state_of,
)
from app.web.years import chosen_year


_LAST_MONTH, _LAST_DAY = 12, 31


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """An agency right below: its report, its dates, and what changed since it signed."""

    below: ReportBelow
    expected: Expectation | None
    timeliness: ReportTimeliness | None
    days_left: int | None
    stale: Staleness


@bp.get("/")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    """Show what has come from below; an agency with nobody below sees its own report."""
    if not children_of(g.agency.key):
        return own()
    year, asked = chosen_year(), request.args.get("standing", type=ReportTimeliness)
    lines = _lines(year)
    expected = [one for one in lines if one.expected]
    official, board = official_of(g.agency.key, year), load_board(g.agency.key, year)
    names = {one.below.agency.id: one.below.agency.name for one in lines}
    return render_template(
        "reports/index.html",
        year=year,
        lines=[one for one in lines if asked in (None, one.timeliness)],
        asked=asked,
        expected=expected,
        strangers=[one for one in lines if expected and not one.expected],
        frozen_at=frozen_at(g.agency.key, year),
        counts=Counter(one.timeliness for one in expected),
        received=sum(one.timeliness in RECEIVED for one in expected),
        sources=sources_of(g.agency.key, year),
        stale=[one for one in lines if one.stale.is_stale],
        official=official,
        board=board,
        names={**names, g.agency.id: g.agency.name},
        may_review=current_actor().may(Permission.REPORT_REVIEW),
        has_above=g.agency.parent_id is not None,
        figures=FIGURES,
        figure_words=COLUMNS,
        explain=figure_links(year),
    )


def _lines(year: int) -> Sequence[ReportLine]:
    below, expected = reports_below(g.agency.key, year), expected_by(g.agency.key, year)
    stale = staleness_below(g.agency.key, year)
    return [
        _line(one, expected.get(one.agency.id), stale.get(one.agency.id, Staleness()))
        for one in below
    ]


def _line(below: ReportBelow, expected: Expectation | None, stale: Staleness) -> ReportLine:
    now, is_waived = transaction_time(), below.state is ReportState.WAIVED
    received = below.report.received_at if below.report else None
    is_awaited = received is None and not is_waived
    return ReportLine(
        below=below,
        expected=expected,
        timeliness=expected.timeliness(received, now, is_waived=is_waived) if expected else None,
        days_left=expected.days_left(now) if expected and is_awaited else None,
        stale=stale,
    )


@bp.get("/below/<path:slug>")
@requires(Permission.REPORT_REVIEW)
def agency(slug: str) -> ResponseReturnValue:
    """Show the report of one agency right below: figures, hash, versions, events."""
    year, child = chosen_year(), find_child(slug)
    report, versions = find_report(child.key, year), snapshots_of(child.key, year)
    last, rows = versions[0] if versions else None, rows_now([child.id], year)[child.id]
    expected = expected_by(g.agency.key, year).get(child.id)
    return render_template(
        "reports/agency.html",
        year=year,
        child=child,
        report=report,
        state=state_of(report),
        versions=versions,
        last=last,
        content=content_of(last) if last else None,
        stale=staleness_below(child.key, year).get(child.id),
        cells=cell_changes(content_of(last)["rows"], rows) if last else (),
        events=events_of(child.key, year),
        expected=expected,
        extensions=extensions_of(child.key, year),
        can=[one for one in ASKS if one.value in events_open(report, Side.PARENT)],
        figures=FIGURES,
        figure_words=COLUMNS,
        explain=figure_links(year),
    )


@bp.route("/acts/<kind>/<path:slug>", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def act(kind: str, slug: str) -> ResponseReturnValue:
    """Say what an act brings about, then do it."""
    child, year = find_child(slug), chosen_year()
    event = _event(kind)
    form = ActForm(None, revision=revision_of(find_report(child.key, year)))
    refusal: RefusedError | None = None
    if form.was_submitted():
        refusal = refusal_of(
            lambda: review_report(
                slug,
                year,
                event,
                revision=form.revision.data or 0,
                reason=form.reason.data or "",
                items=form.named() if event is ReportEvent.RETURN else (),
                by=current_actor(),
            )
        )
        if refusal is None:
            return redirect(url_for("reports.agency", slug=slug, year=year), 303)
    page = render_template(
        "reports/act.html",
        year=year,
        event=event,
        title=gettext("%(act)s: %(agency)s", act=ASKS[event], agency=child.name),
        will=consequences_of(event, child, year),
        form=form,
        back_url=url_for("reports.agency", slug=slug, year=year),
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, 422 if form.errors else status_of(refusal)


def _event(kind: str) -> ReportEvent:
    asked = {one.value: one for one in ASKS}
    if kind not in asked or asked[kind] in {ReportEvent.RECALL, ReportEvent.CORRECT}:
        raise MissingError(kind)
    return asked[kind]


@bp.route("/extensions/<path:slug>", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def extend(slug: str) -> ResponseReturnValue:
    """Give one agency more time, as a document with a requester and a reason."""
    child, year, form = find_child(slug), chosen_year(), ExtendForm()
    refusal: RefusedError | None = None
    if form.was_submitted() and form.until.data is not None:
        until = form.until.data
        refusal = refusal_of(
            lambda: extend_report(
                slug,
                year,
                until=until,
                requester=form.requester.data or "",
                reason=form.reason.data or "",
                by=current_actor(),
            )
        )
        if refusal is None:
            flash(gettext("The extension is on record; the agency sees it."), "success")
            return redirect(url_for("reports.agency", slug=slug, year=year), 303)
    page = render_template(
        "reports/extend.html",
        year=year,
        child=child,
        form=form,
        expected=expected_by(g.agency.key, year).get(child.id),
        problems=problems_of(refusal, anchor="until"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.route("/expected", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def expect() -> ResponseReturnValue:
    """Fix who is to report for a year, and when that is closed."""
    year = chosen_year()
    form = ExpectForm(None, closes_on=date(year, _LAST_MONTH, _LAST_DAY))
    refusal: RefusedError | None = None
    if form.was_submitted() and form.closes_on.data is not None:
        closes_on = form.closes_on.data
        refusal = refusal_of(lambda: expect_reports(year, closes_on, by=current_actor()))
        if refusal is None:
            flash(gettext("It is fixed who reports, and by when."), "success")
            return redirect(url_for("reports.index", year=year), 303)
    page = render_template(
        "reports/expect.html",
        year=year,
        form=form,
        agencies=children_of(g.agency.key),
        problems=problems_of(refusal, anchor="closes_on"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.route("/closing", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def close() -> ResponseReturnValue:
    """Say which reports are closed and which are not, then close them."""
    year = chosen_year()
    if request.method == "POST":
        closed: list[int] = []
        refusal = refusal_of(lambda: closed.append(close_reports(year, by=current_actor())))
        if refusal is not None:
            raise refusal
        flash(
            ngettext("%(num)s report is closed.", "%(num)s reports are closed.", closed[0]),
            "success",
        )
        return redirect(url_for("reports.index", year=year), 303)
    below = reports_below(g.agency.key, year)
    return render_template(
        "reports/close.html",
        year=year,
        ready=[one for one in below if one.state is ReportState.ACCEPTED],
        others=[one for one in below if one.state is not ReportState.ACCEPTED],
    )
