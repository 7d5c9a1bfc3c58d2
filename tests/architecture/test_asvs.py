"""The list of what ASVS 5.0.0 asks for at level 2 is whole, and says nothing that is not there."""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

from app.persistence import models
from app.persistence.database import db


LIST = Path("tests/asvs.csv")
SECURITY = Path("app/SECURITY.md")
APPLICABLE = 186
# How many items each section of the standard has at levels 1 and 2, in the order of its numbers.
SECTIONS = (
    "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2"
    " 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4"
    " 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4"
    " 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4"
    " 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4"
    " 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2"
)
STATUSES = {"test", "document", "not-applicable", "open"}


@cache
def items():
    with LIST.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def names_in(path):
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@cache
def anchors_of(path):
    headings = re.findall(r"^#+ (.+)$", Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


def proofs(status):
    return [(one["item"], one["proof"]) for one in items() if one["status"] == status]


def test_every_item_is_there_once():
    wanted = [
        f"{section}.{number}"
        for section, count in (one.split(":") for one in SECTIONS.split())
        for number in range(1, int(count) + 1)
    ]
    assert [one["item"] for one in items()] == wanted
    assert Counter(one["level"] for one in items()) == {"1": 70, "2": 183}


def test_every_item_says_in_a_few_words_what_it_is_about_and_where_it_stands():
    assert [one["item"] for one in items() if not 1 <= len(one["about"].split()) <= 12] == []
    assert {one["status"] for one in items()} <= STATUSES
    assert [one["item"] for one in items() if not one["proof"].strip()] == []


def test_every_test_that_is_named_is_there():
    missing = []
    for item, proof in proofs("test"):
        path, _, name = proof.partition("::")
        if not Path(path).is_file() or name not in names_in(path):
            missing.append((item, proof))
    assert missing == []


def test_every_heading_that_is_named_is_there():
    missing = []
    for item, proof in proofs("document"):
        path, _, anchor = proof.partition("#")
        if not Path(path).is_file() or anchor not in anchors_of(path):
            missing.append((item, proof))
    assert missing == []


def test_as_many_items_apply_as_were_counted(capsys):
    counted = Counter(one["status"] for one in items())
    assert len(items()) - counted["not-applicable"] == APPLICABLE
    with capsys.disabled():
        print(f"\n{summary()}")  # noqa: T201  (a figure for whoever runs it)


def summary():
    """Return the figure: how many of the items that apply are linked to a proof."""
    by = Counter(one["status"] for one in items())
    linked = by["test"] + by["document"]
    return f"asvs {linked}/{APPLICABLE} ({by['test']} by test, {by['document']} by document)"


def classes():
    """Return which class each column has by the table of the document, every class it is in."""
    found = {}
    for line in (
        SECURITY.read_text(encoding="utf-8").partition("| table | public |")[2].splitlines()
    ):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and not cells[0].startswith("-"):
            for words in cells[1:]:
                for column in words.split():
                    found.setdefault((cells[0], column), []).append(column)
        elif found and not line.startswith("|"):
            break
    return {key: len(names) for key, names in found.items() if key[1] != "–"}


def test_every_column_of_every_table_is_classified():
    assert models
    columns = {
        (name, column.name)
        for name, table in db.metadata.tables.items()
        for column in table.columns
    }
    classified = classes()
    assert sorted(columns - classified.keys()) == [], "classify them in app/SECURITY.md"
    assert sorted(classified.keys() - columns) == []
    assert [key for key, times in classified.items() if times != 1] == []
