"""Official figures hold accepted versions and own decisions, and everybody once."""

from random import Random

import pytest
from sqlalchemy import text

from app.domain.dossiers import LEFT, Outcome, State
from app.domain.ids import new_id
from app.domain.overlaps import find_overlaps
from app.domain.refusals import RefusedError, Rule
from app.domain.reports import ReportEvent
from app.domain.results import DECIDED_STATES, Figures, Tally
from app.persistence.database import db
from app.persistence.queries.official_figures import official_of
from app.persistence.queries.reports import snapshots_of
from app.persistence.unit_of_work import unit_of_work
from app.services.report_reviews import recount_official
from app.services.results import recompute_result
from tenants.schema import TenantKind
from tests.builders.reporting import Desk
from tests.builders.trees import Tree, any_facts
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


@pytest.fixture
def desk(world):
    return Desk(world, DEPARTMENT)


@pytest.fixture
def tree(world):
    tree = Tree(world, PROVINCE)
    tree.adopt(DEPARTMENT, TenantKind.DEPARTMENT)
    tree.adopt(COMMUNE, TenantKind.COMMUNE)
    return tree


def official(world, slug=PROVINCE):
    with world.inside(slug) as key:
        return official_of(key, THIS_YEAR)


def recount(world, slug=PROVINCE):
    with world.inside(slug), unit_of_work():
        recount_official(THIS_YEAR)


def test_a_correction_is_a_further_version_and_the_first_counts_until_then(world, desk, tree):
    tree.put(DEPARTMENT, THIS_YEAR, new_id(), state=State.REGISTERED)
    desk.hand_in()
    desk.accept()
    assert official(world).total.eligible == 1
    tree.put(DEPARTMENT, THIS_YEAR, new_id(), state=State.REGISTERED)
    desk.recompute()
    assert official(world).total.eligible == 1
    desk.correct()
    assert official(world).total.eligible == 1
    with pytest.raises(RefusedError) as refused:
        desk.submit()
    assert refused.value.rule is Rule.REASON_NEEDED
    desk.submit(reason="Thêm một người")
    assert official(world).total.eligible == 1
    desk.accept()
    assert official(world).total.eligible == 2
    with world.inside(DEPARTMENT) as key:
        assert [one.version for one in snapshots_of(key, THIS_YEAR)] == [2, 1]


def test_opening_an_accepted_report_takes_it_off_the_official_figures(world, desk, tree):
    tree.put(DEPARTMENT, THIS_YEAR, new_id())
    desk.hand_in()
    desk.accept()
    desk.above_does(ReportEvent.REOPEN)
    assert official(world).total == Figures()
    desk.above_does(ReportEvent.RETURN, items=["Đã đăng ký"])
    desk.compile()
    desk.submit(reason="Đã rà soát")
    desk.accept()
    assert official(world).total.eligible == 1


def test_undoing_an_acceptance_lets_the_version_before_count_again(world, desk, tree):
    tree.put(DEPARTMENT, THIS_YEAR, new_id())
    desk.hand_in()
    desk.accept()
    tree.put(DEPARTMENT, THIS_YEAR, new_id())
    desk.recompute()
    desk.correct()
    desk.submit(reason="Thêm một người")
    desk.accept()
    assert official(world).total.eligible == 2
    desk.above_does(ReportEvent.REOPEN)
    assert official(world).total.eligible == 1
    desk.above_does(ReportEvent.RETURN, items=["Đã đăng ký"])
    with pytest.raises(RefusedError) as refused:
        desk.above_does(ReportEvent.WAIVE)
    assert refused.value.rule is Rule.REPORT_COUNTS_ABOVE
    desk.compile()
    desk.submit(reason="Đã rà soát")
    desk.accept()
    assert official(world).total.eligible == 2
    # The second acceptance was undone: it is the first that counts again.
    desk.above_does(ReportEvent.REOPEN)
    assert official(world).total.eligible == 1


