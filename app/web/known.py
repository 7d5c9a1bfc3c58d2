"""The cookie by which a browser is known in which somebody has signed in before.

Guesses made elsewhere slow nobody down here: passwords typed in this browser are counted apart.
The cookie opens nothing.
"""

import hmac
import secrets
from hashlib import sha256

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer


_MOST_NAMES = 8
_A_YEAR = 365 * 24 * 3600


def known_browser(login: str) -> str:
    """Return what names this browser, if ``login`` has signed in here; nothing for a stranger's."""
    browser, names = _read()
    return browser if _mark(login, browser) in names else ""


def remember_browser(response: Response, login: str) -> Response:
    """Let ``response`` tell this browser that ``login`` has signed in here."""
    browser, names = _read()
    browser = browser or secrets.token_urlsafe(16)
    mark = _mark(login, browser)
    kept = [mark, *(one for one in names if one != mark)][:_MOST_NAMES]
    response.set_cookie(
        _name(),
        _signer().dumps([browser, kept]),
        max_age=_A_YEAR,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _read() -> tuple[str, list[str]]:
    try:
        browser, names = _signer().loads(request.cookies.get(_name(), ""), max_age=_A_YEAR)
    except (BadSignature, ValueError):
        return "", []
    return str(browser), [str(one) for one in names]


def _mark(login: str, browser: str) -> str:
    told = login.strip().lower().encode()
    return hmac.new(browser.encode(), told, sha256).hexdigest()[:24]


def _name() -> str:
    return "__Host-known" if _is_secure() else "known"


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="known browser")
