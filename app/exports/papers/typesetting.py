"""Turns what a paper says into a PDF, in a child process that may die of it.

Typesetting in this process was turned down: it is compiled code that takes as much memory as the
text makes it take, and a web worker would go down with everybody's requests.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from app.exports.papers import typesetter_child


TEMPLATES = Path(__file__).with_name("templates")
_FONTS = next(
    (Path(__file__).parents[2] / "static" / "vendor").glob("expo-google-fonts-be-vietnam-pro-*")
)
_TIMEOUT_SECONDS = 30


class NotTypesetError(RuntimeError):
    """A paper took too long or too much memory, or its template does not fit what it says."""


def typeset(
    template: str,
    paper: Mapping[str, Any],
    *,
    made_at: datetime,
    timeout: float = _TIMEOUT_SECONDS,
) -> bytes:
    """Return a PDF: the same bytes for the same paper, made at the same second.

    Raises ``NotTypesetError`` when the child process dies of it.
    """
    command = [sys.executable, "-I", typesetter_child.__file__, str(TEMPLATES / template)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own script; the paths are ours
            [*command, str(_FONTS)],
            input=json.dumps({"made_at": int(made_at.timestamp()), "paper": paper}).encode(),
            capture_output=True,
            env={"LC_ALL": "C.UTF-8", "RAYON_NUM_THREADS": "1"},
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotTypesetError(template) from error
    if ended.returncode:
        raise NotTypesetError(f"{template}: exit {ended.returncode}")
    return ended.stdout
