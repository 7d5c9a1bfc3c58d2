"""What people ask about their data: taken down, answered, and done or refused in time."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.domain.audit import Act
from app.domain.data_requests import (
    EXTENSION,
    RequestChannel,
    RequestKind,
    RequestState,
    answer_due_on,
    done_due_on,
    require_extendable,
    require_open,
)
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.vietnamese import clean
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import DataRequest
from app.persistence.queries.calendar import working_days
from app.persistence.queries.data_requests import load_request_to_change
from app.persistence.queries.people import load_person, load_person_to_change
from app.persistence.queries.personal_data import rows_of_person
from app.services.consents import withdraw_consents
from app.services.record import record_act


def ask(
    person_id: UUID, kind: RequestKind, channel: RequestChannel, words: str, *, by: Actor
) -> UUID:
    """Take down what somebody asks, themselves or through the office; the clocks start."""
    if by.person_id == person_id:
        by.require(Permission.DOSSIER_OWN)
    else:
        by.require(Permission.DATA_MANAGE)
    load_person(person_id)
    day, calendar = today(), working_days()
    request = DataRequest(
        id=new_id(),
        person_id=person_id,
        kind=kind,
        channel=channel,
        words=words.strip(),
        state=RequestState.RECEIVED,
        asked_at=transaction_time(),
        asked_by=by.account_id,
        answer_due_on=answer_due_on(day, calendar),
        done_due_on=done_due_on(kind, day, calendar),
    )
    db.session.add(request)
    _record(Act.DATA_REQUESTED, request, by=by, kind=kind.value, channel=channel.value)
    return request.id


def accept(request_id: UUID, *, by: Actor) -> None:
    """Answer that the request will be done."""
    request = _open_request(request_id, by=by)
    request.state = RequestState.ACCEPTED
    request.answered_at = request.answered_at or transaction_time()
    _record(Act.DATA_REQUEST_ANSWERED, request, by=by)


def extend(request_id: UUID, reason: str, *, by: Actor) -> None:
    """Give the request fifteen days more, once, and say why."""
    request = _open_request(request_id, by=by)
    require_extendable(request.state, request.extended_because)
    request.extended_because = _stated(reason)
    request.done_due_on = working_days().on_or_after(request.done_due_on + EXTENSION)
    request.answered_at = request.answered_at or transaction_time()
    _record(Act.DATA_REQUEST_ANSWERED, request, by=by, until=request.done_due_on.isoformat())


def refuse(request_id: UUID, reason: str, *, by: Actor) -> None:
    """Refuse the request, and say why."""
    request = _open_request(request_id, by=by)
    _settle(request, RequestState.REFUSED, _stated(reason), by=by)


def finish(request_id: UUID, outcome: str, *, by: Actor) -> None:
    """Do what is asked as far as the house can, and note what was done.

    A withdrawn consent, a restriction and an objection take effect here. Data are corrected on the
    roster, given out and erased by acts of their own.
    """
    request = _open_request(request_id, by=by)
    if request.kind is RequestKind.ERASE:
        # Erasing is done by ``erasing.erase_person``, which settles the request itself.
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=request.kind, state=request.state)
    if request.kind is RequestKind.WITHDRAW_CONSENT:
        withdraw_consents(request.person_id)
        _record_of_person(Act.CONSENT_WITHDRAWN, request.person_id, by=by)
    if request.kind in {RequestKind.RESTRICT, RequestKind.OBJECT}:
        restrict(request.person_id, _stated(outcome), by=by)
    _settle(request, RequestState.DONE, outcome.strip(), by=by)


def restrict(person_id: UUID, reason: str, *, by: Actor) -> None:
    """Let nobody go on with somebody's dossiers until the restriction is lifted."""
    by.require(Permission.DATA_MANAGE)
    person = load_person_to_change(person_id)
    person.restricted_at = person.restricted_at or transaction_time()
    person.restricted_because = _stated(reason)
    _record_of_person(Act.DATA_RESTRICTED, person_id, by=by, reason=reason.strip())


def lift_restriction(person_id: UUID, reason: str, *, by: Actor) -> None:
    """Let dossiers of somebody go on again, and say why."""
    by.require(Permission.DATA_MANAGE)
    person = load_person_to_change(person_id)
    if person.restricted_at is None:
        raise MissingError(person_id)
    stated = _stated(reason)
    person.restricted_at, person.restricted_because = None, ""
    _record_of_person(Act.DATA_RESTRICTION_LIFTED, person_id, by=by, reason=stated)


def settle_as_done(request: DataRequest, outcome: str, *, by: Actor) -> None:
    """Note that an act of its own has done what the request asks, which must be locked."""
    require_open(request.state)
    _settle(request, RequestState.DONE, outcome, by=by)


def _open_request(request_id: UUID, *, by: Actor) -> DataRequest:
    by.require(Permission.DATA_MANAGE)
    request = load_request_to_change(request_id)
    require_open(request.state)
    return request


def _settle(request: DataRequest, state: RequestState, outcome: str, *, by: Actor) -> None:
    now = transaction_time()
    request.state, request.outcome = state, outcome
    request.settled_at, request.settled_by = now, by.account_id
    request.answered_at = request.answered_at or now
    _record(Act.DATA_REQUEST_SETTLED, request, by=by, state=state.value)
    db.session.flush()


def _stated(reason: str) -> str:
    if not clean(reason):
        raise RefusedError(Rule.REASON_NEEDED)
    return reason.strip()


def _record(act: Act, request: DataRequest, *, by: Actor, **facts: object) -> None:
    record_act(act, by=by, object_kind="data_request", object_id=request.id, **facts)


def _record_of_person(act: Act, person_id: UUID, *, by: Actor, **facts: object) -> None:
    record_act(act, by=by, object_kind="person", object_id=person_id, **facts)


def copy_of_data(person_id: UUID, *, by: Actor) -> Mapping[str, Any]:
    """Return every row about somebody, for themselves or through the office, and note it."""
    if by.person_id == person_id:
        by.require(Permission.DOSSIER_OWN)
    else:
        by.require(Permission.DATA_MANAGE)
    load_person(person_id)
    rows = rows_of_person(person_id)
    _record_of_person(Act.DATA_EXPORTED, person_id, by=by)
    return {"made_at": transaction_time().isoformat(), "tables": rows}
