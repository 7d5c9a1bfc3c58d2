"""What two linters, which know nothing of this house, say of its policies and migrations.

A finding of a kind that is not listed fails; a listed kind has the reason why it is no fault here.
"""

import json
import subprocess
from pathlib import Path
from sys import executable

import pytest
from sqlalchemy import Engine, event, make_url

from app.launch.postgres import BACKUP, OWNER
from tests.conftest import migrate
from tests.isolation.catalogue import RUNS_AS_OWNER
from tests.isolation.test_catalogue import PLATFORM


PROGRAMS = Path(executable).parent

OF_POLICIES = {
    "SEC001": "tables of no agency are listed in the catalogue's test, each with the reason",
    "SEC002": "the owner migrates and nothing else; forced, its data migrations would touch no row",
    "SEC007": "each role has its own policy, and none is granted to everybody: there is no floor",
    "SEC009": "rows that name people in two agencies are the database's own, and nobody reads them",
    "SEC013": "triggers that run as the owner are listed in the catalogue's test",
    "SEC014": "functions that run as the owner are listed in the catalogue's test",
    "SEC016": "the backup has to read past the wall, and may do nothing else",
    "SEC022": "what is published is read only, whoever asks",
    "SEC025": "which agency stands above which is no secret",
    "PERF003": "every key leads with the province, and then the agency",
}
OF_MIGRATIONS = {
    "adding-field-with-default": "is computed from the row, which is written anew once",
    "adding-foreign-key-constraint": "locks are given up after five seconds",
    "adding-not-nullable-field": "locks are given up after five seconds",
    "ban-drop-column": "its progress stands on the lines of the outbox by then",
    "ban-drop-constraint": "is made again, wider, in the same transaction",
    "ban-drop-function": "is made again with other arguments in the same transaction",
    "ban-drop-not-null": "what nobody stated, and what nobody did, is kept as that",
    "ban-drop-table": "holds nothing that another table does not hold by then",
    "changing-column-type": "a request at short notice has a line for each agency, and no more",
    "constraint-missing-not-valid": "the table is new, or locks are given up",
    "disallowed-unique-constraint": "the table is new, or locks are given up",
    "prefer-bigint-over-int": "counts people of one agency",
    "prefer-bigint-over-smallint": "a province, a year, a group, a line",
    "prefer-robust-stmts": "each migration is one transaction",
    "prefer-text-field": "is text",
    "require-concurrent-index-creation": "the table is new, or locks are given up",
    "require-concurrent-index-deletion": "locks are given up after five seconds",
    "require-lock-timeout": "is set where migrations begin",
    "require-statement-timeout": "is the operator's to set",
    "require-timeout-settings": "is set where migrations begin",
}
FIRST_READ = "0011"
"""The last migration that squawk does not read: those up to it made the tables."""


def run(program, *arguments):
    return subprocess.run(  # noqa: S603  (a linter, on our own words)
        [PROGRAMS / program, *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def findings(postgres, database):
    host = make_url(postgres.url(database, OWNER)).query["host"]
    address = f"postgresql://{OWNER}@/{database}?host={host}"
    said = run("pgrls", "lint", "--database-url", address, "--format", "json")
    return json.loads(said.stdout)["violations"]


def test_a_linter_of_policies_finds_nothing_that_is_not_explained(findings):
    assert findings
    assert [one["message"] for one in findings if one["rule_id"] not in OF_POLICIES] == []


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        ("SEC001", PLATFORM),
        ("SEC009", {"overlap", "data_request", "report_member"}),
        ("SEC014", RUNS_AS_OWNER),
        ("SEC016", {BACKUP}),
    ],
)
def test_what_is_explained_is_explained_of_these_alone(findings, rule, known):
    named = {one["location"].removeprefix("public.") for one in findings if one["rule_id"] == rule}
    assert {name.partition("(")[0] for name in named} <= set(known)


@pytest.fixture
def statements(postgres):
    """What the newer migrations say to a database."""
    name, said = "linted_migrations", []
    postgres.create_database(name, OWNER)
    migrate(postgres.url(name, OWNER), FIRST_READ)

    def note(_connection, _cursor, statement, parameters, _context, _is_many):
        if not parameters and not statement.upper().startswith("SELECT"):
            said.append(f"{statement.strip().rstrip(';')};")

    event.listen(Engine, "before_cursor_execute", note)
    migrate(postgres.url(name, OWNER))
    event.remove(Engine, "before_cursor_execute", note)
    return said


def test_a_linter_of_migrations_finds_nothing_that_is_not_explained(statements, tmp_path):
    path = tmp_path / "migrations.sql"
    path.write_text("\n".join(statements), encoding="utf-8")
    said = run("squawk", "--pg-version", "15.0", "--reporter", "json", str(path))
    found = json.loads(said.stdout)
    assert found, said.stderr
    strange = [one for one in found if one["rule_name"] not in OF_MIGRATIONS]
    assert strange == []
