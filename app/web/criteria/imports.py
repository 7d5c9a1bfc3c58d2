"""The workbook of a draft, handed out filled in and taken back."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.datastructures import FileStorage

from app.domain.criteria import Cells
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.domain.roster_files import FileFault, FileRefusedError
from app.exports.criteria_template import TemplateRow, criteria_template
from app.exports.wording import Wording
from app.intake.criteria_file import CriteriaKeyError, read_criteria_file
from app.intake.criteria_sheet import CriteriaReading, FileProblem
from app.labels.criteria import describe_fault, label_of_cell, label_of_place
from app.labels.intake import advise_on_refused_file, describe_refused_file
from app.persistence.clock import transaction_time
from app.persistence.models import CriteriaDraft
from app.persistence.queries.criteria import load_draft
from app.persistence.unit_of_work import unit_of_work
from app.services.criteria import current_cells, import_into_draft
from app.web.access import current_actor, requires
from app.web.criteria.forms import UploadForm
from app.web.language import current_language
from app.web.refused import problems_of, sent_version, status_of


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Permission.SETTINGS_EDIT)
def template(draft_id: UUID) -> ResponseReturnValue:
    """Hand out the workbook, filled with what the draft says now."""
    found = load_draft(draft_id)
    cells = current_cells(found)
    content = criteria_template(
        list(_rows(cells)),
        name=cells["name.vi"],
        reference=found.based_on,
        wording=Wording(language=current_language(), gettext=gettext),
        created=transaction_time(),
    )
    name = f"{found.key}.xlsx"
    return send_file(io.BytesIO(content), _XLSX, as_attachment=True, download_name=name)


def _rows(cells: Cells) -> Iterator[TemplateRow]:
    for path, value in cells.items():
        key = path.removesuffix(".vi")
        if key != path:
            english = cells[f"{key}.en"]
            yield TemplateRow(key=key, label=label_of_place(path), value=value, english=english)
        elif not path.endswith(".en"):
            yield TemplateRow(key=path, label=label_of_place(path), value=value)


@requires(Permission.SETTINGS_EDIT)
def bring_in(draft_id: UUID) -> ResponseReturnValue:
    """Take a file in: its good cells come into the draft, the others are named with their rows."""
    found, form = load_draft(draft_id), UploadForm()
    reading, refusal, changed = None, None, 0
    if request.method == "POST":
        try:
            reading = _read(request.files.get("file"), found)
            changed = _keep(reading, draft_id)
        except FileRefusedError as error:
            said = (describe_refused_file(error), advise_on_refused_file(error))
            form.file.errors = (" ".join(said),)
        except CriteriaKeyError as error:
            form.file.errors = (_about_key(error),)
        except RefusedError as error:
            refusal, reading = error, None
        if reading is not None and not reading.problems:
            flash(_what_came(changed), "success")
            return redirect(url_for("criteria.draft", draft_id=draft_id), 303)
    shown = render_template(
        "criteria/import.html",
        draft=load_draft(draft_id),
        form=form,
        came=_what_came(changed) if reading else None,
        bad=[_shown(one) for one in reading.problems] if reading else [],
        problems=problems_of(refusal, anchor="file"),
    )
    return shown, 422 if form.errors or reading else status_of(refusal)


def _read(file: FileStorage | None, found: CriteriaDraft) -> CriteriaReading:
    if file is None or not file.filename:
        raise FileRefusedError(FileFault.EMPTY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uploaded"
        file.save(path)
        return read_criteria_file(path, current_cells(found), found.based_on)


def _keep(reading: CriteriaReading, draft_id: UUID) -> int:
    with unit_of_work():
        return import_into_draft(
            draft_id,
            reading.cells,
            refused=len(reading.problems),
            version=sent_version(),
            by=current_actor(),
        )


def _what_came(changed: int) -> str:
    if not changed:
        return gettext("The file says nothing else than the draft.")
    return ngettext(
        "%(num)s place of the draft now says what the file says.",
        "%(num)s places of the draft now say what the file says.",
        changed,
    )


def _about_key(error: CriteriaKeyError) -> str:
    return gettext(
        "The key %(key)s cannot be read: %(found)s. Correct it and upload the file again.",
        key=error.key,
        found=error.found,
    )


def _shown(problem: FileProblem) -> dict[str, object]:
    path = problem.fault.path
    return {
        "row": problem.row or None,
        "column": problem.column,
        "place": label_of_cell(path) or path,
        "fault": describe_fault(problem.fault),
    }
