"""Questions about uploaded lists of the agency in scope."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.domain.refusals import MissingError
from app.domain.roster import ImportState
from app.persistence.database import db
from app.persistence.models import RosterImport, RosterImportPart


def load_import(import_id: UUID) -> RosterImport:
    """Return an uploaded list; raise ``MissingError`` if it is not ours."""
    found = find_import(import_id)
    if found is None:
        raise MissingError(import_id)
    return found


def find_import(import_id: UUID) -> RosterImport | None:
    """Return an uploaded list, or None if it was forgotten."""
    return db.session.scalars(
        select(RosterImport).where(RosterImport.id == import_id)
    ).one_or_none()


def load_import_to_change(import_id: UUID) -> RosterImport:
    """Return an uploaded list locked until the end of the transaction, as it stands now."""
    found = find_import_to_change(import_id)
    if found is None:
        raise MissingError(import_id)
    return found


def find_import_to_change(import_id: UUID) -> RosterImport | None:
    """Return the same, or None if it was forgotten."""
    return db.session.scalars(
        select(RosterImport)
        .where(RosterImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def next_part(import_id: UUID) -> RosterImportPart | None:
    """Return what is to be brought in next of a long list, locked; None when nothing is left."""
    return db.session.scalars(
        select(RosterImportPart)
        .where(RosterImportPart.import_id == import_id)
        .order_by(RosterImportPart.position)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def rows_left(import_id: UUID) -> int:
    """Return how many good rows of a long list are still to be brought in."""
    return db.session.scalars(
        select(func.coalesce(func.sum(RosterImportPart.rows), 0)).where(
            RosterImportPart.import_id == import_id
        )
    ).one()


def imports_of_year(year: int) -> Sequence[RosterImport]:
    """Return the lists uploaded for a year, newest first."""
    return db.session.scalars(
        select(RosterImport)
        .where(RosterImport.year == year)
        .order_by(RosterImport.created_at.desc(), RosterImport.id.desc())
    ).all()


def imports_unfinished(account_id: UUID) -> Sequence[RosterImport]:
    """Return the lists of any year that somebody has uploaded and not imported, newest first."""
    return db.session.scalars(
        select(RosterImport)
        .where(RosterImport.asked_by == account_id, RosterImport.state != ImportState.IMPORTED)
        .order_by(RosterImport.created_at.desc(), RosterImport.id.desc())
    ).all()


def headings_learnt() -> Mapping[str, str]:
    """Return what the headings of the agency's last imported list meant."""
    headings = db.session.scalars(
        select(RosterImport.headings)
        .where(RosterImport.state == ImportState.IMPORTED)
        .order_by(RosterImport.imported_at.desc())
        .limit(1)
    ).one_or_none()
    return headings or {}
