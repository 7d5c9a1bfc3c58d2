"""Style sheets, scripts and pictures: named by their content, so that browsers keep them."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Flask, current_app, request

from app.web.addressing import portal_address


KEPT = "public, max-age=31536000, immutable"
ASKED_FOR_AGAIN = "no-cache"

_DIGITS = 10
# Files that other vendored files name, such as fonts: their folder carries the version.
_VENDORED = re.compile(r"vendor/[a-z-]+-\d+(\.\d+)*/")


def install(app: Flask) -> None:
    """Read every asset once, and let templates name them."""
    _versions(str(app.static_folder))
    app.jinja_env.globals["asset"] = asset


def asset(path: str) -> str:
    """Return the address of a file of ours; another content is another address."""
    return portal_address(f"/static/{path}?v={_current()[path]}")


def keeping() -> str:
    """Return the Cache-Control of the asset that is asked for: for ever, if it cannot change."""
    path = str((request.view_args or {}).get("filename"))
    asked = request.args.get("v")
    # During a change of versions, the new page may ask a server that still has the old file.
    is_version = asked == _current().get(path) if asked else _VENDORED.match(path)
    return KEPT if is_version else ASKED_FOR_AGAIN


def _current() -> Mapping[str, str]:
    return _versions(str(current_app.static_folder))


@cache
def _versions(folder: str) -> Mapping[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS]
        for path in Path(folder).rglob("*")
        if path.is_file()
    }
