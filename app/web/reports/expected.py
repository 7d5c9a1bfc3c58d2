"""Says whose report is expected, by when and until when: fixes it, changes it, and gives time."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.expected_reports import ListChange, suggested_closing
from app.domain.permissions import Permission
from app.domain.refusals import MissingError, RefusedError
from app.domain.reports import ReportState, last_day_before
from app.labels.reports import LIST_ASKS, LIST_CONSEQUENCES
from app.persistence.clock import today
from app.persistence.queries.expected_reports import (
    closing_moves,
    closing_of,
)
from app.persistence.queries.reports import children_of, find_child, reports_below
from app.services.expected_reports import (
    change_list,
    expect_reports,
    last_due_day,
    move_closing,
)
from app.web.access import current_actor, requires
from app.web.refused import problems_of, refusal_of, status_of
from app.web.reports.forms import ClosingForm, ExpectForm, ReasonForm
from app.web.reports.room import bp, no_year
from app.web.years import chosen_year


@bp.route("/list/<kind>/<path:slug>", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def relist(kind: str, slug: str) -> ResponseReturnValue:
    """Say what putting an agency on the list, or taking it off, brings about, then do it."""
    child, year, form = find_child(slug), chosen_year(), ReasonForm()
    change = _change(kind)
    refusal: RefusedError | None = None
    if form.was_submitted():
        refusal = refusal_of(
            lambda: change_list(
                slug, year, change, reason=form.reason.data or "", by=current_actor()
            )
        )
        if refusal is None:
            flash(gettext("The list is changed; the reason is on record."), "success")
            return redirect(url_for("reports.index", year=year), 303)
    page = render_template(
        "reports/relist.html",
        year=year,
        title=gettext("%(act)s: %(agency)s", act=LIST_ASKS[change], agency=child.name),
        will=LIST_CONSEQUENCES[change],
        form=form,
        back_url=url_for("reports.agency", slug=slug, year=year),
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, 422 if form.errors else status_of(refusal)


def _change(kind: str) -> ListChange:
    try:
        return ListChange(kind)
    except ValueError as error:
        raise MissingError(kind) from error


@bp.route("/expected", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def expect() -> ResponseReturnValue:
    """Freeze the list of a year that was opened without one, and say when it is closed."""
    year = chosen_year()
    last_due = last_due_day(year)
    form = ExpectForm(None, closes_on=suggested_closing(year, last_due, today()))
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
        last_due=last_due,
        no_year=no_year(year),
        agencies=[one for one in children_of(g.agency.key) if not one.is_suspended],
        problems=problems_of(refusal, anchor="closes_on"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.route("/closing-day", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def postpone() -> ResponseReturnValue:
    """Say what a later closing of a year's reports brings about, then move it."""
    year = chosen_year()
    moves, closes_at = closing_moves(g.agency.key, year), closing_of(g.agency.key, year)
    form = ClosingForm(None, revision=len(moves))
    refusal: RefusedError | None = None
    if form.was_submitted() and form.closes_on.data is not None:
        closes_on = form.closes_on.data
        refusal = refusal_of(
            lambda: move_closing(
                year,
                closes_on,
                moves=form.revision.data or 0,
                reason=form.reason.data or "",
                by=current_actor(),
            )
        )
        if refusal is None:
            flash(gettext("The reports are closed later; the reason is on record."), "success")
            return redirect(url_for("reports.index", year=year), 303)
    below = reports_below(g.agency.key, year)
    page = render_template(
        "reports/postpone.html",
        year=year,
        form=form,
        closing=last_day_before(closes_at) if closes_at else None,
        moves=moves,
        closed=[one for one in below if one.state is ReportState.CLOSED],
        problems=problems_of(refusal, anchor="closes_on"),
    )
    return page, 422 if form.errors else status_of(refusal)
