"""Shows what a list would bring, brings its good rows in, and gives the others back."""

import io
import tempfile
from pathlib import Path
from uuid import UUID

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.permissions import Permission
from app.domain.refusals import MissingError
from app.domain.roster import AT_WORK, READ_AT_ONCE, ImportState, Standing
from app.domain.roster_files import FileRefusedError, RosterReading
from app.exports.error_report import write_error_report
from app.exports.wording import Wording
from app.intake.kept import KeptList, mapping_from_json
from app.intake.review import MOST_SHOWN, Review, from_json, read_list, review_of
from app.labels.intake import advise_on_refused_file, describe_refused_file
from app.labels.roster import IMPORT_STATES, STANDINGS
from app.persistence.clock import transaction_time
from app.persistence.models import RosterImport
from app.persistence.queries.outbox import find_line_about
from app.persistence.queries.roster_imports import load_import
from app.persistence.unit_of_work import unit_of_work
from app.services.roster_import import import_roster, start_import
from app.services.unmasking import count_list
from app.web.access import current_actor, requires
from app.web.jobs.telling import tell
from app.web.language import current_language
from app.web.roster.review import rows_to_correct, shown
from app.web.roster.room import bp, number_seal
from app.web.roster.uploads import XLSX, open_list


@bp.get("/imports/<uuid:upload_id>")
@requires(Permission.ROSTER_EDIT)
def review(upload_id: UUID) -> ResponseReturnValue:
    """Show who would come onto the roster, and every cell that keeps somebody off it."""
    upload = load_import(upload_id)
    if upload.state in AT_WORK:
        return _watch(upload)
    if "HX-Request" in request.headers:
        # The job is done: who watched it sees what came of it.
        return "", 200, {"HX-Refresh": "true"}
    kept = open_list(upload)
    if kept is None:
        return render_template("roster/forgotten.html", upload=upload)
    if upload.state is ImportState.UPLOADED:
        return redirect(url_for("roster.columns", upload_id=upload_id))
    try:
        found = _look_into(upload, kept)
    except FileRefusedError as error:
        flash(f"{describe_refused_file(error)} {advise_on_refused_file(error)}", "danger")
        return redirect(url_for("roster.columns", upload_id=upload_id))
    return render_template(
        "roster/review.html",
        upload=upload,
        review=found,
        errors=[shown(one) for one in found.errors[:MOST_SHOWN]],
        warnings=[shown(one) for one in found.warnings[:MOST_SHOWN]],
        most_shown=MOST_SHOWN,
        standings=STANDINGS,
        Standing=Standing,
    )


@bp.post("/imports/<uuid:upload_id>")
@requires(Permission.ROSTER_EDIT)
def bring_in(upload_id: UUID) -> ResponseReturnValue:
    """List everybody whom the good rows name."""
    upload = load_import(upload_id)
    if upload.rows > READ_AT_ONCE:
        return _have_brought_in(upload)
    year, reading = _read(upload_id)
    is_all = not reading.refused_rows
    with unit_of_work():
        count_list(sum(row.cccd is not None for row in reading.rows), by=current_actor())
    with unit_of_work():
        done = import_roster(
            upload_id, reading.rows, is_all=is_all, seal=number_seal(), by=current_actor()
        )
    people = done.added + done.known
    flash(
        ngettext("%(num)s person has been listed.", "%(num)s people have been listed.", people),
        "success",
    )
    if is_all:
        return redirect(url_for("roster.index", year=year), 303)
    return redirect(url_for("roster.review", upload_id=upload_id), 303)


@bp.get("/imports/<uuid:upload_id>/corrections")
@requires(Permission.ROSTER_EDIT)
def corrections(upload_id: UUID) -> ResponseReturnValue:
    """Give the refused rows back, with what is wrong beside each."""
    upload, kept = _require_list(upload_id)
    mapping = mapping_from_json(upload.mapping)
    rows = rows_to_correct(kept.sheet, mapping, _look_into(upload, kept))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corrections.xlsx"
        write_error_report(
            path,
            headings=mapping.headings,
            rows=rows,
            total=len(rows),
            wording=Wording(language=current_language(), gettext=gettext),
            created=transaction_time(),
        )
        content = io.BytesIO(path.read_bytes())
    name = f"can-sua-{upload.year}.xlsx"
    return send_file(content, XLSX, as_attachment=True, download_name=name)


def _watch(upload: RosterImport) -> ResponseReturnValue:
    """Show how far the job is that is at a long list."""
    is_asked_again = "HX-Request" in request.headers
    page = "roster/job.html" if is_asked_again else "roster/under_way.html"
    line = find_line_about(upload.id)
    job = tell(line) if line else None
    return render_template(page, upload=upload, job=job, states=IMPORT_STATES)


def _have_brought_in(upload: RosterImport) -> ResponseReturnValue:
    """Let a job bring a long list in, or go on with one that was given up."""
    kept = open_list(upload)
    if kept is None or upload.state is ImportState.UPLOADED:
        raise MissingError(upload.id)
    if upload.state not in AT_WORK:
        with unit_of_work():
            count_list(_look_into(upload, kept).numbers, by=current_actor())
    with unit_of_work():
        start_import(upload.id, by=current_actor())
    return redirect(url_for("roster.review", upload_id=upload.id), 303)


def _look_into(upload: RosterImport, kept: KeptList) -> Review:
    """Return what a list holds: of a long one, what a job has found."""
    if kept.found is not None:
        return from_json(kept.found)
    reading = read_list(upload, kept.sheet, language=current_language())
    return review_of(upload, reading, seal=number_seal())


def _read(upload_id: UUID) -> tuple[int, RosterReading]:
    """Return the year of a list and what it holds; ``MissingError`` once it is forgotten."""
    upload, kept = _require_list(upload_id)
    return upload.year, read_list(upload, kept.sheet, language=current_language())


def _require_list(upload_id: UUID) -> tuple[RosterImport, KeptList]:
    upload = load_import(upload_id)
    kept = open_list(upload)
    if kept is None or upload.state in {ImportState.UPLOADED, *AT_WORK}:
        raise MissingError(upload_id)
    return upload, kept
