"""A province counted at once has the figures that its agencies have, counted one by one."""

import threading
import time
from random import Random

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from app.domain.dossiers import State
from app.domain.ids import new_id
from app.domain.results import FIGURES as COUNTED
from app.persistence.database import db
from app.persistence.models import RollupMark
from app.persistence.queries.boards import load_board
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_province, recompute_result
from tests.builders.trees import Tree, any_facts
from tests.builders.world import DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR, World


LANG_SON = 20
YEARS = (THIS_YEAR - 1, THIS_YEAR)
FIGURES = {
    "unit_result": "*",
    "overlap": "*",
    "overlap_result": "*",
    "result_status": "tenant_id, year, last_decided_at, completed_at",
    "daily_result": "*",
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
        "UPDATE dossier SET decided_at = now() - interval '2 days', published_at = now(),"
        " entered_at = now() - interval '3 days', ruled_at = now() - interval '2 days'"
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


SUMS = {"agency_result": "*", "agency_overlap": "*"}
ALONE = (
    *(
        f"UPDATE {table} SET {name} = {name} + 1 WHERE ctid IN (SELECT max(ctid) FROM {table})"  # noqa: S608
        for table in SUMS
        for name in COUNTED
    ),
    # As many as before, elsewhere.
    "UPDATE agency_result SET recognised = not_recognised, not_recognised = recognised",
    "UPDATE agency_result SET eligible = 8000000",
    "UPDATE agency_result SET group_number = group_number + 10",
    "UPDATE agency_overlap SET group_number = group_number + 10",
    "DELETE FROM agency_result WHERE ctid IN (SELECT max(ctid) FROM agency_result)",
    "DELETE FROM agency_overlap",
)


def test_a_sum_that_was_changed_alone_is_named_and_put_right(tree):
    count_one_by_one(tree)
    right = stored(tree, SUMS)
    assert all(right.values())
    for harm in ALONE:
        run(tree, harm)
        assert count_all(tree), harm
        assert stored(tree, SUMS) == right, harm
        assert count_all(tree) == [], harm


def test_a_sum_of_another_province_is_left_alone(tree):
    count_one_by_one(tree)
    run(tree, "UPDATE agency_result SET eligible = eligible + 1")
    wrong = stored(tree, SUMS)
    assert count_all(tree, slug=PROVINCE) == []
    assert stored(tree, SUMS) == wrong
    assert {one.year for one in count_all(tree, THIS_YEAR)} == {THIS_YEAR}


WRONG = (
    # As many people as before, elsewhere.
    "UPDATE unit_result SET group_number = group_number + 10",
    "UPDATE unit_result SET outcome = outcome || '?' WHERE state = 'published'",
    "UPDATE unit_result SET outstanding = people - outstanding",
    (
        "UPDATE unit_result SET with_digital_skills = digitally_fluent,"
        " digitally_fluent = with_digital_skills"
    ),
    # One more of one kind and one fewer of another in the same row.
    "UPDATE unit_result SET people = people + 1, outstanding = outstanding - 1",
    # As many as a row holds.
    (
        "UPDATE unit_result SET people = 8000000, outstanding = 8000000,"
        " with_digital_skills = 8000000, digitally_fluent = 8000000"
        " WHERE ctid IN (SELECT min(ctid) FROM unit_result)"
    ),
    # Rows of nobody, beside others and in a year in which there are none.
    (
        "INSERT INTO unit_result SELECT DISTINCT ON (tenant_id, year) province_id, tenant_id, year,"
        " unit_id, 9, state, '', 0, 0, 0, 0 FROM unit_result"
    ),
    (
        "INSERT INTO unit_result SELECT DISTINCT ON (tenant_id) province_id, tenant_id, 2035,"
        " unit_id, 1, 'listed', '', 0, 0, 0, 0 FROM unit_result"
    ),
    "DELETE FROM unit_result WHERE state = 'published'",
    "UPDATE overlap_result SET digitally_fluent = digitally_fluent + 1",
    "UPDATE overlap_result SET group_number = group_number + 10",
    (
        "INSERT INTO overlap_result (province_id, tenant_id, year, kept_at, counted_at,"
        " group_number, state, outcome, people, outstanding, with_digital_skills, digitally_fluent)"
        " SELECT DISTINCT ON (tenant_id, year, kept_at) province_id, tenant_id, year, kept_at,"
        " counted_at, 9, state, '', 0, 0, 0, 0 FROM overlap_result"
    ),
    "DELETE FROM overlap_result",
)
UNSAID = (
    "UPDATE result_status SET last_decided_at = now() - interval '1 year'",
    "UPDATE result_status SET completed_at = CASE WHEN completed_at IS NULL THEN now() END",
    "DELETE FROM result_status",
    "UPDATE daily_result SET people = people + 1",
    "UPDATE daily_result SET counted_on = counted_on + 1",
    "DELETE FROM daily_result",
    "UPDATE overlap SET kept_at = tenant_id",
    "UPDATE overlap SET is_outstanding = NOT is_outstanding",
    "UPDATE overlap SET has_digital_skills = CASE WHEN has_digital_skills IS NULL THEN false END",
    (
        "UPDATE overlap SET is_digitally_fluent = has_digital_skills,"
        " has_digital_skills = is_digitally_fluent"
    ),
    "DELETE FROM overlap",
)


def test_whichever_way_something_stands_wrong_it_is_put_right(tree):
    """Figures of people are named; when a year ended and what a day brought are not."""
    count_one_by_one(tree)
    right = stored(tree)
    for statement in (*WRONG, *UNSAID):
        run(tree, statement)
        assert stored(tree) != right, statement
        assert bool(count_all(tree)) == (statement in WRONG), statement
        assert stored(tree) == right, statement
        assert count_all(tree) == [], statement


def test_where_nothing_has_changed_nothing_is_written_and_when_it_was_computed_stays(tree):
    count_one_by_one(tree)
    versions = dict.fromkeys(FIGURES, "xmin, *")
    before = stored(tree, versions)
    assert count_all(tree) == []
    assert stored(tree, versions) == before


def test_where_marks_waited_it_is_computed_now_even_if_the_figures_were_right(tree):
    count_one_by_one(tree)
    count_all(tree)
    agency = tree.ids["tree-2"]
    before = moments(tree)
    run(
        tree,
        "INSERT INTO rollup_mark (province_id, tenant_id, year)"  # noqa: S608
        f" VALUES ({LANG_SON}, '{agency}', {THIS_YEAR})",
    )
    assert count_all(tree) == []
    later = moments(tree)
    assert {key for key, moment in later.items() if moment != before[key]} == {(agency, THIS_YEAR)}


def moments(tree):
    with tree.world.app.app_context(), tree.world.owner():
        rows = db.session.execute(text("SELECT tenant_id, year, computed_at FROM result_status"))
        return {(agency, year): moment for agency, year, moment in rows}


def test_a_year_that_is_opened_is_known_before_anybody_stands_in_it(tree):
    count_one_by_one(tree)
    agency = tree.ids["tree-1"]
    run(
        tree,
        "INSERT INTO cycle (province_id, tenant_id, id, year, registration_opens_on)"  # noqa: S608
        f" VALUES ({LANG_SON}, '{agency}', gen_random_uuid(), 2036, '2036-01-01')",
    )
    assert count_all(tree) == []
    assert (agency, 2036) in moments(tree)


def test_a_mark_that_comes_during_the_work_stays_for_the_next(tree, config):
    """The count waits where overlaps are held against each other, and a dossier moves meanwhile."""
    standing = tree.put("tree-1", THIS_YEAR, new_id())
    count_one_by_one(tree)
    counting = threading.Thread(target=count_all, args=(tree,))
    engine = create_engine(config.owner_database_url)
    with engine.connect() as obstacle:
        obstacle.execute(text("LOCK TABLE overlap IN ACCESS EXCLUSIVE MODE"))
        counting.start()
        while not obstacle.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            time.sleep(0.05)
        obstacle.execute(text(MOVED), {"id": standing.dossier_id})
        obstacle.commit()
    engine.dispose()
    counting.join(timeout=20)
    assert marked(tree) == [tree.ids["tree-1"]]
    assert {one.tenant_id for one in count_all(tree)} == {tree.ids["tree-1"]}
    assert marked(tree) == []
    right = stored(tree)
    count_one_by_one(tree)
    assert stored(tree) == right


def test_while_a_province_is_counted_no_agency_is_and_its_mark_waits(tree, config):
    count_one_by_one(tree)
    tree.move(tree.put("tree-1", THIS_YEAR, new_id()), State.SUBMITTED)
    engine = create_engine(config.owner_database_url)
    with engine.begin() as province:
        province.execute(text(f"SELECT pg_advisory_xact_lock(13, {LANG_SON})"))
        with tree.world.inside("tree-1"), unit_of_work():
            assert not recompute_result(THIS_YEAR)
    engine.dispose()
    assert marked(tree) == [tree.ids["tree-1"]]
    with tree.world.inside("tree-1"), unit_of_work():
        assert recompute_result(THIS_YEAR)
    assert marked(tree) == []


def test_while_an_agency_is_counted_its_province_waits(tree, config):
    count_one_by_one(tree)
    counting = threading.Thread(target=count_all, args=(tree,))
    engine = create_engine(config.owner_database_url)
    with engine.connect() as looking, tree.world.inside("tree-1"):
        with unit_of_work():
            recompute_result(THIS_YEAR, is_forced=True)
            counting.start()
            has_waited = False
            while counting.is_alive() and not has_waited:
                has_waited = looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        counting.join(timeout=20)
    engine.dispose()
    assert has_waited
    assert not counting.is_alive()


MOVED = """
    WITH moved AS (
        UPDATE dossier SET state = 'submitted' WHERE id = :id
        RETURNING province_id, tenant_id, year
    )
    INSERT INTO rollup_mark (province_id, tenant_id, year) TABLE moved
"""


def marked(tree):
    with tree.world.inside(tree.root):
        return db.session.scalars(select(RollupMark.tenant_id)).all()


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
