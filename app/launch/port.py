"""Whether the web server may have its port, and whether it answers there."""

import http.client
import os
import socket
import time

from app.launch.errors import LaunchError


HOST = "127.0.0.1"
_HIGHEST = 65535


def chosen_port() -> int:
    """Return the port the environment asks for, 8000 unless told."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _HIGHEST):
        raise LaunchError(f"PORT is '{text}'; it must be a number from 1 to {_HIGHEST}.")
    return int(text)


def require_free_port(port: int, *, patience: float) -> None:
    """Refuse a port somebody listens on, after waiting ``patience`` seconds for them to leave.

    The web server shares its port between its processes, so it would start beside a stranger
    without a word, and each of them would get some of the requests.
    """
    deadline = time.monotonic() + patience
    while reason := _refusal(port):
        if time.monotonic() >= deadline:
            raise LaunchError(
                f"Port {port} cannot be used ({reason}); "
                f"choose another one, for example: make run PORT={_suggested(port)}"
            )
        time.sleep(0.1)


def answers(port: int, path: str) -> bool:
    """Tell whether the page at ``path`` says that all is well."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _refusal(port: int) -> str | None:
    with socket.socket() as candidate:
        # Connections of a server that has gone do not count.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((HOST, port))
        except OSError as error:
            return (error.strerror or str(error)).lower()
    return None


def _suggested(port: int) -> int:
    return port + 1 if port < _HIGHEST else 8000
