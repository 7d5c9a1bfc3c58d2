"""Serves no page while the application's role is one that row-level security does not bind."""

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from app.persistence.roles import MightyRoleError, require_bound_role
from app.web.errors import show_outage


# They tell of the trouble, or need no database.
_OPEN = frozenset({"health.live", "health.ready", "static"})


def install(app: Flask) -> None:
    """Ask once in each process, before the first page, whether both walls stand."""
    is_proved = False

    def require_walls() -> ResponseReturnValue | None:
        nonlocal is_proved
        if is_proved or request.endpoint in _OPEN:
            return None
        try:
            require_bound_role()
        except MightyRoleError as error:
            current_app.logger.critical("no page is served: %s", error)
            return show_outage(error)
        is_proved = True
        return None

    app.before_request(require_walls)
