"""Reads ``access_table.md``: the one place that says who may do what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from app.web.access import access_of, takes_fresh_factor


_FILE = Path(__file__).with_name("access_table.md")
_NOTHING = "–"

NOT_OBJECTS = frozenset({"code", "filename", "kind", "name", "number", "page", "reference", "year"})
"""What an address may name that is nobody's."""

_KINDS = {"proposal": "list", "upload": "upload", "slug": "agency", "token": "invitation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One page and method: who may open it, what it takes, what it does."""

    endpoint: str
    method: str
    who: str
    object: str
    also: tuple[str, ...]
    effect: str
    factor: str

    @property
    def key(self) -> tuple[str, str]:
        """The endpoint and method."""
        return self.endpoint, self.method

    @property
    def is_change(self) -> bool:
        """Tell whether the page may change a table."""
        return self.effect == "change"

    @property
    def needs_permission(self) -> bool:
        """Tell whether a role is needed."""
        return self.who not in {"public", "password-given", "signed-in"}

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of objects that the address names: the nouns of ``object``."""
        is_named = self.object and not self.object.startswith("own ")
        return frozenset(self.object.split()) & KINDS if is_named else frozenset()

    def __str__(self) -> str:
        """Write the line as the table has it."""
        cells = (
            self.endpoint,
            self.method,
            self.who,
            self.object or _NOTHING,
            ", ".join(self.also) or _NOTHING,
            self.effect,
            self.factor,
        )
        return "| " + " | ".join(cells) + " |"


KINDS = frozenset(
    {
        "adhoc",
        "account",
        "agency",
        "decision",
        "dossier",
        "draft",
        "export",
        "extension",
        "inspection",
        "invitation",
        "job",
        "line",
        "list",
        "membership",
        "passkey",
        "person",
        "request",
        "session",
        "transfer",
        "unit",
        "upload",
    }
)


class AccessTable:
    """Both tables of the file."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The pages, in the order of the file."""
        return tuple(_line(cells) for cells in _rows("endpoint"))

    @cached_property
    def grants(self) -> Mapping[str, frozenset[str]]:
        """The permissions of each role."""
        [heading, *rows] = _table("permission")
        return {
            role: frozenset(row[0] for row in rows if row[place] == "yes")
            for place, role in enumerate(heading[1:], start=1)
        }


def declared_lines(app: Flask) -> Iterator[Line]:
    """Say of each page what the house itself says of it."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            view = app.view_functions[rule.endpoint]
            who = access_of(view)
            # Where a form is shown and sent at one address, the sending is what counts.
            is_the_act = method == "POST" or "POST" not in (rule.methods or set())
            yield Line(
                endpoint=rule.endpoint,
                method=method,
                who=str(who or ("public" if rule.endpoint == "static" else "")),
                object=" ".join(sorted(kinds_named(rule))),
                also=(),
                effect="read" if method == "GET" else "change",
                factor="fresh" if takes_fresh_factor(view) and is_the_act else _NOTHING,
            )


def kinds_named(rule: Rule) -> frozenset[str]:
    """Return the kinds of objects that an address names."""
    names = {name.removesuffix("_id") for name in rule.arguments - NOT_OBJECTS}
    return frozenset(_KINDS.get(name, name) for name in names)


def _line(cells: list[str]) -> Line:
    endpoint, method, who, thing, also, effect, factor = cells
    return Line(
        endpoint=endpoint,
        method=method,
        who=who,
        object="" if thing == _NOTHING else thing,
        also=() if also == _NOTHING else tuple(also.split(", ")),
        effect=effect,
        factor=factor,
    )


def _rows(heading: str) -> list[list[str]]:
    return _table(heading)[1:]


def _table(heading: str) -> list[list[str]]:
    """Return the table whose first column is called ``heading``, its heading first."""
    lines = iter(_FILE.read_text(encoding="utf-8").splitlines())
    rows: list[list[str]] = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if rows and not line.startswith("|"):
            break
        is_rule = set(line) <= set("|-")
        if line.startswith("|") and (rows or cells[0] == heading) and not is_rule:
            rows.append(cells)
    return rows
