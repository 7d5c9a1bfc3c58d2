"""Questions about requests to look into a file: those made by this agency, and those made to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from app.domain.inspections import InspectionState
from app.domain.refusals import MissingError
from app.persistence.database import db
from app.persistence.models import Decision, DecisionItem, Inspection, Tenant
from app.persistence.tenancy import tenant_in_scope


_SHOWN = 100

_IS_OPEN = and_(Inspection.state == InspectionState.GRANTED, Inspection.expires_at > func.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, the agencies on both sides, and whether the file lies open this moment."""

    inspection: Inspection
    agency: str
    asker: str
    is_open: bool


def requests_made() -> Sequence[Request]:
    """Return what the agency in scope asked of those below it, newest first."""
    return _requests(Inspection.asker_id == tenant_in_scope().tenant_id)


def requests_received() -> Sequence[Request]:
    """Return what the agencies above asked of the one in scope, newest first."""
    return _requests(Inspection.tenant_id == tenant_in_scope().tenant_id)


def _requests(which: object) -> Sequence[Request]:
    asked, asking = aliased(Tenant), aliased(Tenant)
    rows = db.session.execute(
        select(Inspection, asked.name, asking.name, func.coalesce(_IS_OPEN, False))
        .join(asked, asked.id == Inspection.tenant_id)
        .join(asking, asking.id == Inspection.asker_id)
        .where(which)  # type: ignore[arg-type]
        .order_by(Inspection.asked_at.desc(), Inspection.id.desc())
        .limit(_SHOWN)
    )
    return [
        Request(inspection=one, agency=agency, asker=asker, is_open=is_open)
        for one, agency, asker, is_open in rows
    ]


def load_request_received(inspection_id: UUID) -> Request:
    """Return a request made to the agency in scope; raise ``MissingError`` for any other."""
    found = [one for one in requests_received() if one.inspection.id == inspection_id]
    if not found:
        raise MissingError(inspection_id)
    return found[0]


def load_inspection_to_answer(inspection_id: UUID) -> Inspection:
    """Return a request made to the agency in scope, locked; raise ``MissingError`` if none is."""
    inspection = db.session.scalars(
        select(Inspection)
        .where(Inspection.id == inspection_id, Inspection.tenant_id == tenant_in_scope().tenant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if inspection is None:
        raise MissingError(inspection_id)
    return inspection


def require_made(inspection_id: UUID) -> None:
    """Raise ``MissingError`` unless the agency in scope made this request."""
    made = select(Inspection.id).where(
        Inspection.id == inspection_id, Inspection.asker_id == tenant_in_scope().tenant_id
    )
    if db.session.scalar(made) is None:
        raise MissingError(inspection_id)


def find_dossier_on_line(number: str, signed_on: date, line: int) -> UUID | None:
    """Return the dossier on a line of a decision in force of the agency in scope."""
    return db.session.scalars(
        select(DecisionItem.dossier_id)
        .join(Decision, Decision.id == DecisionItem.decision_id)
        .where(
            Decision.number == number,
            Decision.signed_on == signed_on,
            Decision.annulled_at.is_(None),
            DecisionItem.position == line,
        )
    ).one_or_none()
