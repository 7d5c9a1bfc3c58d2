"""Asking many agencies below at once: drawing a form up, sending it, and ending the request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from app.domain.adhoc import (
    REMINDED_AGAIN_AFTER,
    LineState,
    is_closed,
    require_addressed,
    require_days,
    require_fields,
)
from app.domain.adhoc_answers import Field
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
    find_draft_to_change,
    find_drawn_up,
    load_line_made,
    load_request,
    lock_sheet,
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
    closes_on: date | None = None
    year: int
    fields: Sequence[Field]
    addressed: frozenset[UUID]


def draw_up(asked: Asked, *, sheet: UUID | None = None, by: Actor) -> UUID:
    """Keep a form for agencies below; nobody sees it before it is sent.

    A ``sheet`` is drawn up once: sent again with the same words, it answers with the request that
    is there, and with others it is refused. Raises ``MissingError`` when an agency does not stand
    below this one.
    """
    by.require(Permission.ADHOC_ASK)
    _require_askable(asked, by=by)
    sheet_id = sheet or new_id()
    request = AdhocRequest(
        id=new_id(),
        sheet_id=sheet_id,
        created_by=by.account_id,
        created_by_name=by.name,
    )
    _write(request, asked)
    lock_sheet(sheet_id)
    before = find_drawn_up(sheet_id)
    if before is not None:
        return _same(before, request)
    db.session.add(request)
    _record(Act.ADHOC_DRAWN_UP, request, by=by)
    return request.id


def _same(before: AdhocRequest, again: AdhocRequest) -> UUID:
    """Return the id of the request that was drawn up already, if this one says nothing else."""
    if any(getattr(before, name) != getattr(again, name) for name in _WRITTEN):
        raise RefusedError(Rule.ADHOC_SHEET_USED, title=before.title)
    return before.id


def redraw(request_id: UUID, asked: Asked, *, version: int, by: Actor) -> None:
    """Change a form that was not sent; ``version`` is the one that stood on the screen."""
    by.require(Permission.ADHOC_ASK)
    request = _load_draft(request_id, version)
    _require_askable(asked, by=by)
    _write(request, asked)
    request.version += 1
    _record(Act.ADHOC_REDRAWN, request, by=by)


def _load_draft(request_id: UUID, version: int) -> AdhocRequest:
    request = find_draft_to_change(request_id)
    if request is None:
        # Ours and sent, or else not there at all.
        load_request(request_id)
        raise RefusedError(Rule.ADHOC_SENT)
    if request.version != version:
        raise RefusedError(Rule.STALE_SCREEN)
    return request


def _require_askable(asked: Asked, *, by: Actor) -> None:
    require_addressed(asked.addressed)
    require_fields(asked.fields)
    require_days(asked.due_on, asked.closes_on, today())
    if not asked.addressed <= {one.id for one in tenants_below(by.tenant)}:
        raise MissingError(asked.addressed)


_WRITTEN = (
    "title",
    "document",
    "instructions",
    "due_on",
    "closes_on",
    "year",
    "labels",
    "kinds",
    "figures",
    "units",
    "addressed",
)


def _write(request: AdhocRequest, asked: Asked) -> None:
    request.title = clean(asked.title)
    request.document = clean(asked.document)
    request.instructions = asked.instructions.strip()
    request.due_on = asked.due_on
    request.closes_on = asked.closes_on
    request.year = asked.year
    request.labels = [clean(field.label) for field in asked.fields]
    request.kinds = [field.kind for field in asked.fields]
    request.figures = [field.figure.value if field.figure else "" for field in asked.fields]
    request.units = [clean(field.unit) for field in asked.fields]
    request.addressed = sorted(asked.addressed)


def discard(request_id: UUID, *, by: Actor) -> None:
    """Drop a form that was never sent."""
    by.require(Permission.ADHOC_ASK)
    request = load_request(request_id)
    if request.sent_at is not None:
        raise RefusedError(Rule.ADHOC_SENT)
    _record(Act.ADHOC_DISCARDED, request, by=by)
    db.session.delete(request)


def send(request_id: UUID, *, version: int, by: Actor) -> int:
    """Put a form on the desks of the agencies that it names; return how many they are.

    ``version`` is the one that stood on the screen: what is sent is what was seen.
    """
    by.require(Permission.ADHOC_ASK)
    request = _load_draft(request_id, version)
    require_days(request.due_on, request.closes_on, today())
    asked: int = db.session.execute(
        text("SELECT send_adhoc(:wanted, :account, :sender, :moment)"),
        {
            "wanted": request_id,
            "account": by.account_id,
            "sender": by.name,
            "moment": transaction_time(),
        },
    ).scalar_one()
    _record(Act.ADHOC_SENT, request, by=by, agencies=asked)
    return asked


def remind(request_id: UUID, *, by: Actor) -> int:
    """Remind the agencies that have not answered, nobody twice in a day; return how many."""
    by.require(Permission.ADHOC_ASK)
    request, now = load_request(request_id), transaction_time()
    _require_sent(request)
    _require_open(request)
    reminded: int = db.session.execute(
        text("SELECT remind_adhoc(:wanted, :since, :account, :actor, :moment)"),
        {
            "wanted": request_id,
            "since": now - REMINDED_AGAIN_AFTER,
            "account": by.account_id,
            "actor": by.name,
            "moment": now,
        },
    ).scalar_one()
    if not reminded:
        raise RefusedError(Rule.ADHOC_NOBODY_TO_REMIND)
    _record(Act.ADHOC_REMINDED_OF, request, by=by, agencies=reminded)
    return reminded


def give_back(line_id: UUID, reason: str, *, version: int, by: Actor) -> None:
    """Return an answer to the agency that sent it, with the reason.

    ``version`` is that of the answer on the screen: one corrected since is not given back unseen.
    """
    by.require(Permission.ADHOC_ASK)
    stated, found = require_stated_reason(reason), load_line_made(line_id)
    if found.is_closed:
        raise RefusedError(Rule.ADHOC_CLOSED)
    if found.line.state is not LineState.ANSWERED:
        raise RefusedError(Rule.ADHOC_NOT_ANSWERED)
    is_returned = db.session.execute(
        text("SELECT return_adhoc(:wanted, :seen, :why, :account, :actor, :moment)"),
        {
            "wanted": line_id,
            "seen": version,
            "why": stated,
            "account": by.account_id,
            "actor": by.name,
            "moment": transaction_time(),
        },
    ).scalar_one()
    if not is_returned:
        raise RefusedError(Rule.STALE_SCREEN)
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
    _require_sent(request)
    is_ended = db.session.execute(
        text("SELECT close_adhoc(:wanted, :moment)"),
        {"wanted": request_id, "moment": transaction_time()},
    ).scalar_one()
    if not is_ended:
        raise RefusedError(Rule.ADHOC_CLOSED)
    _record(Act.ADHOC_CLOSED, request, by=by)


def _require_sent(request: AdhocRequest) -> None:
    if request.sent_at is None:
        raise RefusedError(Rule.ADHOC_NOT_SENT)


def _require_open(request: AdhocRequest) -> None:
    if is_closed(request.closed_at, request.closes_on, today()):
        raise RefusedError(Rule.ADHOC_CLOSED)


def _record(act: Act, request: AdhocRequest, *, by: Actor, **facts: object) -> None:
    record_act(act, by=by, object_kind="adhoc", object_id=request.id, title=request.title, **facts)
