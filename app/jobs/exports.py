"""Writing workbooks that somebody asked for."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from flask_babel import force_locale, gettext

from app.exports.board_sources import Explained
from app.exports.board_workbook import load_workbook_figures
from app.exports.province_workbook import write_province_workbook
from app.exports.wording import Wording
from app.jobs.lines import Effect, Handler, Turn, TurnOverError
from app.jobs.pulse import PULSE
from app.jobs.queues import QueueName
from app.labels.explanations import FORMULAS, WHOLES
from app.persistence.models import Export
from app.persistence.queries.exports import load_export
from app.persistence.queries.tenants import load_tenant_by_id
from app.persistence.tenancy import tenant_in_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import FIGURES_AT, begin, deliver, give_up, tell_progress, wait_again
from app.services.outbox import Taken, tell


_SECONDS = 600


def write_workbook(taken: Taken) -> Effect:
    """Write the workbook that a line is about; return what delivers it."""
    with unit_of_work():
        begin(taken.subject)
        locale = load_export(taken.subject).locale
    with force_locale(locale):
        file_name, content = _make(taken, Wording(language=locale, gettext=_say))
    return partial(deliver, taken.subject, file_name, content)


def note_failure(export_id: UUID, is_last: bool) -> None:  # noqa: FBT001 - a handler's form
    """Let a workbook wait for the next try; after the last one, say what to do."""
    if not is_last:
        wait_again(export_id)
        return
    with force_locale(load_export(export_id).locale):
        give_up(
            export_id,
            gettext(
                "The workbook could not be written. Try again; if it fails again, tell"
                " the operator the code %(code)s.",
                code=_code(export_id),
            ),
        )


def _make(taken: Taken, wording: Wording) -> tuple[str, bytes]:
    export_id, key = taken.subject, tenant_in_scope()
    with unit_of_work():
        export = load_export(export_id)
        year = export.year
        agency = load_tenant_by_id(*key).name
        figures = load_workbook_figures(
            key, year, wording=wording, code=_code(export_id), explained=_explained(export)
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        write_province_workbook(path, figures, wording=wording, on_progress=_teller(taken))
        name = wording.gettext("Learning Citizens %(year)s - %(agency)s", year=year, agency=agency)
        return f"{name}.xlsx", path.read_bytes()


def _explained(export: Export) -> Explained | None:
    """Say how figures are counted; nothing where it was not kept where they are explained."""
    root = export.parameters.get(FIGURES_AT)
    if not root:
        return None
    return Explained(
        root=root,
        formulas={counted: str(words) for counted, words in FORMULAS.items()},
        shares={whole: str(words) for whole, words in WHOLES.items()},
    )


def _teller(taken: Taken) -> Callable[[int, int], None]:
    """Return what tells of progress, each time in a short transaction of its own.

    A workbook is written in one piece: when the turn is over, it begins again as long work.
    """
    turn = Turn(taken)

    def tell_both(done: int, total: int) -> None:
        if turn.is_over and done < total:
            raise TurnOverError
        PULSE.get_on()
        with unit_of_work():
            tell_progress(taken.subject, done, total)
            tell(taken, done, total)

    return tell_both


def _say(message: str, /, **facts: object) -> str:
    return str(gettext(message, **facts))


def _code(export_id: UUID) -> str:
    return export_id.hex[-6:].upper()


WORKBOOK = Handler(
    queue=QueueName.SHORT, seconds=_SECONDS, prepare=write_workbook, failed=note_failure
)
