"""SQL in words, which no ORM narrows, names the agency of every row that it reads or writes."""

import ast
import re
from pathlib import Path

import pytest

from tests.isolation.statements import tables_named_in


APP = Path("app")

OWNERS_PROGRAMS = {
    "app/demonstration": "load whole provinces, as the owner",
    "app/persistence/bulk.py": "copies rows for those, as the owner",
    "app/services/definition_files.py": "writes the files of agencies, as the owner",
    "app/services/definitions.py": "opens agencies, as the owner",
    "app/services/differences.py": "compares files with the rows of agencies, as the owner",
}
"""Where tables may be named past the first wall, each with the reason."""

PAST_THE_ORM = {
    "app/persistence/queries/audit_chain.py": 1,  # fetches ahead, naming its agency
    "app/persistence/tenancy.py": 1,  # announces the agency itself
}
"""How often a module talks to a connection instead of the session. May fall, never rise."""

OWN = re.compile(r"(?:province_id = :province\b|\.province_id = \w+\.province_id\b)")
TENANT = re.compile(r"(?:tenant_id = :tenant\b|\.tenant_id = \w+\.tenant_id\b)")


def modules():
    return sorted(str(path) for path in APP.rglob("*.py"))


def is_owners(module):
    return any(module.startswith(place) for place in OWNERS_PROGRAMS)


def sentences(module):
    """Return every string in a module that reads like SQL on a tenant's table."""
    tree = ast.parse(Path(module).read_text(encoding="utf-8"))
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
        and re.search(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b", node.value)
        and tables_named_in(node.value)
    ]


WORDS = [
    (module, sql) for module in modules() if not is_owners(module) for sql in sentences(module)
]


def test_there_is_something_to_look_at():
    assert len(WORDS) >= 3


def is_narrowed(sql):
    """Tell whether every table that is read names its agency.

    A table that rows are inserted into is narrowed by the rows that are selected for it.
    """
    read = tables_named_in(re.sub(r"INSERT INTO \w+", "", sql))
    return min(len(OWN.findall(sql)), len(TENANT.findall(sql))) >= len(read)


@pytest.mark.parametrize(("module", "sql"), WORDS)
def test_every_table_of_an_agency_is_narrowed_in_words(module, sql):
    assert is_narrowed(sql), module


def test_nobody_else_names_a_table_past_the_first_wall():
    used = {
        module
        for module in modules()
        if not is_owners(module)
        for node in ast.walk(ast.parse(Path(module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in {"__table__", "exec_driver_sql", "bulk_insert_mappings", "raw_connection"}
    }
    assert used == set()


def test_the_session_is_the_only_way_to_the_database():
    found = {}
    for module in modules():
        tree = ast.parse(Path(module).read_text(encoding="utf-8"))
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and (node.func.value.id, node.func.attr) == ("connection", "execute")
        ]
        if calls and not module.startswith("app/launch") and not is_owners(module):
            found[module] = len(calls)
    assert found == PAST_THE_ORM
