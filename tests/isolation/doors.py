"""Turns the lines of the access table into addresses and forms."""

import re
from collections.abc import Mapping
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from tests.isolation.access_table import NOT_OBJECTS, Line
from tests.isolation.agencies import Agency
from tests.isolation.forms import Fields, PageForm
from tests.isolation.recipes import ARGUMENTS, QUERIES, RECIPES


NOBODYS = UUID(int=0x0192_0000_0000_7000_8000_000000000000)
"""An id that no row has."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Doors:
    """The addresses of a house."""

    def __init__(self, app: Flask) -> None:
        self.rules = {
            (rule.endpoint, method): rule
            for rule in app.url_map.iter_rules()
            for method in rule.methods or ()
        }
        self.urls = app.url_map.bind("localhost")

    def page(self, line: Line, ids: tuple[str, ...]) -> str:
        """Return the address of a page inside an agency, naming ``ids``."""
        rule = self.rules[line.key]
        values: dict[str, object] = {
            name: ARGUMENTS.get((line.endpoint, name), ARGUMENTS.get(name))
            for name in rule.arguments & NOT_OBJECTS
        }
        values |= dict(zip(_objects(rule), ids, strict=True))
        return self.urls.build(line.endpoint, values, method=line.method)

    def is_known(self, line: Line) -> bool:
        """Tell whether there is such a page, and all that its address names beside ids is known."""
        rule = self.rules.get(line.key)
        return rule is not None and all(
            (line.endpoint, name) in ARGUMENTS or name in ARGUMENTS
            for name in rule.arguments & NOT_OBJECTS
        )

    def is_furnished(self, line: Line, agency: Agency) -> bool:
        """Tell whether there is such an object as the page takes."""
        return not line.kinds or line.object in agency.things

    def nobodys(self, line: Line) -> tuple[str, ...]:
        """Return ids, or what stands for one, that no row has."""
        rule = self.rules[line.key]
        return tuple(str(NOBODYS) for _ in _objects(rule))

    def endpoint_of(self, path: str) -> str | None:
        """Return which page a form is sent to; None for one outside the house."""
        inside = "/" + path.partition("/-/")[2] if "/-/" in path else path
        for rule, _ in [self.urls.match(inside, method="POST", return_rule=True)]:
            return rule.endpoint
        return None


def _objects(rule: Rule) -> list[str]:
    named = [part for is_dynamic, part in rule._trace if is_dynamic]  # noqa: SLF001
    return [name for name in named if name not in NOT_OBJECTS]


def ids_for(line: Line, agency: Agency) -> tuple[str, ...]:
    """Return the ids of the agency's object that a page takes."""
    return agency.things[line.object] if line.kinds else ()


def query_of(line: Line, agency: Agency) -> str:
    """Return what the address of a page carries on from the page before."""
    query = QUERIES.get(line.endpoint, "")
    return query.replace("{unit}", agency.things["unit"][0])


def sent_to(line: Line, form: PageForm | None, agency: Agency) -> Fields:
    """Return what somebody sends to a page: its form as it is, and what they type."""
    fields = list(form.fields) if form else []
    typed = RECIPES.get(line.endpoint, {}).items()
    recipe = {name: _filled(value, agency.things) for name, value in typed}
    return [one for one in fields if one[0] not in recipe] + list(recipe.items())


def _filled(value: str, things: Mapping[str, tuple[str, ...]]) -> str:
    return things[value.strip("{}")][0] if value.startswith("{") else value


def ids_in(fields: Fields) -> set[str]:
    """Return every id that a form carries, in a name or a value."""
    return {one for name, value in fields for one in _ID.findall(f"{name} {value}")}
