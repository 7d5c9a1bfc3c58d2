"""Asking to look into a file below, letting somebody look or not, and looking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, text

from app.domain.audit import Act
from app.domain.dossiers import Outcome, State
from app.domain.ids import new_id
from app.domain.inspections import (
    InspectionState,
    require_hours,
    require_state,
    require_stated_reason,
)
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.persistence.database import db
from app.persistence.models import Inspection
from app.persistence.queries.inspections import (
    find_dossier_on_line,
    load_inspection_to_answer,
    require_made,
)
from app.persistence.queries.tenants import load_tenant_by_id
from app.services.record import record_act


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a signed decision, as it stands on the paper."""

    number: str
    signed_on: date
    position: int


def ask_inspection(agency_id: UUID, line: Line, reason: str, *, by: Actor) -> UUID:
    """Ask an agency below for a look into one file; raise ``MissingError`` for any other agency."""
    by.require(Permission.INSPECTION_ASK)
    stated, fresh = require_stated_reason(reason), new_id()
    is_put = db.session.execute(
        text(
            "SELECT ask_inspection(:fresh, :agency, :number, :day, CAST(:line AS smallint),"
            " :why, :account, :asker, :act)"
        ),
        {
            "fresh": fresh,
            "agency": agency_id,
            "number": line.number,
            "day": line.signed_on,
            "line": line.position,
            "why": stated,
            "account": by.account_id,
            "asker": by.name,
            "act": new_id(),
        },
    ).scalar_one()
    if not is_put:
        raise MissingError(agency_id)
    facts = {"number": line.number, "line": line.position, "reason": stated}
    record_act(Act.INSPECTION_ASKED, by=by, object_kind="inspection", object_id=fresh, **facts)
    return fresh


def grant_inspection(inspection_id: UUID, *, hours: int, by: Actor) -> None:
    """Let whoever asked look into the file for so many hours from now."""
    by.require(Permission.INSPECTION_GRANT)
    require_hours(hours)
    inspection = _load_to_answer(inspection_id, InspectionState.ASKED)
    dossier_id = find_dossier_on_line(inspection.number, inspection.signed_on, inspection.line)
    if dossier_id is None:
        raise RefusedError(
            Rule.INSPECTION_NAMES_NO_LINE, number=inspection.number, line=inspection.line
        )
    _answer(inspection, InspectionState.GRANTED, by=by)
    inspection.dossier_id = dossier_id
    # By the database's own clock, which alone decides whether the file still lies open.
    inspection.expires_at = func.now() + timedelta(hours=hours)
    _record(Act.INSPECTION_GRANTED, inspection, by=by, hours=hours)


def refuse_inspection(inspection_id: UUID, reason: str, *, by: Actor) -> None:
    """Let nobody look, and say why."""
    by.require(Permission.INSPECTION_GRANT)
    stated = require_stated_reason(reason)
    inspection = _load_to_answer(inspection_id, InspectionState.ASKED)
    _answer(inspection, InspectionState.REFUSED, by=by)
    inspection.answer = stated
    _record(Act.INSPECTION_REFUSED, inspection, by=by, reason=stated)


def revoke_inspection(inspection_id: UUID, *, by: Actor) -> None:
    """End a look before its time."""
    by.require(Permission.INSPECTION_GRANT)
    inspection = _load_to_answer(inspection_id, InspectionState.GRANTED)
    inspection.state = InspectionState.REVOKED
    _record(Act.INSPECTION_REVOKED, inspection, by=by)


def _load_to_answer(inspection_id: UUID, wanted: InspectionState) -> Inspection:
    inspection = load_inspection_to_answer(inspection_id)
    require_state(inspection.state, wanted)
    return inspection


def _answer(inspection: Inspection, state: InspectionState, *, by: Actor) -> None:
    inspection.state = state
    inspection.answered_at = func.now()
    inspection.answered_by = by.account_id
    inspection.answered_by_name = by.name


def _record(act: Act, inspection: Inspection, *, by: Actor, **facts: object) -> None:
    asker = load_tenant_by_id(inspection.province_id, inspection.asker_id).name
    is_found = inspection.dossier_id is not None
    record_act(
        act,
        by=by,
        object_kind="dossier" if is_found else "inspection",
        object_id=inspection.dossier_id if is_found else inspection.id,
        asker=asker,
        **facts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedDossier:
    """What lies open: one person's scores and the decision, without the personal number."""

    agency: str
    name: str
    birth_year: int
    unit: str
    year: int
    state: State
    criteria_set: str
    group_number: int
    self_scores: Sequence[int | None]
    agreed_scores: Sequence[int] | None
    evidence: Sequence[str]
    outcome: Outcome | None
    outcome_reason: str | None
    is_outstanding: bool
    number: str
    signed_on: date
    line: int
    expires_at: datetime


def inspect_dossier(inspection_id: UUID, *, by: Actor) -> InspectedDossier:
    """Look into a file while it lies open; the look goes onto the record of the agency.

    Raises ``MissingError`` for a request that is not ours, ``RefusedError`` when the file does not
    lie open, or not any more.
    """
    by.require(Permission.INSPECTION_ASK)
    require_made(inspection_id)
    row = (
        db.session.execute(
            text("SELECT * FROM inspected_dossier(:wanted, :act, :account, :reader)"),
            {
                "wanted": inspection_id,
                "act": new_id(),
                "account": by.account_id,
                "reader": by.name,
            },
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise RefusedError(Rule.INSPECTION_OVER)
    words = {"state": State(row["state"]), "outcome": row["outcome"] and Outcome(row["outcome"])}
    return InspectedDossier(**{**row, **words})
