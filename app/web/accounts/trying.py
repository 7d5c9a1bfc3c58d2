"""Trying a name and a password: once in a while, longer apart each time, and never locked out."""

import json
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from flask import request
from flask_babel import gettext, ngettext

from app.domain.deadlines import VIETNAM
from app.persistence.attempts import AttemptsUnknownError
from app.persistence.clock import transaction_time
from app.persistence.models import Account
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import BusyError, find_account_by_password, is_hash_old, renew_hash
from app.services.sessions import log
from app.web.known import known_browser
from app.web.limits import forget_attempts, wait_before_trying
from app.web.turns import NO_TURN


_SECONDS_OF_BUSY = 5
_SECONDS_OF_OUTAGE = 60
_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Tried:
    """The account that a name and a password open; else why they do not, and how long to wait."""

    account: Account | None = None
    problem: str = ""
    status: int = 422
    seconds: int = 0


def try_password(login: str, password: str) -> Tried:
    """Look whether the two open an account, unless it is too soon to try again.

    A name that nobody has is answered in the same words, and takes as long.
    """
    if NO_TURN in request.environ:
        return _busy()
    try:
        return _try(login, password, known_browser(login))
    except BusyError:
        return _busy()
    except AttemptsUnknownError:
        # Nobody could count wrong passwords: no password is tried at all.
        return Tried(None, _outage(), 503, _SECONDS_OF_OUTAGE)


def _try(login: str, password: str, browser: str) -> Tried:
    until = wait_before_trying(login, browser)
    if until is not None:
        return _too_soon(until)
    account = find_account_by_password(login, password)
    if account is None:
        # Not the name: people type their password into its field.
        log.info("%s", json.dumps({"act": "sign-in-wrong", "address": request.remote_addr}))
        return Tried(None, gettext("The name or the password is wrong. Check both and try again."))
    forget_attempts(login, browser)
    if is_hash_old(account):
        with unit_of_work():
            renew_hash(account, password)
    return Tried(account)


def _busy() -> Tried:
    busy = gettext("The server is busy: very many people are signing in. Try again.")
    return Tried(None, busy, 503, _SECONDS_OF_BUSY)


def _outage() -> str:
    return gettext(
        "Signing in is not possible for the moment. Try again in a minute."
        " Whoever is signed in already can go on working."
    )


def _too_soon(until: datetime) -> Tried:
    seconds = max(1, ceil((until - transaction_time()).total_seconds()))
    log.info('{"act": "sign-in-too-soon", "seconds": %s}', seconds)
    told = gettext(
        "Too many wrong passwords were typed for this name. Try again at %(time)s, in %(wait)s.",
        time=until.astimezone(VIETNAM).strftime("%H:%M:%S"),
        wait=_words(seconds),
    )
    return Tried(None, told, 429, seconds)


def _words(seconds: int) -> str:
    if seconds <= 2 * _A_MINUTE:
        return ngettext("%(num)d second", "%(num)d seconds", seconds)
    return ngettext("%(num)d minute", "%(num)d minutes", ceil(seconds / _A_MINUTE))
