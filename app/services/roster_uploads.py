"""Uploaded lists between two steps: kept sealed, looked at again, forgotten in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from app.domain.ids import new_id
from app.domain.outbox import Kind
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.roster import READ_AT_ONCE, ImportState
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import RosterImport, RosterImportPart
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.people import load_unit_to_join
from app.persistence.queries.roster_imports import find_import_to_change, load_import_to_change
from app.persistence.queries.rules import criteria_reference
from app.persistence.sealing import NumberSeal, part_of, sheet_of
from app.persistence.tenancy import tenant_in_scope
from app.services.keys import require_keys
from app.services.outbox import post


KEPT_FOR = timedelta(days=7)
"""How long a list that nobody finishes stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns of a list tell, and what holds for everybody where no column does."""

    mapping: Mapping[str, Any]
    headings: Mapping[str, str]
    unit_id: UUID | None = None
    group_number: int | None = None


@dataclass(frozen=True, slots=True)
class ListPart:
    """Some good rows of a long list, as text, and how many they are."""

    sheet: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a job has found in a long list: the sheet with its findings, and what can come in."""

    sheet: str
    parts: Sequence[ListPart] = ()
    refused: int = 0


def keep_upload(  # noqa: PLR0913 - a list, its columns, and where it came from
    sheet: str,
    columns: Columns,
    *,
    year: int,
    file_name: str,
    rows: int = 0,
    seal: NumberSeal,
    by: Actor,
) -> UUID:
    """Keep the sheet of a list, sealed because it may hold personal numbers."""
    by.require(Permission.ROSTER_EDIT)
    require_open_cycle(year)
    forget_old_uploads()
    upload = RosterImport(
        id=new_id(),
        year=year,
        file_name=file_name,
        rows=rows,
        state=ImportState.UPLOADED,
        mapping=dict(columns.mapping),
        headings=dict(columns.headings),
        asked_by=by.account_id,
        created_at=transaction_time(),
    )
    require_keys(seal)
    _keep_sheet(upload, sheet, seal)
    db.session.add(upload)
    return upload.id


def _keep_sheet(upload: RosterImport, sheet: str, seal: NumberSeal) -> None:
    upload.sheet_sealed = seal.seal(sheet, place=sheet_of(upload.id, tenant_in_scope()))


def open_upload(upload: RosterImport, *, seal: NumberSeal) -> str | None:
    """Return the sheet of a list; None once it has been forgotten."""
    if upload.sheet_sealed is None:
        return None
    return seal.open(upload.sheet_sealed, place=sheet_of(upload.id, tenant_in_scope()))


def choose_columns(upload_id: UUID, columns: Columns, *, by: Actor) -> None:
    """Say what the columns of a list tell, and which unit and group hold for all of it.

    A long list is then checked by a job.
    """
    by.require(Permission.ROSTER_EDIT)
    upload = load_import_to_change(upload_id)
    if upload.state is ImportState.IMPORTING:
        raise RefusedError(Rule.STALE_SCREEN)
    if columns.unit_id is not None:
        load_unit_to_join(columns.unit_id)
    if columns.group_number is not None:
        criteria_reference(columns.group_number, upload.year)
    upload.mapping = dict(columns.mapping)
    upload.headings = dict(columns.headings)
    upload.unit_id = columns.unit_id
    upload.group_number = columns.group_number
    if upload.rows > READ_AT_ONCE:
        check_again(upload)
    elif upload.state is ImportState.UPLOADED:
        upload.state = ImportState.CHECKED


def check_again(upload: RosterImport) -> None:
    """Have a job look what a long list holds."""
    upload.state = ImportState.CHECKING
    post(Kind.LIST_CHECK, subject_id=upload.id)


def keep_found(upload_id: UUID, found: Found, *, seal: NumberSeal) -> None:
    """Keep a list anew with what a job has found in it, unless it was forgotten meanwhile."""
    upload = find_import_to_change(upload_id)
    if upload is None or upload.sheet_sealed is None or upload.state is not ImportState.CHECKING:
        return
    _keep_sheet(upload, found.sheet, seal)
    _keep_parts(upload, found, seal)
    upload.state = ImportState.IMPORTED if upload.imported_at else ImportState.CHECKED


def _keep_parts(upload: RosterImport, found: Found, seal: NumberSeal) -> None:
    _forget_parts(upload.id)
    upload.rows_done, upload.refused = 0, found.refused
    for position, part in enumerate(found.parts):
        part_id = new_id()
        sealed = seal.seal(part.sheet, place=part_of(part_id, tenant_in_scope()))
        db.session.add(
            RosterImportPart(
                id=part_id,
                import_id=upload.id,
                position=position,
                rows=part.rows,
                sheet_sealed=sealed,
            )
        )


def _forget_parts(*uploads: UUID) -> None:
    db.session.execute(
        delete(RosterImportPart)
        .where(RosterImportPart.import_id.in_(uploads))
        .execution_options(synchronize_session=False)
    )


def open_part(part: RosterImportPart, *, seal: NumberSeal) -> str:
    """Return the rows of a part."""
    return seal.open(part.sheet_sealed, place=part_of(part.id, tenant_in_scope()))


def discard_upload(upload_id: UUID, *, by: Actor) -> None:
    """Forget a list; of one that was imported, what it taught about headings stays.

    A job that is at it stops at the next part.
    """
    by.require(Permission.ROSTER_EDIT)
    upload = load_import_to_change(upload_id)
    if upload.people or upload.state is ImportState.IMPORTED:
        upload.state, upload.sheet_sealed = ImportState.IMPORTED, None
        _forget_parts(upload.id)
    else:
        db.session.delete(upload)


def forget_old_uploads() -> None:
    """Forget the lists of the agency in scope that nobody has finished for days."""
    is_old = RosterImport.created_at < transaction_time() - KEPT_FOR
    is_imported = or_(RosterImport.state == ImportState.IMPORTED, RosterImport.people > 0)
    db.session.execute(delete(RosterImport).where(is_old, ~is_imported))
    _forget_parts(*db.session.scalars(select(RosterImport.id).where(is_old, is_imported)))
    forgotten = {"state": ImportState.IMPORTED, "sheet_sealed": None}
    db.session.execute(update(RosterImport).where(is_old, is_imported).values(forgotten))
