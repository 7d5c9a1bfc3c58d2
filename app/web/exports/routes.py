"""Lets people ask for a workbook, watch it being written, and fetch it."""

from io import BytesIO
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.exports import ExportKind, ExportState
from app.domain.permissions import Permission
from app.jobs.outbox import Dispatcher
from app.persistence.queries.cycles import years_opened
from app.persistence.queries.exports import load_export, recent_exports
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_again, ask_for_export
from app.web.access import current_actor, requires
from app.web.figure_links import root_of_figures
from app.web.language import current_language
from app.web.years import chosen_year


bp = Blueprint("exports", __name__, url_prefix="/exports")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/")
@requires(Permission.EXPORT_RUN)
def index() -> ResponseReturnValue:
    """List the workbooks of the agency, newest first."""
    years = sorted({*years_opened(), chosen_year()}, reverse=True)
    return render_template(
        "exports/index.html", asked=recent_exports(), years=years, chosen=chosen_year()
    )


@bp.post("/")
@requires(Permission.EXPORT_RUN)
def create() -> ResponseReturnValue:
    """Ask for a workbook with the figures of a year, in the language of the page."""
    with unit_of_work():
        ask_for_export(
            ExportKind.PROVINCE_RESULTS,
            chosen_year(),
            current_language(),
            by=current_actor(),
            figures_at=root_of_figures(is_external=True),
        )
    return _tell_and_lead_back()


@bp.post("/<uuid:export_id>/again")
@requires(Permission.EXPORT_RUN)
def again(export_id: UUID) -> ResponseReturnValue:
    """Try a failed workbook once more."""
    with unit_of_work():
        ask_again(export_id, by=current_actor())
    return _tell_and_lead_back()


@bp.get("/<uuid:export_id>/progress")
@requires(Permission.EXPORT_RUN)
def progress(export_id: UUID) -> ResponseReturnValue:
    """Answer a page that watches a workbook being written; without JavaScript, lead to the list."""
    export = load_export(export_id)
    if "HX-Request" not in request.headers:
        return redirect(url_for("exports.index"))
    return render_template("exports/state.html", export=export)


@bp.get("/<uuid:export_id>/file")
@requires(Permission.EXPORT_RUN)
def file(export_id: UUID) -> ResponseReturnValue:
    """Hand the finished workbook out."""
    export = load_export(export_id, with_content=True)
    if export.state is not ExportState.READY or export.content is None:
        abort(404)
    answer = send_file(
        BytesIO(export.content),
        mimetype=_XLSX,
        as_attachment=True,
        download_name=export.file_name,
        etag=False,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _tell_and_lead_back() -> ResponseReturnValue:
    # What was asked for has been sent already, unless the queue was down: then this tries again.
    if Dispatcher(current_app.extensions["bangvang"].redis_url)():
        flash(gettext("The workbook is being written."), "success")
    else:
        flash(
            gettext(
                "The queue does not answer. Your request is kept, and the workbook will be written"
                " as soon as the queue is back."
            ),
            "warning",
        )
    return redirect(url_for("exports.index"), 303)
