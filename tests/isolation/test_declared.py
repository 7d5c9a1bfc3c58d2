"""The table of who may do what and the house say the same, line by line."""

from itertools import pairwise

import pytest

from app.config import Config
from app.domain.permissions import GRANTS, Permission
from app.factory import create_app
from tests.isolation.access_table import KINDS, AccessTable, declared_lines


WRITE_IT = "tests/isolation/access_table.md must have the line"

READS_THAT_CHANGE = {"accounts.language": "keeps the language in the reader's own account"}
"""Pages that change something when they are opened, each with the reason."""


@pytest.fixture(scope="module")
def table():
    return AccessTable()


@pytest.fixture(scope="module")
def declared():
    """What the routes say, asked of an application that has no database."""
    nowhere = {"database_url": "postgresql+psycopg://nobody@/nothing?host=/nonexistent"}
    app = create_app(
        Config(**nowhere, redis_url="unix:///nonexistent", secret_key="x", cccd_key="ab" * 32)
    )
    return {line.key: line for line in declared_lines(app)}


def test_every_page_has_one_line_and_every_line_a_page(table, declared):
    written = [line.key for line in table.lines]
    missing = [str(declared[key]) for key in sorted(declared.keys() - set(written))]
    assert missing == [], f"{WRITE_IT}: {missing}"
    assert set(written) - declared.keys() == set()
    assert len(written) == len(set(written))


def test_the_lines_stand_in_the_order_of_the_alphabet(table):
    assert [two.key for one, two in pairwise(table.lines) if one.key > two.key] == []


def test_the_table_and_the_pages_say_the_same_of_who_may_open_them(table, declared):
    differing = {
        line.key: (line.who, declared[line.key].who)
        for line in table.lines
        if line.key in declared and line.who != declared[line.key].who
    }
    assert differing == {}


def test_the_table_and_the_pages_say_the_same_of_the_second_factor(table, declared):
    differing = {
        line.key: (line.factor, declared[line.key].factor)
        for line in table.lines
        if line.key in declared and line.factor != declared[line.key].factor
    }
    assert differing == {}


def test_the_table_names_the_objects_that_the_addresses_name(table, declared):
    differing = {
        line.key: (line.object, declared[line.key].object)
        for line in table.lines
        if line.key in declared and line.kinds != set(declared[line.key].object.split())
    }
    assert differing == {}
    assert {also for line in table.lines for also in line.also} <= KINDS | {"agency below"}


def test_only_what_is_sent_changes_anything(table):
    wrong = [
        str(line)
        for line in table.lines
        if line.effect not in {"read", "change"}
        or (line.method == "GET" and line.is_change and line.endpoint not in READS_THAT_CHANGE)
    ]
    assert wrong == []


def test_the_roles_hold_what_the_table_says(table):
    assert table.grants == {
        role.value: {permission.value for permission in held} for role, held in GRANTS.items()
    }


def test_every_permission_opens_a_page(table):
    used = {line.who for line in table.lines if line.needs_permission}
    assert used == {permission.value for permission in Permission}
