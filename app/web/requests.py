"""What happens around every request: whose agency it is, whether it is genuine, how it ends."""

import hmac
import secrets
from contextlib import ExitStack
from http import HTTPStatus

from flask import Flask, Response, abort, g, request, session
from markupsafe import Markup

from app.persistence.queries.tenants import find_tenant
from app.persistence.tenancy import tenant_scope
from app.web import assets
from app.web.addressing import slug_in_address


_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORGED = "csrf"
"""What the error says of a change that does not come from a page of ours."""
_TOKEN = "csrf_token"  # noqa: S105  (the name of a field, not a secret)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def install(app: Flask) -> None:
    """Hang the house's doors on ``app``."""
    app.before_request(enter_agency)
    app.before_request(refuse_forgery)
    app.after_request(armour)
    app.teardown_request(leave_agency)


def enter_agency() -> None:
    """Let the request reach the rows of the agency in its address, and of no other."""
    g.agency = None
    slug = slug_in_address()
    if slug is None:
        return
    agency = find_tenant(slug)
    if agency is None or agency.is_suspended:
        abort(404)
    g.agency = agency
    g.agency_scope = ExitStack()
    g.agency_scope.enter_context(tenant_scope(agency.key))


def leave_agency(_error: BaseException | None) -> None:
    """Close the agency's scope, whatever happened."""
    scope: ExitStack | None = g.pop("agency_scope", None)
    if scope is not None:
        scope.close()


def csrf_token() -> str:
    """Return the token that every form shown to this browser carries."""
    if _TOKEN not in session:
        session[_TOKEN] = secrets.token_urlsafe(32)
    return str(session[_TOKEN])


def csrf_field() -> Markup:
    """Return the hidden field that carries the token."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(_TOKEN, csrf_token())


def refuse_forgery() -> None:
    """Refuse a change that does not come from a page of ours."""
    if request.method in _SAFE:
        return
    sent = request.headers.get("X-CSRF-Token") or request.form.get(_TOKEN, "")
    if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        abort(400, FORGED)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(400, FORGED)


def armour(response: Response) -> Response:
    """Tell the browser what this page may do, and to keep no copy of it but of its assets."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = assets.keeping()
        return response
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.add("HX-Request")
    return response
