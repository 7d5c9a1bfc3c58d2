"""Where an agency lives: its slug is the first part of the path, up to ``/-/``.

This module alone knows. ``/lai-chau/so-cong-thuong/-/dossiers`` is the page ``/dossiers`` of the
agency ``lai-chau/so-cong-thuong``: the slug moves into SCRIPT_NAME, so that routes have no tenant
in them and ``url_for`` stays inside the agency by itself. A deployment that gives each agency a
host name of its own would change this module and nothing else.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import request


if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


_MARK = "/-/"
_SLUG = "bangvang.tenant_slug"


class TenantAddresses:
    """WSGI middleware that takes the agency out of the path."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Split the path at the mark and pass the request on."""
        slug, mark, page = environ.get("PATH_INFO", "").partition(_MARK)
        if mark and slug.strip("/"):
            environ[_SLUG] = slug.strip("/")
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + slug + _MARK.rstrip("/")
            environ["PATH_INFO"] = "/" + page
        return self.application(environ, start_response)


def slug_in_address() -> str | None:
    """Return the slug of the agency that the request is for; None on the portal."""
    slug: str | None = request.environ.get(_SLUG)
    return slug


def address_of(slug: str, page: str = "/") -> str:
    """Return the path of a page of an agency."""
    return f"/{slug}{_MARK.rstrip('/')}{page}"


def portal_address(page: str = "/") -> str:
    """Return the path of a page that belongs to no agency."""
    return page


def page_in_address() -> str:
    """Return the page asked for, without the agency."""
    return request.path
