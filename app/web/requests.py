"""What happens around every request: whose agency it is, whether it is genuine, how it ends."""

import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus

from flask import Flask, Response, abort, g, request, session
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.config import Config
from app.persistence.queries.tenants import find_tenant
from app.persistence.tenancy import tenant_scope
from app.web import assets
from app.web.addressing import slug_in_address


_NULL = "\0"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _SAFE | {"POST"}
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
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FILE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "sandbox",
    )
)
"""Of a file that leaves: should a browser open it after all, nothing in it runs."""
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers of old phones, which do not know frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HTTPS_ALONE = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""Said over HTTPS only: a browser believes it nowhere else."""
CLEARED = '"cache", "storage"'
"""What the browser forgets when somebody signs out. Their language is a cookie, and stays."""


def install(app: Flask, config: Config) -> None:
    """Hang the house's doors on ``app``."""
    headers = HEADERS | HTTPS_ALONE if config.is_https else HEADERS
    app.before_request(refuse_null_in_address)
    app.before_request(enter_agency)
    app.before_request(refuse_other_methods)
    app.before_request(limit_size)
    app.before_request(refuse_null_in_form)
    app.before_request(refuse_forgery)
    app.after_request(partial(armour, headers))
    app.teardown_request(leave_agency)


def refuse_null_in_address() -> None:
    """Refuse an address with a character that no keyboard types and no database keeps."""
    address = (request.script_root, request.path, *request.args, *_values(request.args))
    if any(_NULL in one for one in address):
        abort(400)


def refuse_null_in_form() -> None:
    """Refuse a form that holds it: nobody has typed that."""
    if any(_NULL in one for one in (*request.form, *_values(request.form))):
        abort(400)


def _values(sent: MultiDict[str, str]) -> Iterator[str]:
    return (value for values in sent.listvalues() for value in values)


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


def refuse_other_methods() -> None:
    """Refuse TRACE and whatever else no page takes, before anything is read."""
    if request.method not in _METHODS:
        abort(405)


def limit_size() -> None:
    """Let files be large, and nothing else: a form without files is read at once, and whole."""
    largest, form = request.max_content_length, request.max_form_memory_size
    if request.mimetype != "multipart/form-data" and largest is not None and form is not None:
        request.max_content_length = min(largest, form)


def refuse_forgery() -> None:
    """Refuse a change that does not come from a page of ours."""
    if request.method in _SAFE:
        return
    sent = request.headers.get("X-CSRF-Token") or request.form.get(_TOKEN, "")
    if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        abort(400, FORGED)
    # Another host of the same domain is another house: the browser tells them apart.
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(400, FORGED)


def armour(headers: Mapping[str, str], response: Response) -> Response:
    """Tell the browser what this page may do, and to keep no copy of it but of its assets."""
    response.headers.update(headers)
    if request.endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = assets.keeping()
        return response
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    if "Content-Disposition" in response.headers:
        response.headers["Content-Security-Policy"] = FILE_POLICY
    if request.endpoint == "accounts.sign_out" and request.method == "POST":
        response.headers["Clear-Site-Data"] = CLEARED
    return response
