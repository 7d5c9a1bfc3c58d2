"""The life of an export: asked for, taken up by one worker, written, ready or failed.

The row is the truth and the job only a wake-up call: whoever finds a row that nobody works on
takes it up, and a second job for the same row finds it taken. Moments are the database's own:
they tell whether a worker lives, and no deadline hangs on them.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, update

from app.domain.audit import Act
from app.domain.exports import ExportKind, ExportState
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError
from app.persistence.database import db
from app.persistence.models import Export
from app.services.record import record_act


SILENCE = timedelta(minutes=1)
"""A worker that has not said for so long that it is at work is taken for dead."""


def ask_for_export(kind: ExportKind, year: int, locale: str, *, by: Actor) -> UUID:
    """Put a workbook on the list of what is to be written; return its id."""
    by.require(Permission.EXPORT_RUN)
    export = Export(
        id=new_id(),
        kind=kind,
        year=year,
        locale=locale,
        state=ExportState.QUEUED,
        asked_by=by.account_id,
    )
    db.session.add(export)
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
    _record(export_id, by=by, is_repeated=True)


def take_up(export_id: UUID) -> bool:
    """Claim an export for the caller; False if it is done, gone, or in other hands."""
    abandoned = and_(Export.state == ExportState.RUNNING, Export.alive_at < func.now() - SILENCE)
    return _change(
        export_id,
        or_(Export.state == ExportState.QUEUED, abandoned),
        state=ExportState.RUNNING,
        done=0,
        total=0,
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


def give_up(export_id: UUID, problem: str) -> None:
    """Say why an export failed, in the language of whoever asked for it."""
    _change(export_id, _RUNNING, state=ExportState.FAILED, problem=problem, finished_at=func.now())


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
