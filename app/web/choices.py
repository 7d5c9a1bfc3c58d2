"""What was chosen on a page before, and travels along: in a form, or in the address of a page."""

from collections.abc import Callable
from typing import TypeVar

from flask import request


T = TypeVar("T")
_LARGEST = 2**15 - 1


def whole_number(text: str) -> int:
    """Read a number that each column of numbers can hold; raise ``ValueError`` for any other."""
    number = int(text)
    if abs(number) > _LARGEST:
        raise ValueError(number)
    return number


def chosen(name: str, kind: Callable[[str], T]) -> T | None:
    """Return what a form carries under ``name``; without it, or a form, what the address says."""
    sent = request.form.get(name, type=kind)
    return request.args.get(name, type=kind) if sent is None else sent
