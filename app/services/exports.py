"""The life of an export: asked for, written by a worker, ready or failed.

A line of the outbox says that it is to be written, and which worker is at it (``outbox``). Moments
are the database's own: no deadline hangs on them.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, update

from app.domain.audit import Act
from app.domain.exports import ExportKind, ExportState
from app.domain.ids import new_id
from app.domain.outbox import Kind
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError
from app.persistence.database import db
from app.persistence.models import Export
from app.services.outbox import post
from app.services.record import record_act


KEPT_FOR = timedelta(days=30)
"""How long a workbook can be fetched."""


FIGURES_AT = "figures_at"
"""The parameter that says where the figures of a workbook are explained."""


def ask_for_export(
    kind: ExportKind, year: int, locale: str, *, by: Actor, figures_at: str = ""
) -> UUID:
    """Put a workbook on the list of what is to be written; return its id."""
    by.require(Permission.EXPORT_RUN)
    export = Export(
        id=new_id(),
        kind=kind,
        year=year,
        locale=locale,
        state=ExportState.QUEUED,
        asked_by=by.account_id,
        parameters={FIGURES_AT: figures_at},
    )
    db.session.add(export)
    post(Kind.EXPORT, subject_id=export.id)
    _record(export.id, by=by, kind=kind, year=year)
    return export.id


def ask_again(export_id: UUID, *, by: Actor) -> None:
    """Let a failed export be tried once more; raise ``MissingError`` if there is none."""
    by.require(Permission.EXPORT_RUN)
    is_found = _change(
        export_id,
        Export.state == ExportState.FAILED,
        state=ExportState.QUEUED,
        asked_at=func.now(),
        problem=None,
        finished_at=None,
    )
    if not is_found:
        raise MissingError(export_id)
    post(Kind.EXPORT, subject_id=export_id)
    _record(export_id, by=by, is_repeated=True)


def begin(export_id: UUID) -> None:
    """Say that a worker has begun to write."""
    _change(
        export_id,
        Export.state != ExportState.READY,
        state=ExportState.RUNNING,
        done=0,
        total=0,
        problem=None,
        finished_at=None,
        alive_at=func.now(),
    )


def tell_progress(export_id: UUID, done: int, total: int) -> None:
    """Say how many rows are written, and that the worker is alive."""
    _change(export_id, _RUNNING, done=done, total=total, alive_at=func.now())


def deliver(export_id: UUID, file_name: str, content: bytes) -> None:
    """Keep the finished workbook."""
    _change(
        export_id,
        _RUNNING,
        state=ExportState.READY,
        file_name=file_name,
        content=content,
        finished_at=func.now(),
    )


def wait_again(export_id: UUID) -> None:
    """Say that nobody writes at the moment: it is tried again in a while."""
    _change(export_id, _RUNNING, state=ExportState.QUEUED)


def give_up(export_id: UUID, problem: str) -> None:
    """Say why an export failed, in the language of whoever asked for it."""
    _change(
        export_id,
        Export.state != ExportState.READY,
        state=ExportState.FAILED,
        problem=problem,
        finished_at=func.now(),
    )


def forget_old_exports() -> None:
    """Forget the workbooks of the agency in scope that were asked for long ago and are done."""
    db.session.execute(
        delete(Export)
        .where(
            Export.finished_at < func.now() - KEPT_FOR,
            Export.state.in_((ExportState.READY, ExportState.FAILED)),
        )
        .execution_options(synchronize_session=False)
    )


_RUNNING = Export.state == ExportState.RUNNING


def _change(export_id: UUID, condition: Any, **values: Any) -> bool:
    changed = db.session.execute(
        update(Export)
        .where(Export.id == export_id, condition)
        .values(**values)
        .returning(Export.id)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none() is not None


def _record(export_id: UUID, *, by: Actor, **facts: object) -> None:
    record_act(Act.EXPORT_ASKED, by=by, object_kind="export", object_id=export_id, **facts)
