"""Shows what is done for an agency in the background, and lets what failed be tried again."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.domain.permissions import Permission
from app.persistence.queries.outbox import lines_done, load_line, open_lines, waiting_changes
from app.persistence.queries.periodic import newest_runs, recent_alarms
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import retry
from app.web.access import current_actor, requires
from app.web.jobs.telling import tell


bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("/")
@requires(Permission.JOB_MANAGE)
def index() -> ResponseReturnValue:
    """Show what is under way, what waits and why, what failed, and how the nights went."""
    return render_template(
        "jobs/index.html",
        jobs=[tell(line) for line in open_lines()],
        done=[tell(line) for line in lines_done()],
        changes=waiting_changes(),
        runs=newest_runs(),
        alarms=recent_alarms(),
    )


@bp.get("/<uuid:job_id>/progress")
@requires(Permission.JOB_MANAGE)
def progress(job_id: UUID) -> ResponseReturnValue:
    """Answer a page that watches some work; without JavaScript, lead to the list."""
    line = load_line(job_id)
    if "HX-Request" not in request.headers:
        return redirect(url_for("jobs.index"))
    return render_template("jobs/state.html", job=tell(line))


@bp.post("/<uuid:job_id>/again")
@requires(Permission.JOB_MANAGE)
def again(job_id: UUID) -> ResponseReturnValue:
    """Have failed work tried again."""
    with unit_of_work():
        retry(job_id, by=current_actor())
    flash(gettext("It is tried again."), "success")
    return redirect(url_for("jobs.index"), 303)
