"""The language of a workbook, handed in by the edge that knows its reader."""

from dataclasses import dataclass
from typing import Protocol


class Gettext(Protocol):
    """Looks up a sentence and puts facts into its named places, as Flask-Babel's does."""

    def __call__(self, message: str, /, **facts: object) -> str:
        """Return the sentence in the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A language: its code, and how to say things in it."""

    language: str  # "vi"
    gettext: Gettext
