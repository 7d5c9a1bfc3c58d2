"""Takes a list in: the template to fill in, the file, and which of its columns tells what."""

import io
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from app.domain.permissions import Permission
from app.domain.roster import MOST_PEOPLE, ImportState
from app.domain.roster_files import Field, FileFault, FileRefusedError
from app.domain.vietnamese import clean
from app.exports.roster_template import roster_template
from app.exports.wording import Wording
from app.intake.kept import (
    KeptList,
    list_from_text,
    list_to_text,
    mapping_from_json,
    mapping_to_json,
)
from app.intake.roster_header import ColumnMapping, find_roster
from app.intake.sheets import read_sheets
from app.labels.intake import FIELDS, advise_on_refused_file, describe_refused_file
from app.labels.roster import IMPORT_STATES
from app.persistence.clock import transaction_time
from app.persistence.models import RosterImport, Unit
from app.persistence.queries.cycles import find_cycle
from app.persistence.queries.dossier_lists import units_in_use
from app.persistence.queries.roster_imports import (
    headings_learnt,
    imports_of_year,
    imports_unfinished,
    load_import,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.roster_uploads import (
    Columns,
    choose_columns,
    discard_upload,
    keep_upload,
    open_upload,
)
from app.web.access import current_actor, requires
from app.web.choices import whole_number
from app.web.language import current_language
from app.web.roster.columns import choices_of, chosen_mapping, problems_with
from app.web.roster.forms import UploadForm
from app.web.roster.room import bp, group_names, number_seal
from app.web.years import chosen_year


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PATIENCE_SECONDS = 20
_LONGEST_FILE_NAME = 100
_ROWS_ABOVE = 30
"""Titles and headings that may stand above the people, and are none of them."""


@bp.route("/imports", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def uploads() -> ResponseReturnValue:
    """Offer the template, and take in a list."""
    year, form, refusal = chosen_year(), UploadForm(), None
    is_waiting = request.args.get("only") == "unfinished"
    if request.method == "POST":
        try:
            upload_id = _keep(request.files.get("file"), year)
        except FileRefusedError as error:
            refusal = error
        else:
            return redirect(url_for("roster.columns", upload_id=upload_id), 303)
    if refusal is not None:
        sentences = (describe_refused_file(refusal), advise_on_refused_file(refusal))
        form.file.errors = (" ".join(sentences),)
    page = render_template(
        "roster/uploads.html",
        form=form,
        year=year,
        cycle=find_cycle(year),
        uploads=_uploads(year, is_waiting=is_waiting),
        is_waiting=is_waiting,
        states=IMPORT_STATES,
    )
    return page, 422 if refusal else 200


def _uploads(year: int, *, is_waiting: bool) -> Sequence[RosterImport]:
    """Return the lists of a year, or those of any year that wait for the reader."""
    return imports_unfinished(current_actor().account_id) if is_waiting else imports_of_year(year)


def _keep(file: FileStorage | None, year: int) -> UUID:
    """Read a file in a child process and keep its sheet."""
    if file is None or not file.filename:
        raise FileRefusedError(FileFault.EMPTY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uploaded"
        file.save(path)
        sheets = read_sheets(path, max_rows=MOST_PEOPLE + _ROWS_ABOVE, timeout=_PATIENCE_SECONDS)
    sheet, mapping = find_roster(sheets, remembered=headings_learnt())
    if sum(number >= mapping.first_row for number, _ in sheet.rows) > MOST_PEOPLE:
        raise FileRefusedError(FileFault.TOO_MANY_ROWS, limit=MOST_PEOPLE)
    with unit_of_work():
        return keep_upload(
            list_to_text(sheet),
            _columns(mapping),
            year=year,
            file_name=clean(file.filename)[-_LONGEST_FILE_NAME:],
            rows=len(sheet.rows),
            seal=number_seal(),
            by=current_actor(),
        )


def _columns(
    mapping: ColumnMapping, unit_id: UUID | None = None, group_number: int | None = None
) -> Columns:
    return Columns(
        mapping=mapping_to_json(mapping),
        headings=mapping.remembered(),
        unit_id=unit_id,
        group_number=group_number,
    )


@bp.get("/imports/template")
@requires(Permission.ROSTER_EDIT)
def template() -> ResponseReturnValue:
    """Hand out the workbook to fill in."""
    year = chosen_year()
    content = roster_template(
        agency=g.agency.name,
        slug=g.agency.slug,
        year=year,
        units=[unit.name for unit in units_in_use()],
        groups=group_names(year),
        wording=Wording(language=current_language(), gettext=gettext),
        created=transaction_time(),
    )
    name = f"danh-sach-{g.agency.slug.rpartition('/')[2]}-{year}.xlsx"
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=name)


@bp.route("/imports/<uuid:upload_id>/columns", methods=["GET", "POST"])
@requires(Permission.ROSTER_EDIT)
def columns(upload_id: UUID) -> ResponseReturnValue:
    """Show what the columns seem to tell, and let it be changed."""
    upload = load_import(upload_id)
    kept = open_list(upload)
    if kept is None or upload.state is ImportState.IMPORTING:
        return redirect(url_for("roster.review", upload_id=upload_id))
    mapping = mapping_from_json(upload.mapping)
    units, groups = units_in_use(), group_names(upload.year)
    sent = request.form if request.method == "POST" else _as_sent(upload, units, groups)
    problems: list[tuple[str, str | None]] = []
    if request.method == "POST":
        mapping = chosen_mapping(mapping, sent)
        problems = list(problems_with(mapping, sent))
        if not problems:
            unit_id = request.form.get("unit_id", type=UUID)
            group_number = request.form.get("group_number", type=whole_number)
            with unit_of_work():
                chosen = _columns(mapping, unit_id, group_number)
                choose_columns(upload_id, chosen, by=current_actor())
            return redirect(url_for("roster.review", upload_id=upload_id), 303)
    page = render_template(
        "roster/columns.html",
        upload=upload,
        choices=choices_of(kept.sheet, mapping),
        fields=FIELDS,
        sent=sent,
        units=units,
        groups=groups,
        problems=problems,
    )
    return page, 422 if problems else 200


def _as_sent(
    upload: RosterImport, units: Sequence[Unit], groups: Collection[int]
) -> dict[str, str]:
    """Return what was chosen before; where there is but one choice, that one."""
    told = mapping_from_json(upload.mapping).columns
    unit_id, group_number = upload.unit_id, upload.group_number
    if Field.UNIT not in told and len(units) == 1:
        unit_id = units[0].id
    if Field.GROUP not in told and len(groups) == 1:
        [group_number] = groups
    return {"unit_id": str(unit_id or ""), "group_number": str(group_number or "")}


def open_list(upload: RosterImport) -> KeptList | None:
    """Return a list as it is kept; None once it has been forgotten."""
    text = open_upload(upload, seal=number_seal())
    return list_from_text(text) if text is not None else None


@bp.post("/imports/<uuid:upload_id>/discard")
@requires(Permission.ROSTER_EDIT)
def discard(upload_id: UUID) -> ResponseReturnValue:
    """Forget a list."""
    year = load_import(upload_id).year
    with unit_of_work():
        discard_upload(upload_id, by=current_actor())
    flash(gettext("The list is no longer kept."), "success")
    return redirect(url_for("roster.uploads", year=year), 303)
