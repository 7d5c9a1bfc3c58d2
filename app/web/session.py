"""Who has signed in, as the rest of the web asks for it: the one place that knows flask-login.

The browser keeps Flask's signed cookie, with a language, messages and, once somebody has signed in,
a random token. The session itself is a row in the database: a cookie that was copied is worth
nothing from the moment at which the row is ended.
"""

import hmac
import logging
from hashlib import sha256
from typing import Any

from flask import Flask, Response, abort, current_app, g, request, session
from flask.logging import default_handler
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user

from app.config import Config
from app.domain.sessions import Ending
from app.persistence.models import Account
from app.persistence.queries.sessions import OpenSession, find_session
from app.persistence.unit_of_work import unit_of_work
from app.services import sessions


_LANGUAGE = "language"
_WHOSE, _BEFORE, _TOKEN = "whose", "before", "csrf_token"


class PageSessions(SecureCookieSessionInterface):
    """Sessions of pages. An asset is nobody's: a browser keeps it through signing in and out."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, and say that the answer depends on it."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


class SignedIn(UserMixin):
    """The session behind the cookie, as flask-login wants it: known by its token."""

    def __init__(self, token: str, one: OpenSession) -> None:
        self.id = token
        self.session = one


def install(app: Flask) -> None:
    """Let people sign in."""
    app.session_interface = PageSessions()
    manager = LoginManager(app)
    # The row knows where somebody signed in; a hash of the browser's name would add nothing.
    manager.session_protection = None  # type: ignore[assignment]  # as its manual says
    manager.user_loader(load_signed_in)
    app.before_request(note_presence)
    _hear_of_accounts()


def _hear_of_accounts() -> None:
    # What no agency's record can hold goes to the log of the server, whatever else is left out.
    sessions.log.setLevel(logging.INFO)
    if default_handler not in sessions.log.handlers:
        sessions.log.addHandler(default_handler)


def cookie_settings(config: Config) -> dict[str, Any]:
    """Return how the cookie is sent: over HTTPS, to this host alone and to no other path."""
    return {
        "SESSION_COOKIE_NAME": "__Host-session" if config.is_https else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.is_https,
        "SESSION_COOKIE_PATH": "/",
    }


def load_signed_in(token: str) -> SignedIn | None:
    """Return the session that a token opens; None makes a stranger of the reader."""
    one = find_session(token)
    return SignedIn(token, one) if one else None


def note_presence() -> None:
    """Write down that the reader is still here, where that was not done lately."""
    if request.endpoint == "static":
        return
    one = find_current_session()
    if one is not None and sessions.is_touch_due(one):
        with unit_of_work():
            sessions.touch(one.id)


def find_current_session() -> OpenSession | None:
    """Return the session in hand, even while its second factor has not been given."""
    user = current_user._get_current_object()  # noqa: SLF001  (how a proxy is asked what it stands for)
    return user.session if isinstance(user, SignedIn) else None


def current_session() -> OpenSession:
    """Return the session in hand, on a page that nobody opens without one."""
    one = find_current_session()
    if one is None:
        abort(404)
    return one


def find_current_account() -> Account | None:
    """Return the account that has signed in, with everything that it has to prove."""
    one = find_current_session()
    return one.account if one and not one.waits_for_factor else None


def forget_reader() -> None:
    """Treat the rest of this request as a stranger's; the session stays."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001  (where flask-login keeps who it is)


def begin_session(account: Account) -> None:
    """Sign ``account`` in, with a token and a cookie that this browser never had before."""
    before = find_current_session()
    with unit_of_work():
        if before is not None:
            sessions.end(before.id, Ending.SIGNED_OUT)
        token = sessions.begin(
            account.id,
            address=request.remote_addr or "",
            agent=request.headers.get("User-Agent", ""),
        )
    _keep(token)


def confirm_factor() -> None:
    """Note that the second factor was given just now; token and cookie are new from here on."""
    one = find_current_session()
    if one is not None:
        with unit_of_work():
            token = sessions.confirm_factor(one.id)
        _keep(token)


def _keep(token: str) -> None:
    _clear_cookie()
    signed_in = load_signed_in(token)
    if signed_in is not None:
        login_user(signed_in)
        session[_WHOSE] = owner_mark(signed_in.session.account)
    g.pop("actor", None)


def _clear_cookie() -> None:
    language, before = session.get(_LANGUAGE), _pages_open()
    session.clear()
    if language:
        session[_LANGUAGE] = language
    if before:
        session[_BEFORE] = before


def _pages_open() -> list[str] | None:
    """Return the token of the pages that are open in this browser, and whose they are."""
    if _WHOSE in session and _TOKEN in session:
        return [session[_TOKEN], session[_WHOSE]]
    return session.get(_BEFORE)


def owner_mark(account: Account) -> str:
    """Return what tells in a cookie or a form whose it is, and tells nobody else who that is."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, account.id.bytes, sha256).hexdigest()


def whose_pages() -> str:
    """Return the mark of whoever is, or was last, signed in with this cookie."""
    one = find_current_session()
    return owner_mark(one.account) if one else session.get(_WHOSE, "")


def whose_page_before(csrf_token: str) -> str:
    """Return whose a page is that was open when its owner signed out, by the token it carries."""
    token, whose = session.get(_BEFORE) or ("", "")
    return whose if token and hmac.compare_digest(token.encode(), csrf_token.encode()) else ""


def end_session() -> None:
    """Sign whoever it is out."""
    one = find_current_session()
    if one is not None:
        with unit_of_work():
            sessions.end(one.id, Ending.SIGNED_OUT)
    _clear_cookie()
    forget_reader()
    g.pop("actor", None)
