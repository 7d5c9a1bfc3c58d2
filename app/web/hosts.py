"""Which host names the house answers to, and how many proxies in front of it are believed."""

from flask import Flask, Response, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Config


# Nothing is rendered for it: without a host name, no address of a page can be told.
_STRANGE_HOST = (
    "Tên máy chủ này không thuộc hệ thống. This is not a host name of this system.\n"
    "BANGVANG_URL, BANGVANG_HOSTS\n"
)


def install(app: Flask, config: Config) -> None:
    """Let only known host names and as many proxies as there are speak to ``app``.

    What ``X-Forwarded-For`` and ``-Proto`` say is taken from the last ``proxy_hops`` entries, which
    our own proxies wrote; with none, nothing of it is taken. The host is never taken from them: the
    proxy passes ``Host`` on.
    """
    app.config["TRUSTED_HOSTS"] = list(config.trusted_hosts)
    app.before_request(refuse_strange_hosts)
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0
        )


def refuse_strange_hosts() -> Response | None:
    """Answer a request for somebody else's host before anything else looks at it."""
    if isinstance(request.routing_exception, SecurityError):
        return Response(_STRANGE_HOST, 400, mimetype="text/plain")
    return None
