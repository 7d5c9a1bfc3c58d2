"""Who belongs to several agencies is counted once above them, and only above them is it known."""

import threading
from random import Random

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.domain.boards import total_of
from app.domain.dossiers import LEFT, Outcome, State
from app.domain.ids import new_id
from app.domain.overlaps import CountedFirst, find_overlaps
from app.domain.permissions import Role
from app.domain.results import DECIDED_STATES, Figures, Tally
from app.domain.settings import SettingName
from app.domain.unstated import Unstated
from app.persistence.database import db
from app.persistence.models import OverlapResult
from app.persistence.queries.boards import load_board
from app.persistence.queries.overlaps import lines_below, overlaps_below
from app.persistence.queries.results import count_marks
from app.persistence.queries.targets import unstated_by_kind
from app.persistence.unit_of_work import unit_of_work
from app.services.comparisons import compare_figures
from app.services.results import recompute_province
from app.services.settings import change_setting
from tenants.schema import TenantKind
from tests.builders.trees import Tree, any_facts
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    OTHER_PROVINCE,
    PROVINCE,
    THIS_YEAR,
    World,
)
from tests.isolation.walls import Standing as Walls
from tests.isolation.walls import standing


@pytest.fixture
def tree(world: World) -> Tree:
    return Tree(world)


@pytest.fixture
def two(tree: Tree) -> Tree:
    """Plant a department and a commune, side by side."""
    tree.plant("office", tree.root, TenantKind.DEPARTMENT)
    tree.plant("village", tree.root, TenantKind.COMMUNE)
    return tree


def board_of(tree, slug, year=THIS_YEAR, **narrowed):
    with tree.world.inside(slug) as key:
        return load_board(key, year, **narrowed)


def choose(tree, first):
    """Let the province choose which of two agencies counts somebody; return who chose."""
    admin = tree.world.make_account(tree.root, Role.TENANT_ADMIN).actor()
    with tree.world.inside(tree.root), unit_of_work():
        change_setting(SettingName.COUNTED_FIRST, first.value, source="Công văn 12", by=admin)
    return admin


def ones_counted(tree, slug, standings, rule):
    """Return of each human being below the one dossier that comes first."""
    below = tree.below(slug)
    first = {}
    for one in sorted(standings, key=lambda each: each.precedence(rule), reverse=True):
        if one.agency in below:
            first[one.identity_id] = one
    return first.values()


def counted_once(ones):
    """Count plainly."""
    return Figures.of(
        Tally(
            state=one.state,
            outcome=one.outcome,
            people=1,
            outstanding=int(one.is_outstanding),
            with_digital_skills=int(bool(one.has_digital_skills)),
            digitally_fluent=int(bool(one.is_digitally_fluent)),
        )
        for one in ones
    )


def unstated_once(ones):
    """Count plainly of how many recognised people something was not stated."""
    found = {}
    for one in ones:
        if one.state in DECIDED_STATES and one.outcome is Outcome.RECOGNISED:
            of = found.get(one.kind, Unstated())
            found[one.kind] = Unstated(
                skills=of.skills + (one.has_digital_skills is None),
                fluency=of.fluency
                + (one.has_digital_skills is True and one.is_digitally_fluent is None),
            )
    return found


def assert_counted_once(tree, year, standings, rule=CountedFirst.WORKPLACE):
    standings = [one for one in standings if one.state not in LEFT]
    for slug in tree.ids:
        board = board_of(tree, slug, year)
        below = [one for one in standings if one.agency in tree.below(slug)]
        assert board.total.eligible == len({one.identity_id for one in below})
        ones = ones_counted(tree, slug, standings, rule)
        assert board.total == counted_once(ones)
        assert board.total == total_of(line.figures for line in board.lines) - board.overlap
        assert board.total == total_of(board.by_group.values()) == total_of(board.by_kind.values())
        assert board.years.get(year, Figures()) == board.total
        with tree.world.inside(slug) as key:
            stored, lines = overlaps_below(key, year), lines_below(key)
            unstated = unstated_by_kind(key, year)
        found = find_overlaps([one for one in below if one.agency in lines], lines, rule)
        assert stored == {place: Figures.of(tallies) for place, tallies in found.items()}
        expected = unstated_once(ones)
        for kind in TenantKind:
            assert unstated.get(kind, Unstated()) == expected.get(kind, Unstated())


