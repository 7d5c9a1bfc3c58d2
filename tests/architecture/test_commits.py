"""Only the unit of work commits."""

import ast
from pathlib import Path


ALLOWED = {Path("app/persistence/unit_of_work.py")}


def test_nothing_else_commits():
    offenders = {
        f"{path}:{node.lineno}"
        for path in Path("app").rglob("*.py")
        if path not in ALLOWED
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    assert not offenders
