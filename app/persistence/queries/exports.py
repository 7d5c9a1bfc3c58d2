"""Questions about the workbooks that an agency asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.domain.refusals import MissingError
from app.persistence.database import db
from app.persistence.models import Account, Export


_SHOWN = 50


@dataclass(frozen=True, slots=True)
class AskedExport:
    """An export and the name of whoever asked for it."""

    export: Export
    asked_by: str


def recent_exports() -> Sequence[AskedExport]:
    """Return the newest exports of the agency in scope, without their content."""
    rows = db.session.execute(
        select(Export, Account.name)
        .join(Account, Account.id == Export.asked_by)
        .order_by(Export.asked_at.desc(), Export.id.desc())
        .limit(_SHOWN)
    )
    return [AskedExport(export, name) for export, name in rows]


def load_export(export_id: UUID, *, with_content: bool = False) -> Export:
    """Return an export; raise ``MissingError`` if it is not ours."""
    statement = select(Export).where(Export.id == export_id)
    if with_content:
        statement = statement.options(undefer(Export.content))
    export = db.session.scalars(statement).one_or_none()
    if export is None:
        raise MissingError(export_id)
    return export