@pytest.mark.parametrize("rule", CountedFirst)
@pytest.mark.parametrize("seed", range(4))
def test_every_ancestor_counts_every_human_being_once(tree, seed, rule):
    chance, year = Random(seed), 2040  # noqa: S311
    tree.grow(chance, agencies=7)
    admin = choose(tree, rule)
    standings = []
    for _ in range(12):
        identity = new_id()
        agencies = chance.sample(sorted(tree.ids), k=chance.choice((1, 2, 2, 3, 4)))
        standings += [tree.put(slug, year, identity, **any_facts(chance)) for slug in agencies]
    tree.recompute(chance.sample(sorted(tree.ids), k=len(tree.ids)), year)
    assert_counted_once(tree, year, standings, rule)
    # At once or one by one, and counted from the dossiers while somebody waits: all the same.
    with tree.world.inside(tree.root), unit_of_work():
        assert recompute_province(year) == []
        assert not compare_figures(year, by=admin).differences
    # Then some leave, and only their own agencies are recomputed.
    slugs = {agency: slug for slug, agency in tree.ids.items()}
    gone = chance.sample(standings, k=5)
    for one in gone:
        tree.remove(one)
    tree.recompute({slugs[one.agency] for one in gone}, year)
    assert_counted_once(tree, year, [one for one in standings if one not in gone], rule)


def test_workplace_comes_before_residence_and_taking_part_before_being_listed(two):
    at_work, at_home = new_id(), new_id()
    two.put("office", THIS_YEAR, at_work)
    two.put("village", THIS_YEAR, at_work, state=State.PUBLISHED, outcome=Outcome.RECOGNISED)
    two.put("office", THIS_YEAR, at_home, state=State.LISTED)
    two.put("village", THIS_YEAR, at_home)
    two.recompute(["office", "village"], THIS_YEAR)
    found = {
        (one.pair.agency, one.pair.kept_at): one.figures for one in board_of(two, two.root).overlaps
    }
    assert found[("village", "office")].recognised == 1
    assert found[("office", "village")].registered == 0
    total = board_of(two, two.root).total
    assert (total.eligible, total.registered, total.recognised) == (2, 2, 0)


def test_where_two_agencies_meet_below_the_province_both_levels_count_once(tree):
    tree.plant("district", tree.root, TenantKind.PROVINCE)
    tree.plant("school", "district", TenantKind.ORGANISATION)
    tree.plant("village", "district", TenantKind.COMMUNE)
    identity = new_id()
    for slug in ("school", "village"):
        tree.put(slug, THIS_YEAR, identity)
    tree.recompute(["village", "school"], THIS_YEAR)
    assert board_of(tree, "district").total.eligible == 1
    assert board_of(tree, tree.root).total.eligible == 1
    (one,) = board_of(tree, "district").overlaps
    assert (one.pair.agency, one.pair.kept_at) == ("village", "school")


@pytest.fixture
def shared(two):
    """Let one human being stand in both agencies, and recompute."""
    identity = new_id()
    at_work = two.put("office", THIS_YEAR, identity)
    at_home = two.put("village", THIS_YEAR, identity)
    two.recompute(["office", "village"], THIS_YEAR)
    return two, at_work, at_home


def test_who_leaves_one_agency_is_counted_at_the_other_again_without_its_help(shared):
    tree, at_work, _ = shared
    assert board_of(tree, tree.root).total.eligible == 1
    tree.move(at_work, State.WITHDRAWN)
    tree.recompute(["office"], THIS_YEAR)
    board = board_of(tree, tree.root)
    assert (board.total.eligible, board.overlaps) == (1, ())


def test_no_more_is_taken_off_than_the_figures_of_an_agency_hold(shared):
    """The village has moved on, its figures have not: the office's recomputation waits for it."""
    tree, at_work, at_home = shared
    tree.move(at_home, State.SUBMITTED)
    tree.recompute(["office"], THIS_YEAR)
    assert board_of(tree, tree.root).overlap == Figures(eligible=1, registered=1)
    assert board_of(tree, tree.root).total.self_assessed == 0
    tree.recompute(["village"], THIS_YEAR)
    assert board_of(tree, tree.root).overlap.self_assessed == 1
    assert at_work.identity_id == at_home.identity_id


