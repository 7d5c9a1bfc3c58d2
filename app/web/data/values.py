"""The values of a copy of somebody's data, as the paper says them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from app.domain.deadlines import VIETNAM
from app.labels.personal_data import COLUMNS, DETAIL_VALUES, DETAILS, OWN_NAMES, VALUES


_NOTHING = "–"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
_CODE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def name_of(table: str, column: str) -> str:
    """Return what a column of a table is called."""
    return str(OWN_NAMES.get((table, column)) or COLUMNS.get(column) or column)


def is_blank(value: Any) -> bool:
    """Tell whether a row holds nothing in a column."""
    return value is None or value in ("", [], {}) or _is_empty_list(value)


def is_code(value: Any) -> bool:
    """Tell whether a value is of use to the house alone."""
    return isinstance(value, str) and bool(_CODE.fullmatch(value))


def value_of(table: str, column: str, value: Any) -> str:
    """Return the value of a column of a table in words."""
    meanings = VALUES.get((table, column))
    return str(meanings[value]) if meanings and value in meanings else in_words(value)


def in_words(value: Any) -> str:
    """Return any value that JSON can hold in words."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{_detail(name)}: {_told(name, one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(in_words(one) for one in value)
    if is_blank(value):
        return _NOTHING
    return _text(str(value))


def _is_empty_list(value: Any) -> bool:
    return isinstance(value, list) and all(one is None or one == "" for one in value)


def _detail(name: str) -> str:
    if name.isdecimal():
        return gettext("Indicator %(number)s", number=name)
    return str(DETAILS.get(name) or COLUMNS.get(name) or name)


def _told(name: str, value: Any) -> str:
    meanings = DETAIL_VALUES.get(name, {})
    is_word = isinstance(value, str) and value in meanings
    return str(meanings[value]) if is_word else in_words(value)


def _text(text: str) -> str:
    """Write days and moments as documents do, and all else as it is."""
    if _MOMENT.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
    if _DAY.fullmatch(text):
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    return text
