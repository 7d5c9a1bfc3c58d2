"""Asks for a look into a file below, looks, and answers what the agencies above have asked."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.persistence.queries.inspections import (
    load_request_received,
    requests_made,
    requests_received,
)
from app.persistence.queries.tenants import tenants_below
from app.persistence.unit_of_work import unit_of_work
from app.services.inspections import (
    ask_inspection,
    grant_inspection,
    inspect_dossier,
    refuse_inspection,
    revoke_inspection,
)
from app.web.access import current_actor, requires
from app.web.inspections.forms import AskForm, GrantForm
from app.web.refused import problems_of, refusal_of, status_of


bp = Blueprint("inspections", __name__, url_prefix="/inspections")


@bp.get("/")
@requires(Permission.INSPECTION_ASK)
def index() -> ResponseReturnValue:
    """List what this agency has asked of those below it, and how it was answered."""
    return render_template("inspections/index.html", requests=requests_made())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.INSPECTION_ASK)
def ask() -> ResponseReturnValue:
    """Name a line of a decision, and say why it is to be looked into."""
    form = AskForm()
    form.agency.choices = [(str(one.id), one.name) for one in tenants_below(g.agency.key)]
    refusal: RefusedError | None = None
    if form.was_submitted():
        refusal = refusal_of(
            lambda: ask_inspection(
                UUID(form.agency.data),
                form.chosen_line(),
                form.reason.data or "",
                by=current_actor(),
            )
        )
        if refusal is None:
            flash(gettext("The agency has been asked."), "success")
            return redirect(url_for("inspections.index"), 303)
    problems = problems_of(refusal, anchor="reason")
    page = render_template("inspections/ask.html", form=form, problems=problems)
    return page, 422 if form.errors else status_of(refusal)


@bp.post("/<uuid:inspection_id>/look")
@requires(Permission.INSPECTION_ASK)
def look(inspection_id: UUID) -> ResponseReturnValue:
    """Show a file that lies open; sent and not linked, since every look goes on record."""
    with unit_of_work():
        dossier = inspect_dossier(inspection_id, by=current_actor())
    return render_template("inspections/dossier.html", dossier=dossier)


@bp.get("/received")
@requires(Permission.INSPECTION_GRANT)
def received() -> ResponseReturnValue:
    """List what the agencies above want to look into."""
    return render_template("inspections/received.html", requests=requests_received())


@bp.get("/<uuid:inspection_id>/answer")
@requires(Permission.INSPECTION_GRANT)
def answer(inspection_id: UUID) -> ResponseReturnValue:
    """Show who asks for what and why, and what answering does."""
    return _show_question(inspection_id, GrantForm())


def _show_question(
    inspection_id: UUID, form: GrantForm, refusal: RefusedError | None = None, reason: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "inspections/answer.html",
        asked=load_request_received(inspection_id),
        form=form,
        reason=reason,
        problems=problems_of(refusal, anchor=None),
    )
    return page, 422 if form.errors else status_of(refusal)


@bp.post("/<uuid:inspection_id>/grant")
@requires(Permission.INSPECTION_GRANT)
def grant(inspection_id: UUID) -> ResponseReturnValue:
    """Open the file for some hours."""
    form = GrantForm()
    if not form.was_submitted():
        return _show_question(inspection_id, form)
    hours = form.hours.data or 0
    refusal = refusal_of(lambda: grant_inspection(inspection_id, hours=hours, by=current_actor()))
    if refusal is not None:
        return _show_question(inspection_id, form, refusal)
    flash(gettext("The file lies open for the agency that asked."), "success")
    return redirect(url_for("inspections.received"), 303)


@bp.post("/<uuid:inspection_id>/refusal")
@requires(Permission.INSPECTION_GRANT)
def refuse(inspection_id: UUID) -> ResponseReturnValue:
    """Keep the file shut, and say why."""
    reason = request.form.get("reason", "")
    refusal = refusal_of(lambda: refuse_inspection(inspection_id, reason, by=current_actor()))
    if refusal is not None:
        return _show_question(inspection_id, GrantForm(None, hours=24), refusal, reason)
    flash(gettext("The request has been refused."), "success")
    return redirect(url_for("inspections.received"), 303)


@bp.post("/<uuid:inspection_id>/revocation")
@requires(Permission.INSPECTION_GRANT)
def revoke(inspection_id: UUID) -> ResponseReturnValue:
    """Shut the file before its time."""
    with unit_of_work():
        revoke_inspection(inspection_id, by=current_actor())
    flash(gettext("The file is shut."), "success")
    return redirect(url_for("inspections.received"), 303)
