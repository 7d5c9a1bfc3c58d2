"""Reads tables of TOML and JSON key by key, and says exactly what is wrong with them.

A mistake is reported with the file and the key it was found at: the reader of the message has
the file open, not this module.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tenants.schema import LOCALES, Text


T = TypeVar("T")
D = TypeVar("D")
Member = TypeVar("Member", bound=StrEnum)


class DefinitionError(Exception):
    """A file of ``tenants/`` says something that it cannot mean."""

    def __init__(self, path: Path, key: str, expected: str, found: object) -> None:
        self.path = path
        self.key = key
        self.expected = expected
        self.found = found
        shown = "nothing" if found is None else repr(found)
        super().__init__(f"{path}: {key}: expected {expected}, found {shown}")


class Table:
    """One table of a file. Left as a context manager, it refuses the keys that nobody read."""

    def __init__(self, path: Path, values: Mapping[str, Any], where: str = "") -> None:
        self.path = path
        self.values = values
        self.where = where
        self._read: set[str] = set()

    def __enter__(self) -> Self:
        """Begin to read."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Refuse a key that nobody read."""
        unknown = [key for key in self.values if key not in self._read]
        if error is None and unknown:
            known = ", ".join(sorted(self._read))
            raise self.error(unknown[0], f"one of the keys {known}", self.values[unknown[0]])

    def error(self, key: str, expected: str, found: object) -> DefinitionError:
        """Describe a mistake at one of this table's keys."""
        return DefinitionError(self.path, self.place(key), expected, found)

    def place(self, key: str) -> str:
        """Name a key as seen from the top of the file: ``signers[0].title``."""
        return f"{self.where}.{key}" if self.where else key

    def maybe(self, key: str, read: Callable[[str], T], default: D) -> T | D:
        """Read a key that may be missing: ``table.maybe("year", table.integer, None)``."""
        self._read.add(key)
        return read(key) if key in self.values else default

    def anything(self, key: str) -> object:
        """Read a value whose kind the caller decides about."""
        return self._value(key)

    def string(self, key: str) -> str:
        """Read words; blank ones are refused."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "words in quotes", value)
        return value

    def integer(self, key: str) -> int:
        """Read a whole number."""
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, "a whole number", value)
        return value

    def between(self, key: str, lowest: int, highest: int) -> int:
        """Read a whole number within limits."""
        value = self.integer(key)
        if not lowest <= value <= highest:
            raise self.error(key, f"a whole number from {lowest} to {highest}", value)
        return value

    def integers(self, key: str) -> tuple[int, ...]:
        """Read a list of different whole numbers with at least one in it."""
        value = self._value(key)
        is_list = isinstance(value, list) and all(type(one) is int for one in value)
        if not is_list or not value or len(set(value)) < len(value):
            raise self.error(key, "a list of different whole numbers", value)
        return tuple(value)

    def flag(self, key: str) -> bool:
        """Read true or false."""
        value = self._value(key)
        if not isinstance(value, bool):
            raise self.error(key, "true or false", value)
        return value

    def day(self, key: str) -> date:
        """Read a date; JSON has them as words, TOML as dates."""
        value = self._value(key)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise self.error(key, "a date such as 2025-07-01", value) from None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, "a date such as 2025-07-01", value)
        return value

    def days(self, key: str) -> tuple[date, ...]:
        """Read a list of different dates, the earliest first, with at least one in it."""
        value = self._value(key)
        is_list = isinstance(value, list) and all(type(one) is date for one in value)
        if not is_list or not value or sorted(set(value)) != value:
            raise self.error(key, "a list of dates, the earliest first", value)
        return tuple(value)

    def member(self, key: str, kind: type[Member]) -> Member:
        """Read one of the words of a vocabulary."""
        value = self._value(key)
        if value not in list(kind):
            words = ", ".join(repr(one.value) for one in kind)
            raise self.error(key, f"one of {words}", value)
        return kind(value)

    def text(self, key: str) -> Text:
        """Read words in every language of the product."""
        with self.table(key) as words:
            return {locale: words.string(locale) for locale in LOCALES}

    def table(self, key: str) -> "Table":
        """Open the table below a key."""
        value = self._value(key)
        if not isinstance(value, dict):
            raise self.error(key, "a table", value)
        return Table(self.path, value, self.place(key))

    def each(self, key: str, read: Callable[["Table"], T]) -> tuple[T, ...]:
        """Read every table of a list; a missing list is empty."""
        return tuple(read(table) for table in self.maybe(key, self.tables, ()))

    def tables(self, key: str) -> Sequence["Table"]:
        """Open every table of a list."""
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.error(key, "a list of tables", value)
        place = self.place(key)
        return [Table(self.path, one, f"{place}[{index}]") for index, one in enumerate(value)]

    def _value(self, key: str) -> Any:
        self._read.add(key)
        if key not in self.values:
            raise self.error(key, "a value", None)
        return self.values[key]


def open_document(path: Path) -> Table:
    """Open a TOML file as a table."""
    try:
        return Table(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(path, "the whole file", "valid TOML", str(error)) from error
