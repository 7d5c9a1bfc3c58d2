"""Every domain word has a name that people can read."""

from enum import StrEnum

import pytest

from app.domain.refusals import Rule
from app.labels import words
from app.labels.refusals import RULES


TABLES = {
    name: table for name, table in vars(words).items() if isinstance(table, dict) and name.isupper()
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_every_member_has_a_label(table: dict[StrEnum, object]):
    members = type(next(iter(table)))
    assert set(table) == set(members)


def test_every_rule_has_a_sentence_and_an_advice():
    assert set(RULES) == set(Rule)
