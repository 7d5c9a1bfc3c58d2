"""Closes the accepted reports of a year, and undoes that within some weeks."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.domain.report_reviews import unclosed_until
from app.domain.reports import ReportState
from app.persistence.clock import transaction_time
from app.persistence.queries.reports import moves_of, reports_below
from app.services.report_reviews import close_reports, unclose_reports
from app.web.access import current_actor, requires
from app.web.refused import problems_of, refusal_of, sent_version, status_of
from app.web.reports.forms import ReasonForm
from app.web.reports.room import bp, may_unclose
from app.web.years import chosen_year


@bp.route("/closing", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def close() -> ResponseReturnValue:
    """Say which reports are closed and which are not, then close them."""
    year = chosen_year()
    if request.method == "POST":
        closed: list[int] = []
        refusal = refusal_of(
            lambda: closed.append(close_reports(year, moves=sent_version(), by=current_actor()))
        )
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
        moves=moves_of(below),
        undone_until=unclosed_until(transaction_time()),
        ready=[one for one in below if one.state is ReportState.ACCEPTED],
        others=[one for one in below if one.state is not ReportState.ACCEPTED],
    )


@bp.route("/closing/undoing", methods=["GET", "POST"])
@requires(Permission.REPORT_REVIEW)
def unclose() -> ResponseReturnValue:
    """Say which closings are undone and which can no longer be, then undo them."""
    year, form = chosen_year(), ReasonForm()
    refusal: RefusedError | None = None
    if form.was_submitted():
        undone: list[int] = []
        refusal = refusal_of(
            lambda: undone.append(
                unclose_reports(
                    year, moves=sent_version(), reason=form.reason.data or "", by=current_actor()
                )
            )
        )
        if refusal is None:
            said = ngettext(
                "The closing of %(num)s report is undone.",
                "The closing of %(num)s reports is undone.",
                undone[0],
            )
            flash(said, "success")
            return redirect(url_for("reports.index", year=year), 303)
    below = reports_below(g.agency.key, year)
    page = render_template(
        "reports/unclose.html",
        year=year,
        form=form,
        moves=sent_version() if request.method == "POST" else moves_of(below),
        ready=[one for one in below if may_unclose(one.report)],
        final=[
            one for one in below if one.state is ReportState.CLOSED and not may_unclose(one.report)
        ],
        problems=problems_of(refusal, anchor="reason"),
    )
    return page, 422 if form.errors else status_of(refusal)