def tally(one):
    return Tally(
        state=one.state,
        outcome=one.outcome,
        people=1,
        outstanding=int(one.is_outstanding),
        with_digital_skills=int(bool(one.has_digital_skills)),
        digitally_fluent=int(bool(one.is_digitally_fluent)),
    )


@pytest.mark.parametrize("seed", range(4))
def test_official_figures_are_accepted_versions_and_own_decisions_everybody_once(world, tree, seed):
    chance = Random(seed)  # noqa: S311 - people are put by chance
    people = [new_id() for _ in range(12)]
    desks = {slug: Desk(world, slug) for slug in (DEPARTMENT, COMMUNE)}
    frozen = []
    for slug, desk in desks.items():
        put = [
            tree.put(slug, THIS_YEAR, one, **any_facts(chance)) for one in chance.sample(people, 8)
        ]
        desk.hand_in()
        if chance.random() < 0.8:
            desk.accept()
            frozen += put
        for one in chance.sample(put, 3):
            tree.remove(one)
        tree.put(slug, THIS_YEAR, new_id(), **any_facts(chance))
    own = [
        tree.put(PROVINCE, THIS_YEAR, one, **any_facts(chance)) for one in chance.sample(people, 5)
    ]
    recount(world)
    counted = [one for one in frozen if one.state not in LEFT] + [
        one for one in own if one.state in DECIDED_STATES
    ]
    root = tree.ids[PROVINCE]
    lines = {agency: (agency, root) if agency != root else (root,) for agency in tree.ids.values()}
    twice = [each for tallies in find_overlaps(counted, lines).values() for each in tallies]
    seen = official(world)
    assert seen.total == Figures.of(map(tally, counted)) - Figures.of(twice)
    assert seen.total.eligible == len({one.identity_id for one in counted})
    assert seen.overlap == Figures.of(twice)


def test_the_worker_that_counts_an_agency_counts_its_own_decisions_officially_too(world, tree):
    tree.put(PROVINCE, THIS_YEAR, new_id(), state=State.PUBLISHED, outcome=Outcome.RECOGNISED)
    tree.recompute([PROVINCE], THIS_YEAR)
    assert official(world).total.recognised == 1


RECOGNISED = {"state": State.PUBLISHED, "outcome": Outcome.RECOGNISED}


def test_two_entries_that_turn_out_to_be_one_human_being_count_once_from_then_on(world, tree):
    one, other = new_id(), new_id()
    tree.put(DEPARTMENT, THIS_YEAR, one, **RECOGNISED)
    tree.put(COMMUNE, THIS_YEAR, other, **RECOGNISED)
    for desk in (Desk(world, DEPARTMENT), Desk(world, COMMUNE)):
        desk.hand_in()
        desk.accept()
    assert official(world).total.recognised == 2
    with world.app.app_context(), world.owner(), unit_of_work():
        for table in ("person", "dossier"):
            db.session.execute(
                text(f"UPDATE {table} SET identity_id = :one WHERE identity_id = :other"),  # noqa: S608
                {"one": one, "other": other},
            )
    with world.inside(PROVINCE), unit_of_work():
        assert recompute_result(THIS_YEAR), "nobody asked for the sums above"
    assert official(world).total.recognised == 1


def test_who_left_for_another_agency_counts_officially_where_they_are(world, tree):
    somebody = new_id()
    left = tree.put(DEPARTMENT, THIS_YEAR, somebody, state=State.REGISTERED)
    first = Desk(world, DEPARTMENT)
    first.hand_in()
    first.accept()
    tree.move(left, State.TRANSFERRED)
    tree.put(COMMUNE, THIS_YEAR, somebody, **RECOGNISED)
    second = Desk(world, COMMUNE)
    second.hand_in()
    second.accept()
    with world.inside(PROVINCE), unit_of_work():
        recompute_result(THIS_YEAR)
    total = official(world).total
    assert (total.eligible, total.recognised) == (1, 1)
