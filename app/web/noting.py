"""Notes who was refused: in the agency's record if they have signed in, else in the log alone."""

import logging
from http import HTTPStatus

from flask import current_app, g, has_request_context, request
from werkzeug.exceptions import HTTPException

from app.domain.audit import ON_RECORD, Shut
from app.domain.permissions import Permission
from app.domain.refusals import RefusedError
from app.services.record import Refusal, record_refusal
from app.web.access import access_of, find_current_actor
from app.web.requests import FORGED
from app.web.session import find_current_account


log = logging.getLogger(__name__)


def note_refusal(refusal: RefusedError) -> None:
    """Note that somebody ran into a rule about who they are; other rules are no offence."""
    if has_request_context() and refusal.rule in ON_RECORD:
        _note(refusal.rule.value)


def note_shut_page(error: HTTPException) -> None:
    """Note that a page did not open, if that was for who asked and not for what."""
    why = _why_shut(error)
    if why is not None:
        _note(why.value)


def note_shut(why: Shut) -> None:
    """Note that a page did not open, for a reason that is known."""
    _note(why.value)


def _why_shut(error: HTTPException) -> Shut | None:
    if error.code == HTTPStatus.FORBIDDEN:
        return Shut.NOT_IN_ROLE
    if error.code == HTTPStatus.BAD_REQUEST and error.description == FORGED:
        return Shut.FORGED
    if error.code == HTTPStatus.NOT_FOUND and _is_for_members() and find_current_actor() is None:
        return Shut.NO_ROLE
    return None


def _is_for_members() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return g.get("agency") is not None and isinstance(access_of(view), Permission)


def _note(rule: str) -> None:
    # One line for a request, through whatever hands its refusal passes.
    if g.get("agency") is None or "is_refusal_noted" in g:
        return
    g.is_refusal_noted = True
    account = find_current_account()
    if account is None:
        log.info("refused: %s %s, %s", request.method, request.endpoint, rule)
        return
    record_refusal(
        Refusal(
            account_id=account.id,
            name=account.name,
            endpoint=request.endpoint or "",
            method=request.method,
            rule=rule,
        )
    )
