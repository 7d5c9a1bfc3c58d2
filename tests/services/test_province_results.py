"""A province counted at once has the figures that its agencies have, counted one by one."""

from random import Random

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.domain.dossiers import State
from app.domain.ids import new_id
from app.persistence.database import db
from app.persistence.models import RollupMark
from app.persistence.queries.boards import load_board
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_province
from tests.builders.trees import Tree, any_facts
from tests.builders.world import DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR, World


LANG_SON = 20
YEARS = (THIS_YEAR - 1, THIS_YEAR)
FIGURES = {
    "unit_result": "*",
    "overlap": "*",
    "overlap_result": "*",
    "result_status": "tenant_id, year, last_decided_at, completed_at",
}


@pytest.fixture
def tree(world: World) -> Tree:
    """Plant a province with agencies on several levels, whose people belong to one or to many."""
    tree, chance = Tree(world), Random(7)  # noqa: S311
    tree.grow(chance, agencies=6)
    for _ in range(15):
        identity, year = new_id(), chance.choice(YEARS)
        for slug in chance.sample(sorted(tree.ids), k=chance.choice((1, 2, 3))):
            tree.put(slug, year, identity, **any_facts(chance))
    run(
        tree,
        "UPDATE dossier SET decided_at = now() - interval '2 days', published_at = now()"
        " WHERE state IN ('published', 'appealed')",
    )
    return tree


def run(tree, statement):
    with tree.world.app.app_context(), tree.world.owner(), unit_of_work():
        db.session.execute(text(statement))


def stored(tree, columns=FIGURES):
    """Return every figure of the province past the walls, but for years without a decision."""
    with tree.world.app.app_context(), tree.world.owner():
        return {
            table: sorted(repr(row) for row in db.session.execute(text(question(table, names))))
            for table, names in columns.items()
        }


def question(table, names):
    where = " AND last_decided_at IS NOT NULL" if table == "result_status" else ""
    return f"SELECT {names} FROM {table} WHERE province_id = {LANG_SON}{where}"  # noqa: S608


def forget(tree):
    for table in FIGURES:
        run(tree, f"DELETE FROM {table}")  # noqa: S608


def count_all(tree, year=None, slug=None):
    with tree.world.inside(slug or tree.root), unit_of_work():
        return recompute_province(year)


def count_one_by_one(tree):
    for year in YEARS:
        tree.recompute(sorted(tree.ids), year)


def test_counted_at_once_or_one_by_one_the_figures_are_the_same(tree):
    count_one_by_one(tree)
    one_by_one = stored(tree)
    assert all(one_by_one.values())
    forget(tree)
    count_all(tree)
    assert stored(tree) == one_by_one
    forget(tree)
    for year in YEARS:
        count_all(tree, year)
    assert stored(tree) == one_by_one


def test_what_stands_right_is_not_written_again(tree):
    count_one_by_one(tree)
    versions = {"unit_result": "xmin, *", "overlap": "xmin, *"}
    before = stored(tree, versions)
    assert count_all(tree) == []
    assert stored(tree, versions) == before


def test_what_stood_wrong_is_named_and_put_right(tree):
    count_one_by_one(tree)
    right = stored(tree)
    agency = tree.ids["tree-3"]
    run(
        tree,
        f"UPDATE unit_result SET people = people + 1 WHERE tenant_id = '{agency}'"  # noqa: S608
        f" AND year = {THIS_YEAR}",
    )
    run(tree, "DELETE FROM overlap WHERE kept_at <> counted_at")
    run(tree, "UPDATE overlap_result SET people = people + 1")
    found = count_all(tree)
    assert (agency, THIS_YEAR) in {(one.tenant_id, one.year) for one in found}
    assert stored(tree) == right


def test_the_marks_of_all_agencies_are_taken_and_their_fences_follow(tree):
    count_one_by_one(tree)
    standing = tree.put("tree-1", THIS_YEAR, new_id())
    tree.move(standing, State.SUBMITTED)
    with tree.world.inside(tree.root):
        newest = db.session.scalars(select(RollupMark.id)).one()
    assert {one.tenant_id for one in count_all(tree)} == {tree.ids["tree-1"]}
    with tree.world.inside(tree.root):
        assert db.session.scalars(select(RollupMark.id)).all() == []
        fence = text("SELECT fence FROM result_status WHERE tenant_id = :id AND year = :year")
        values = {"id": tree.ids["tree-1"], "year": THIS_YEAR}
        assert db.session.execute(fence, values).scalar_one() == newest


def test_one_year_leaves_the_others_alone(tree):
    count_one_by_one(tree)
    run(tree, "UPDATE unit_result SET people = people + 1")
    assert {one.year for one in count_all(tree, THIS_YEAR)} == {THIS_YEAR}
    assert {one.year for one in count_all(tree)} == {THIS_YEAR - 1}


def test_only_who_stands_above_all_agencies_counts_them_all(tree):
    for slug in ("tree-0", DEPARTMENT):
        with pytest.raises(DBAPIError, match="only who stands above all"):
            count_all(tree, slug=slug)


def test_another_province_is_not_counted(tree):
    tree.put(tree.root, THIS_YEAR, new_id())
    count_all(tree, slug=PROVINCE)
    assert not any(stored(tree).values())
    with tree.world.inside(OTHER_PROVINCE) as key:
        assert load_board(key, THIS_YEAR).total.eligible == 0
