"""Holds people to how often one may do what, by person, agency and address.

What is counted stands in ``app.domain.limits``; the counts are in Redis. While Redis is down the
limits rest, and people who are signed in go on working; signing in alone waits for it.
"""

import hmac
import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from math import ceil

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import ApplicationLimit, Limiter
from flask_limiter.errors import RateLimitExceeded

from app.config import Config
from app.domain.audit import Shut
from app.domain.limits import Guarded, Limit, Per
from app.persistence.attempts import Attempts
from app.persistence.clock import transaction_time
from app.services.accounts import BusyError
from app.web.kept import keep_typed
from app.web.noting import note_shut
from app.web.session import find_current_session


log = logging.getLogger(__name__)

ENDPOINTS = {
    Guarded.SIGN_IN: {"accounts.sign_in"},
    Guarded.FACTOR: {"accounts.factor", "accounts.ask_passkey", "accounts.confirm_app"},
    Guarded.PASSWORD: {"accounts.password"},
    Guarded.LOOK_UP: {"roster.show_number", "transfers.propose"},
    Guarded.COMPARISON: {"figures.compare"},
    Guarded.EXPORT: {"exports.create", "exports.again", "record.workbook", "adhoc.workbook"},
    Guarded.IMPORT: {"roster.uploads", "roster.columns", "roster.bring_in", "criteria.bring_in"},
    Guarded.REGISTRATION: {"registration.index"},
    Guarded.INVITATION: {"accounts.invitation", "members.invite", "members.new"},
}
"""The pages at which each thing is done: sending their form counts, looking at it does not."""

_REFUSED = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY})
_SECONDS_TO_ANSWER = 2
_BUSY_FOR = 5
"""How many seconds somebody waits whom a busy server could not serve."""


def install(app: Flask, config: Config) -> None:
    """Count what is limited, and keep the count of wrong passwords."""
    prefix = _prefix(config)
    app.extensions["attempts"] = Attempts(config.redis_url, f"{prefix}tries:")
    app.register_error_handler(RateLimitExceeded, show_too_often)
    app.register_error_handler(BusyError, show_busy)
    limiter = Limiter(
        _address,
        application_limits=[_as_counted(one) for one in config.limits],
        storage_uri=config.redis_url.replace("unix://", "redis+unix://", 1),
        storage_options={
            "socket_timeout": _SECONDS_TO_ANSWER,
            "socket_connect_timeout": _SECONDS_TO_ANSWER,
        },
        swallow_errors=True,
        key_prefix=prefix,
        enabled=bool(config.limits),
    )
    limiter.init_app(app)
    app.extensions["limits"] = limiter


def _prefix(config: Config) -> str:
    # Two deployments may share a Redis; they do not share their counts.
    return f"{sha256(config.database_url.encode()).hexdigest()[:12]}:"


def _as_counted(limit: Limit) -> ApplicationLimit:
    return ApplicationLimit(
        f"{limit.allowed} per {limit.minutes} minutes",
        key_function=_KEYS[limit.per],
        scope=f"{limit.guarded}:{limit.per}:{limit.failures}",
        methods=["POST"],
        exempt_when=partial(_is_exempt, limit),
        deduct_when=_is_refused if limit.failures else None,
    )


def _is_exempt(limit: Limit) -> bool:
    return request.endpoint not in ENDPOINTS[limit.guarded] or not _KEYS[limit.per]()


def _is_refused(response: Response) -> bool:
    return response.status_code in _REFUSED


def _address() -> str:
    return request.remote_addr or ""


def _tenant() -> str:
    return str(g.agency.id) if g.get("agency") is not None else ""


def _user() -> str:
    one = find_current_session()
    return str(one.account.id) if one else ""


_KEYS: dict[Per, Callable[[], str]] = {
    Per.ADDRESS: _address,
    Per.TENANT: _tenant,
    Per.USER: _user,
}


def show_too_often(_error: RateLimitExceeded) -> ResponseReturnValue:
    """Say that something was done too often, until when, and keep what was typed."""
    note_shut(Shut.TOO_OFTEN)
    limiter: Limiter = current_app.extensions["limits"]
    limit = limiter.current_limit
    seconds = max(1, ceil(limit.reset_at - time.time())) if limit else _BUSY_FOR
    log.info("limited: %s for %s seconds", request.endpoint, seconds)
    return refuse_for(429, seconds)


def show_busy(_error: BusyError) -> ResponseReturnValue:
    """Say that the server has no time for one more password now, and keep what was typed."""
    return refuse_for(503, _BUSY_FOR)


def refuse_for(code: int, seconds: int) -> Response:
    """Show the page of an error that passes by itself, with the form to be sent again."""
    page = render_template(f"errors/{code}.html", kept=keep_typed(), seconds=seconds)
    return told_to_wait(page, code, seconds)


def told_to_wait(page: str, code: int, seconds: int) -> Response:
    """Return a page that tells browsers, too, for how long to wait."""
    answer = make_response(page, code)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def wait_before_trying(login: str, browser: str) -> datetime | None:
    """Count one more password for a sign-in name; return until when to wait, if it is too soon.

    ``browser`` names one in which the owner of the name has signed in before: it has a count of
    its own, so that guesses made elsewhere keep nobody out.
    """
    return _attempts().begin(_key(login, browser), transaction_time())


def forget_attempts(login: str, browser: str) -> None:
    """Begin the count of a sign-in name again: the password was right."""
    _attempts().forget(_key(login, browser))


def _attempts() -> Attempts:
    attempts: Attempts = current_app.extensions["attempts"]
    return attempts


def _key(login: str, browser: str) -> str:
    # Redis learns no sign-in name: nobody reads there who tried, or whether there is such a name.
    secret = str(current_app.config["SECRET_KEY"]).encode()
    told = f"{login.strip().lower()}\n{browser}"
    return hmac.new(secret, told.encode(), sha256).hexdigest()
