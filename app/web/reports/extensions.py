"""Lets an agency ask for more time in writing, and the one above it give or refuse it."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.queries.expected_reports import expectation_of, expected_by
from app.persistence.queries.extensions import extensions_of, load_request_below
from app.persistence.queries.reports import find_child, find_report
from app.persistence.unit_of_work import unit_of_work
from app.services.extensions import (
    ask_for_time,
    extend_report,
    grant_request,
    refuse_request,
    withdraw_request,
)
from app.web.access import current_actor, requires
from app.web.refused import problems_of, refusal_of, status_of
from app.web.reports.forms import ExtendForm, GrantForm, RefuseForm, RequestForm
from app.web.reports.room import bp, state_of
from app.web.years import chosen_year


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
        extensions=extensions_of(child.key, year),
        problems=problems_of(refusal, anchor="until"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.route("/own/more-time", methods=["GET", "POST"])
@requires(Permission.REPORT_SUBMIT)
def ask_time() -> ResponseReturnValue:
    """Ask the agency above for more time, and keep that as a document."""
    year, form = chosen_year(), RequestForm()
    refusal: RefusedError | None = None
    if form.was_submitted() and form.until.data is not None:
        until = form.until.data
        refusal = refusal_of(
            lambda: ask_for_time(
                year, until=until, reason=form.reason.data or "", by=current_actor()
            )
        )
        if refusal is None:
            flash(gettext("The request is sent; the answer will stand on this page."), "success")
            return redirect(url_for("reports.own", year=year), 303)
    page = render_template(
        "reports/ask_time.html",
        year=year,
        form=form,
        expected=expectation_of(g.agency.key, year),
        extensions=extensions_of(g.agency.key, year),
        problems=problems_of(refusal, anchor="until"),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.post("/own/more-time/<uuid:extension_id>/withdrawal")
@requires(Permission.REPORT_SUBMIT)
def withdraw_time(extension_id: UUID) -> ResponseReturnValue:
    """Take back a request that nobody has answered."""
    with unit_of_work():
        year = withdraw_request(extension_id, by=current_actor())
    flash(gettext("The request for more time is withdrawn."), "success")
    return redirect(url_for("reports.own", year=year), 303)


@bp.get("/requests/<uuid:extension_id>")
@requires(Permission.REPORT_REVIEW)
def answer_time(extension_id: UUID) -> ResponseReturnValue:
    """Show who asks for how much more time and why, and how the report stands."""
    until = load_request_below(extension_id).request.last_day
    return _show_request(extension_id, GrantForm(None, until=until), RefuseForm(None))


def _show_request(
    extension_id: UUID,
    grant: GrantForm,
    refuse: RefuseForm,
    problems: list[tuple[str, str | None]] | None = None,
) -> str:
    asked = load_request_below(extension_id)
    year, agency = asked.request.year, asked.agency
    return render_template(
        "reports/answer_time.html",
        asked=asked,
        year=year,
        state=state_of(find_report(agency.key, year)),
        expected=expected_by(g.agency.key, year).get(agency.id),
        extensions=extensions_of(agency.key, year),
        grant=grant,
        refuse=refuse,
        problems=problems,
    )


@bp.post("/requests/<uuid:extension_id>/grant")
@requires(Permission.REPORT_REVIEW)
def grant_time(extension_id: UUID) -> ResponseReturnValue:
    """Give the time that was asked for, until the day that is named."""
    form, problems = GrantForm(), None
    if form.was_submitted() and form.until.data is not None:
        until = form.until.data
        refusal = refusal_of(lambda: grant_request(extension_id, until=until, by=current_actor()))
        if refusal is None:
            flash(gettext("The extension is on record; the agency sees it."), "success")
            return redirect(url_for("reports.answer_time", extension_id=extension_id), 303)
        problems = problems_of(refusal, anchor="until")
    return _show_request(extension_id, form, RefuseForm(None), problems), 422


@bp.post("/requests/<uuid:extension_id>/refusal")
@requires(Permission.REPORT_REVIEW)
def refuse_time(extension_id: UUID) -> ResponseReturnValue:
    """Give no more time, and say why."""
    form, problems = RefuseForm(), None
    if form.was_submitted():
        reason = form.reason.data or ""
        refusal = refusal_of(
            lambda: refuse_request(extension_id, reason=reason, by=current_actor())
        )
        if refusal is None:
            flash(gettext("The request is refused; the agency reads why."), "success")
            return redirect(url_for("reports.answer_time", extension_id=extension_id), 303)
        problems = problems_of(refusal, anchor="reason")
    until = load_request_below(extension_id).request.last_day
    return _show_request(extension_id, GrantForm(None, until=until), form, problems), 422
