"""Where the pages are, as a browser sees it."""

from urllib.parse import urlsplit

from flask import request

from app.services.passkeys import Site


def current_site() -> Site:
    """Return the host and the origin that passkeys belong to."""
    origin = request.host_url.rstrip("/")
    return Site(host=urlsplit(origin).hostname or "", origin=origin)
