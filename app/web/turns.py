"""Two queues at the door: whoever is at work never waits behind those who are coming in.

Looking at one password takes a core for a while. When a thousand people sign in at eight o'clock,
as many of them as there are cores are served at once and the others wait, holding nothing: no
connection to the database, no memory for a hash. Pages have turns of their own, as many as the
pool of the database has connections to give.
"""

import threading
from collections.abc import Callable, Iterable
from os import cpu_count
from typing import Any


NO_TURN = "bangvang.no_turn"
"""What the environment of a request says whose turn did not come in time."""
PATIENCE = 55.0
"""How many seconds somebody waits to sign in before they are told that the server is busy."""

_PAGES_AT_ONCE = 8

_App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Turns:
    """Lets so many sign-ins, and so many other requests, through at once; the others wait."""

    def __init__(self, wsgi_app: _App) -> None:
        self._app = wsgi_app
        self._sign_ins = threading.BoundedSemaphore(cpu_count() or 1)
        self._pages = threading.BoundedSemaphore(_PAGES_AT_ONCE)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve the request when its turn has come."""
        if not _is_sign_in(environ):
            with self._pages:
                return self._app(environ, start_response)
        if not self._sign_ins.acquire(timeout=PATIENCE):
            with self._pages:
                return self._app({**environ, NO_TURN: True}, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self._sign_ins.release()


def _is_sign_in(environ: dict[str, Any]) -> bool:
    asked: tuple[str, str] = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    return asked == ("POST", "/sign-in")
