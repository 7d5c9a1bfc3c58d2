"""A copy of somebody's personal data as a paper: A4, by subject, for the person to read."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.exports.papers.typesetting import typeset


_TEMPLATE = "data_copy.typ"
# Signs that nobody sees, some of which turn the text around them: they are shown by their numbers.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\n\t")


class Layout(StrEnum):
    """How wide the columns of a table are."""

    INDICATORS = "indicators"
    SCORES = "scores"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is kept, and what it is called; a code is of use to the office alone."""

    label: str
    value: str
    is_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One thing that is kept, told fact by fact."""

    title: str
    facts: tuple[Fact, ...]
    blank: str  # the facts of which nothing is kept, in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a table, and what stands below it in small letters."""

    cells: tuple[str, ...]
    small: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Many things of one kind."""

    title: str
    layout: Layout
    headings: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A subject: what is kept of it, or that nothing is."""

    title: str
    parts: tuple[Facts | Table, ...]
    nothing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCopy:
    """Everything that the paper says."""

    language: str
    superior: str
    agency: str
    dated: str
    title: str
    person: str
    summary: str
    sections: tuple[Section, ...]
    footer: str
    page: str  # "Trang"


def write_data_copy(copy: DataCopy, *, made_at: datetime) -> bytes:
    """Return the paper as a PDF."""
    return typeset(_TEMPLATE, _visible(asdict(copy)), made_at=made_at)


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {name: _visible(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_visible(one) for one in value]
    return value


def visible(text: str) -> str:
    """Return a text whose letters are whole and in which no sign hides: ``[U+202E]``."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_shown(sign) for sign in composed)


def _shown(sign: str) -> str:
    hides = unicodedata.category(sign) in _UNSEEN and sign not in _KEPT
    return f"[U+{ord(sign):04X}]" if hides else sign