def test_who_turns_out_to_be_somebody_known_marks_the_figures(shared):
    tree, at_work, _ = shared
    other = tree.put("village", THIS_YEAR, new_id())
    tree.recompute(["village"], THIS_YEAR)
    known = tree.put("office", THIS_YEAR, new_id())
    tree.recompute(["office"], THIS_YEAR)
    with tree.world.app.app_context(), tree.world.owner(), unit_of_work():
        db.session.execute(
            text("UPDATE person SET identity_id = :known WHERE identity_id = :other"),
            {"known": known.identity_id, "other": other.identity_id},
        )
    with tree.world.inside("village"):
        assert count_marks(THIS_YEAR) == 1
    tree.recompute(["village"], THIS_YEAR)
    assert board_of(tree, tree.root).overlap.eligible == 2
    assert at_work.identity_id != known.identity_id


def seen_from(tree, slug):
    """Return how many rows an agency sees through the ORM, and past it."""
    with tree.world.inside(slug):
        through = len(db.session.scalars(select(OverlapResult.tenant_id)).all())
        past = db.session.execute(text("SELECT count(*) FROM overlap_result")).scalar_one()
    return through, past


@pytest.mark.parametrize("slug", ["office", "village", COMMUNE, DEPARTMENT, PROVINCE])
def test_nobody_but_those_above_both_learns_of_an_overlap(shared, slug):
    tree = shared[0]
    assert seen_from(tree, OTHER_PROVINCE) == (1, 1)
    assert seen_from(tree, slug) == (0, 0)


def test_either_wall_alone_keeps_an_overlap_from_both_agencies(shared, config):
    tree = shared[0]
    for walls in Walls:
        with standing(walls, config.owner_database_url):
            assert [seen_from(tree, slug)[0] for slug in ("office", "village", tree.root)] == [
                0,
                0,
                1,
            ]


def test_the_agencies_own_figures_do_not_change(shared):
    tree = shared[0]
    for slug in ("office", "village"):
        assert board_of(tree, slug).total.eligible == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM overlap",
        "DELETE FROM overlap",
        "DELETE FROM overlap_result",
        "UPDATE overlap_result SET people = 0",
        "INSERT INTO overlap_result (year) SELECT year FROM overlap_result",
    ],
)
def test_nobody_reads_who_it_is_or_writes_how_many_they_are(shared, statement):
    with shared[0].world.inside(OTHER_PROVINCE), pytest.raises(DBAPIError, match="denied"):
        db.session.execute(text(statement))


def test_recomputations_of_agencies_that_share_people_never_stop_each_other(two):
    standings = []
    for _ in range(6):
        identity = new_id()
        standings += [two.put(slug, THIS_YEAR, identity) for slug in ("office", "village")]
    failures = []

    def work(*slugs):
        try:
            for _ in range(8):
                two.recompute(slugs, THIS_YEAR)
        except DBAPIError as error:
            failures.append(error)

    orders = [("office", "village"), ("village", "office"), ("village",), ("office",)]
    workers = [threading.Thread(target=work, args=order) for order in orders]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert failures == []
    assert not any(worker.is_alive() for worker in workers)
    assert_counted_once(two, THIS_YEAR, standings)


def test_a_board_of_one_kind_or_group_takes_off_what_that_kind_or_group_counts_twice(shared):
    tree = shared[0]
    assert board_of(tree, tree.root, kind=TenantKind.COMMUNE).total.eligible == 0
    assert board_of(tree, tree.root, kind=TenantKind.DEPARTMENT).total.eligible == 1
    assert board_of(tree, tree.root, group=3).total.eligible == 1
    assert board_of(tree, tree.root, group=1).overlaps == ()
    assert board_of(tree, tree.root).alone().overlap == Figures()


def test_what_was_not_stated_is_told_of_agencies_below_alone(two):
    recognised = {"state": State.PUBLISHED, "outcome": Outcome.RECOGNISED}
    two.put("office", THIS_YEAR, new_id(), **recognised)
    office = two.world.key_of("office")
    for slug, told in ((two.root, 1), ("office", 1), ("village", 0), (PROVINCE, 0)):
        with two.world.inside(slug):
            found = unstated_by_kind(office, THIS_YEAR)
        assert sum(one.skills for one in found.values()) == told
    with two.world.inside(two.root) as root:
        assert unstated_by_kind(root, THIS_YEAR, is_alone=True) == {}
        assert unstated_by_kind(office, THIS_YEAR - 1) == {}


def test_a_year_knows_its_own_overlaps_only(shared):
    tree = shared[0]
    with tree.world.inside(tree.root):
        years = select(OverlapResult.year, func.count()).group_by(OverlapResult.year)
        assert db.session.execute(years).all() == [(THIS_YEAR, 1)]
