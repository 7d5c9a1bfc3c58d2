"""Shows what a list would bring, brings its good rows in, and gives the others back."""

import io
import tempfile
from pathlib import Path
from uuid import UUID

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.domain.permissions import Permission
from app.domain.refusals import MissingError
from app.domain.roster import ImportState, Standing
from app.domain.roster_files import FileRefusedError
from app.exports.error_report import write_error_report
from app.exports.wording import Wording
from app.labels.intake import advise_on_refused_file, describe_refused_file
from app.labels.roster import STANDINGS
from app.persistence.clock import transaction_time
from app.persistence.queries.roster_imports import load_import
from app.persistence.unit_of_work import unit_of_work
from app.services.roster_import import import_roster
from app.services.unmasking import count_list
from app.web.access import current_actor, requires
from app.web.language import current_language
from app.web.roster.review import Review, review_of, rows_to_correct, shown
from app.web.roster.room import bp, number_seal
from app.web.roster.uploads import XLSX, sheet_of


_MOST_SHOWN = 200


@bp.get("/imports/<uuid:upload_id>")
@requires(Permission.ROSTER_EDIT)
def review(upload_id: UUID) -> ResponseReturnValue:
    """Show who would come onto the roster, and every cell that keeps somebody off it."""
    upload = load_import(upload_id)
    sheet = sheet_of(upload)
    if sheet is None:
        return render_template("roster/forgotten.html", upload=upload)
    if upload.state is ImportState.UPLOADED:
        return redirect(url_for("roster.columns", upload_id=upload_id))
    try:
        found = review_of(upload, sheet)
    except FileRefusedError as error:
        flash(f"{describe_refused_file(error)} {advise_on_refused_file(error)}", "danger")
        return redirect(url_for("roster.columns", upload_id=upload_id))
    return render_template(
        "roster/review.html",
        upload=upload,
        review=found,
        errors=[shown(one) for one in found.reading.errors[:_MOST_SHOWN]],
        warnings=[shown(one) for one in found.reading.warnings[:_MOST_SHOWN]],
        coming=[one for one in found.rows if one.standing is not Standing.LISTED][:_MOST_SHOWN],
        there=[one for one in found.rows if one.standing is Standing.LISTED][:_MOST_SHOWN],
        most_shown=_MOST_SHOWN,
        standings=STANDINGS,
        Standing=Standing,
    )


@bp.post("/imports/<uuid:upload_id>")
@requires(Permission.ROSTER_EDIT)
def bring_in(upload_id: UUID) -> ResponseReturnValue:
    """List everybody whom the good rows name."""
    year, found = _read(upload_id)
    is_all = not found.reading.refused_rows
    with unit_of_work():
        count_list(sum(row.cccd is not None for row in found.reading.rows), by=current_actor())
    with unit_of_work():
        done = import_roster(
            upload_id,
            found.reading.rows,
            is_all=is_all,
            seal=number_seal(),
            by=current_actor(),
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
    year, found = _read(upload_id)
    rows = rows_to_correct(found)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corrections.xlsx"
        write_error_report(
            path,
            headings=found.mapping.headings,
            rows=rows,
            total=len(rows),
            wording=Wording(language=current_language(), gettext=gettext),
            created=transaction_time(),
        )
        content = io.BytesIO(path.read_bytes())
    name = f"can-sua-{year}.xlsx"
    return send_file(content, XLSX, as_attachment=True, download_name=name)


def _read(upload_id: UUID) -> tuple[int, Review]:
    """Return the year of a list and what it holds; ``MissingError`` once it is forgotten."""
    upload = load_import(upload_id)
    sheet = sheet_of(upload)
    if sheet is None or upload.state is ImportState.UPLOADED:
        raise MissingError(upload_id)
    return upload.year, review_of(upload, sheet)
