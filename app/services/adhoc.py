"""Asking many agencies below at once, answering, giving an answer back, and ending a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from app.domain.adhoc import (
    Field,
    LineState,
    Typed,
    read_answers,
    require_addressed,
    require_due_ahead,
    require_fields,
    require_not_answered,
)
from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.inspections import require_stated_reason
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.vietnamese import clean
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import AdhocRequest
from app.persistence.queries.adhoc import (
    find_line_to_answer,
    known_now,
    load_line_made,
    load_line_received,
    load_request,
)
from app.persistence.queries.tenants import tenants_below
from app.services.record import record_act


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A form as it was drawn up."""

    title: str
    document: str
    instructions: str
    due_on: date
    year: int
    fields: Sequence[Field]
    addressed: frozenset[UUID]


def draw_up(asked: Asked, *, by: Actor) -> UUID:
    """Keep a form for agencies below; nobody sees it before it is sent.

    Raises ``MissingError`` when one of them does not stand below this agency.
    """
    by.require(Permission.ADHOC_ASK)
    require_addressed(asked.addressed)
    require_fields(asked.fields)
    require_due_ahead(asked.due_on, today())
    if not asked.addressed <= {one.id for one in tenants_below(by.tenant)}:
        raise MissingError(asked.addressed)
    request = AdhocRequest(
        id=new_id(),
        title=clean(asked.title),
        document=clean(asked.document),
        instructions=asked.instructions.strip(),
        due_on=asked.due_on,
        year=asked.year,
        labels=[clean(field.label) for field in asked.fields],
        kinds=[field.kind for field in asked.fields],
        figures=[field.figure.value if field.figure else "" for field in asked.fields],
        addressed=sorted(asked.addressed),
        created_by=by.account_id,
        created_by_name=by.name,
    )
    db.session.add(request)
    _record(Act.ADHOC_DRAWN_UP, request, by=by)
    return request.id


def discard(request_id: UUID, *, by: Actor) -> None:
    """Drop a form that was never sent."""
    by.require(Permission.ADHOC_ASK)
    request = load_request(request_id)
    if request.sent_at is not None:
        raise RefusedError(Rule.ADHOC_SENT)
    _record(Act.ADHOC_DISCARDED, request, by=by)
    db.session.delete(request)


def send(request_id: UUID, *, by: Actor) -> int:
    """Put a form on the desks of the agencies that it names; return how many they are."""
    by.require(Permission.ADHOC_ASK)
    request = load_request(request_id)
    require_due_ahead(request.due_on, today())
    asked: int = db.session.execute(
        text("SELECT send_adhoc(:wanted, :account, :sender, :moment)"),
        {
            "wanted": request_id,
            "account": by.account_id,
            "sender": by.name,
            "moment": transaction_time(),
        },
    ).scalar_one()
    if not asked:
        raise RefusedError(Rule.ADHOC_SENT)
    _record(Act.ADHOC_SENT, request, by=by, agencies=asked)
    return asked


def answer(line_id: UUID, typed: Sequence[Typed], *, by: Actor) -> None:
    """Send the answers of this agency, with what the system counts at this moment beside them."""
    by.require(Permission.ADHOC_ANSWER)
    line = find_line_to_answer(line_id)
    if line is None:
        # Ours and closed, or else not there at all.
        load_line_received(line_id)
        raise RefusedError(Rule.ADHOC_CLOSED)
    require_not_answered(line.state)
    answers = read_answers(line.fields, typed, known_now(line))
    now = transaction_time()
    line.numbers = [one.number for one in answers]
    line.texts = [one.text for one in answers]
    line.known = [one.known for one in answers]
    line.reasons = [one.reason for one in answers]
    line.state = LineState.ANSWERED
    line.answered_first_at = line.answered_first_at or now
    line.answered_at = now
    line.answered_by = by.account_id
    line.answered_by_name = by.name
    record_act(
        Act.ADHOC_ANSWERED,
        by=by,
        object_kind="adhoc",
        object_id=line.id,
        title=line.title,
        deviations=sum(1 for one in answers if one.deviates),
    )


def give_back(line_id: UUID, reason: str, *, by: Actor) -> None:
    """Return an answer to the agency that sent it, with the reason."""
    by.require(Permission.ADHOC_ASK)
    stated, found = require_stated_reason(reason), load_line_made(line_id)
    is_returned = db.session.execute(
        text("SELECT return_adhoc(:wanted, :why, :account, :actor, :moment)"),
        {
            "wanted": line_id,
            "why": stated,
            "account": by.account_id,
            "actor": by.name,
            "moment": transaction_time(),
        },
    ).scalar_one()
    if not is_returned:
        closed = found.row.closed_at is not None
        raise RefusedError(Rule.ADHOC_CLOSED if closed else Rule.ADHOC_NOT_ANSWERED)
    record_act(
        Act.ADHOC_GIVEN_BACK,
        by=by,
        object_kind="adhoc",
        object_id=line_id,
        title=found.row.title,
        agency=found.agency,
        reason=stated,
    )


def close(request_id: UUID, *, by: Actor) -> None:
    """End a request: who has not answered can no longer."""
    by.require(Permission.ADHOC_ASK)
    request = load_request(request_id)
    is_closed = db.session.execute(
        text("SELECT close_adhoc(:wanted, :moment)"),
        {"wanted": request_id, "moment": transaction_time()},
    ).scalar_one()
    if not is_closed:
        raise RefusedError(Rule.ADHOC_CLOSED)
    _record(Act.ADHOC_CLOSED, request, by=by)


def _record(act: Act, request: AdhocRequest, *, by: Actor, **facts: object) -> None:
    record_act(act, by=by, object_kind="adhoc", object_id=request.id, title=request.title, **facts)
