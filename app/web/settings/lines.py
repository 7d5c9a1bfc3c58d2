"""Forms with a list in them: lines are added, moved and taken out without losing a word typed."""

from collections.abc import Sequence
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import FieldList

from app.web.forms import Form


ARRANGE = "arrange"
"""The name of the buttons that change the list and save nothing."""

_LIST = "lines"


class FormOfLines(Form):
    """A form with a list of lines, as they stand after the button that was pressed.

    What was sent is renumbered before WTForms reads it, so that half a word or half a number
    stays in its field. Lines that nobody filled in are left out.
    """

    lines: FieldList

    def __init__(self, record: object = None, **values: Any) -> None:
        sent = arranged(request.form) if request.method == "POST" else None
        if sent is not None:
            # Else a new line would show what stood at its place before.
            values["data"] = {**values.get("data", {}), "lines": []}
        super(Form, self).__init__(sent, obj=record, **values)  # type: ignore[no-untyped-call]

    @property
    def is_being_arranged(self) -> bool:
        """Tell whether a button was pressed that only changes the list."""
        return ARRANGE in request.form


def arranged(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return what was sent, with its lines in the order that the pressed button asks for."""
    action, _, place = sent.get(ARRANGE, "").partition("-")
    lines = _lines_of(sent)
    if not action:
        lines = [line for line in lines if any(value.strip() for value in _typed(line))]
    elif action == "add":
        lines = [*lines, {}]
    elif place.isdecimal() and int(place) < len(lines):
        _move(lines, action, int(place))
    kept = MultiDict((key, value) for key, value in sent.items(multi=True) if not _is_line(key))
    for number, line in enumerate(lines):
        kept.update({f"{_LIST}-{number}-{name}": value for name, value in line.items()})
        # A line without anything in it is still a line.
        kept.setdefault(f"{_LIST}-{number}-", "")
    return kept


def _move(lines: list[dict[str, str]], action: str, place: int) -> None:
    line = lines.pop(place)
    if action == "up":
        lines.insert(max(place - 1, 0), line)
    elif action == "down":
        lines.insert(place + 1, line)


def _is_line(key: str) -> bool:
    return key.startswith(f"{_LIST}-")


def _lines_of(sent: MultiDict[str, str]) -> list[dict[str, str]]:
    lines: dict[int, dict[str, str]] = {}
    for key, value in sent.items():
        parts = key.split("-", 2)
        if _is_line(key) and len(parts) == len(("list", "number", "name")) and parts[1].isdecimal():
            lines.setdefault(int(parts[1]), {})[parts[2]] = value
    return [lines[number] for number in sorted(lines)]


def _typed(line: dict[str, str]) -> Sequence[str]:
    # What stands in a menu was not typed: a new line has something chosen in each of its menus.
    return [value for name, value in line.items() if name not in CHOSEN]


CHOSEN = frozenset(
    {"asked", "counted", "denominator", "group", "is_strict", "reference", "signs_as"}
)
"""The fields of lines that are menus and boxes."""
