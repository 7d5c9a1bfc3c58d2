"""A criteria set as a file of ``tenants/criteria``: kept elsewhere, compared, taken in again."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


_DAYS = frozenset({"issued_on", "signed_on", "compared_on"})


def write_toml(document: Mapping[str, Any]) -> str:
    """Return what a set says, as TOML."""
    return "\n".join(_lines(document, "")).strip() + "\n"


def _lines(values: Mapping[str, Any], where: str) -> Iterator[str]:
    lists = {key: value for key, value in values.items() if isinstance(value, list)}
    yield from _pairs({key: value for key, value in values.items() if key not in lists}, "")
    for key, tables in lists.items():
        place = f"{where}.{key}" if where else key
        for table in tables:
            yield ""
            yield f"[[{place}]]"
            yield from _lines(table, place)


def _pairs(values: Mapping[str, Any], start: str) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _pairs(value, f"{start}{key}.")
        else:
            # A word, a number, true or false in JSON is one in TOML too, but for one sign.
            words = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            yield f"{start}{key} = {value if key in _DAYS else words}"
