"""Who has signed in, as the rest of the web asks for it: the one place that knows flask-login."""

from uuid import UUID

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import AnonymousUserMixin, UserMixin, current_user, login_user, logout_user

from app.persistence.models import Account
from app.persistence.queries.accounts import find_account


class PageSessions(SecureCookieSessionInterface):
    """Sessions of pages. An asset is nobody's: a browser keeps it through signing in and out."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, and say that the answer depends on it."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


class SignedIn(UserMixin):
    """The account behind the session, as flask-login wants it."""

    def __init__(self, account: Account) -> None:
        self.id = str(account.id)
        self.account = account


def load_signed_in(account_id: str) -> SignedIn | None:
    """Return the account of a session; None ends the session."""
    account = find_account(UUID(account_id))
    return SignedIn(account) if account else None


def find_current_account() -> Account | None:
    """Return the account that has signed in."""
    user = current_user._get_current_object()  # noqa: SLF001  (how a proxy is asked what it stands for)
    return user.account if isinstance(user, SignedIn) else None


def forget_reader() -> None:
    """Treat the rest of this request as a stranger's; the session stays."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001  (where flask-login keeps who it is)


def begin_session(account: Account) -> None:
    """Sign ``account`` in."""
    login_user(SignedIn(account))


def end_session() -> None:
    """Sign whoever it is out."""
    logout_user()
