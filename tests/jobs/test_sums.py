"""What is shown as a sum, and what is shown officially, is held against what it is made of."""

import pytest

from app.domain.alarms import MACHINE, AlarmKind
from app.domain.audit import Act
from app.domain.comparisons import Against
from app.domain.dossiers import Event, State
from app.domain.explanations import Counted
from app.domain.periodic import Periodic, RunOutcome
from app.domain.permissions import Role
from app.labels.comparisons import sentences_about
from app.persistence.queries.boards import load_board
from app.persistence.queries.official_figures import official_of
from app.persistence.queries.results import figures_by_year
from app.persistence.unit_of_work import unit_of_work
from app.services.comparisons import compare_figures, compare_official
from app.services.reconciliation import find_differences
from app.services.results import recompute_result
from tests.builders.figures import Office
from tests.builders.reporting import Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR
from tests.jobs.test_periodic import acts, alarms, by_owner, found_by, night


__all__ = ["by_owner", "night"]

HARMS = (
    (
        (
            "UPDATE agency_result SET eligible = eligible + 41 FROM tenant"
            " WHERE tenant.id = tenant_id AND kind = 'department'"
        ),
        (DEPARTMENT, AlarmKind.FIGURES_REPAIRED, 1),
    ),
    (
        (
            "DELETE FROM agency_result USING tenant"
            " WHERE tenant.id = tenant_id AND kind = 'department'"
        ),
        (DEPARTMENT, AlarmKind.FIGURES_REPAIRED, 1),
    ),
    # Where no row of figures is that a statement could change.
    (
        (
            "INSERT INTO agency_result SELECT tenant.province_id, parent_id, year, group_number,"
            " 41, 41, 41, 41, 41, 41, 41, 41, 41, 41"
            " FROM agency_result JOIN tenant ON tenant.id = tenant_id LIMIT 1"
        ),
        (PROVINCE, AlarmKind.FIGURES_REPAIRED, 1),
    ),
    (
        "UPDATE agency_overlap SET eligible = eligible + 41",
        (PROVINCE, AlarmKind.OVERLAPS_REPAIRED, 1),
    ),
    ("DELETE FROM agency_overlap", (PROVINCE, AlarmKind.OVERLAPS_REPAIRED, 1)),
    (
        "UPDATE official_result SET people = people + 41 WHERE is_overlap",
        (PROVINCE, AlarmKind.OFFICIAL_REPAIRED, 1),
    ),
    ("DELETE FROM official_result", (PROVINCE, AlarmKind.OFFICIAL_REPAIRED, 3)),
)
NAMES = {DEPARTMENT: "Sở Công Thương", PROVINCE: "Hội Khuyến học tỉnh Lai Châu"}
AGAINST = {
    AlarmKind.FIGURES_REPAIRED: Against.UNITS,
    AlarmKind.OVERLAPS_REPAIRED: Against.OVERLAPS,
    AlarmKind.OFFICIAL_REPAIRED: Against.VERSIONS,
}


@pytest.fixture
def accepted(world):
    """Accept two reports with one human being in both."""
    put_somebody_into_both(world)
    for slug in (DEPARTMENT, COMMUNE):
        desk = Desk(world, slug)
        desk.hand_in()
        desk.accept()
    return shown(world)


def shown(world):
    with world.inside(PROVINCE) as key:
        return (
            load_board(key, THIS_YEAR).total,
            figures_by_year(key)[THIS_YEAR],
            official_of(key, THIS_YEAR).total,
        )


def work(world, slug):
    with world.inside(slug), unit_of_work():
        assert recompute_result(THIS_YEAR)


def test_the_night_repairs_what_was_changed_alone_and_tells_of_it(
    world, app, night, by_owner, accepted
):
    for number, (harm, (slug, kind, places)) in enumerate(HARMS, 1):
        by_owner(harm)
        assert shown(world) != accepted, harm
        night()
        assert shown(world) == accepted, harm
        # What the night before repaired is not found again.
        assert found_by(app, Periodic.RECONCILE) == (RunOutcome.DONE, places), harm
        raised = alarms(world, PROVINCE)
        assert len(raised) == number
        assert raised[0] == (slug, kind, THIS_YEAR, places)
        facts = {"found": places, "year": THIS_YEAR}
        assert (MACHINE, facts) in acts(world, slug, Act(kind.value))
    for slug in (PROVINCE, DEPARTMENT, COMMUNE):
        with world.inside(slug):
            assert find_differences(THIS_YEAR).places == 0


def test_a_comparison_names_the_agency_and_has_it_computed_again(world, by_owner, accepted):
    reader = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    for harm, (slug, kind, places) in HARMS:
        assert not compare(world, reader).differences, harm
        by_owner(harm)
        found = compare(world, reader)
        assert {one.place.agency_id for one in found.differences} == {world.key_of(slug).tenant_id}
        assert {one.against for one in found.differences} == {AGAINST[kind]}, harm
        assert Counted.ELIGIBLE in {one.counted for one in found.differences}
        assert first_sentence(world, found).startswith(f"{NAMES[slug]}, "), harm
        # Whoever asks again before a worker came has nobody told twice.
        assert set(compare(world, reader).differences) <= set(found.differences)
        for told in {slug, PROVINCE}:
            assert alarms(world, told)[0] == (slug, kind, THIS_YEAR, places)
        assert alarms(world, COMMUNE) == []
        facts = {"found": places, "year": THIS_YEAR}
        assert (MACHINE, facts) in acts(world, slug, Act(kind.value))
        work(world, slug)
        assert shown(world) == accepted, harm
    assert not compare(world, reader).differences
    assert len(alarms(world, PROVINCE)) == len(HARMS)


def test_people_not_counted_once_are_told_of_where_both_agencies_meet(world, by_owner, accepted):
    reader = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    by_owner("DELETE FROM overlap; DELETE FROM overlap_result; DELETE FROM agency_overlap")
    assert compare(world, reader).differences
    [(slug, kind, year, _)] = alarms(world, PROVINCE)
    assert (slug, kind, year) == (PROVINCE, AlarmKind.OVERLAPS_REPAIRED, THIS_YEAR)
    assert alarms(world, DEPARTMENT) == alarms(world, COMMUNE) == []
    for slug in (PROVINCE, DEPARTMENT, COMMUNE):
        with world.inside(slug), unit_of_work():
            recompute_result(THIS_YEAR)
    assert shown(world) == accepted
    assert not compare(world, reader).differences


def compare(world, reader):
    with world.inside(PROVINCE), unit_of_work():
        return compare_figures(THIS_YEAR, by=reader)


def first_sentence(world, found):
    with world.app.test_request_context():
        return next(sentences_about(found))[0]


def test_a_sum_that_is_wrong_is_found_while_changes_wait(world, by_owner, accepted):
    office = Office(world, DEPARTMENT)
    dossier_id = office.make(State.PROPOSED)
    office.recompute()
    with world.inside(DEPARTMENT), unit_of_work():
        office.apply(dossier_id, Event.DECIDE)
    by_owner("UPDATE agency_result SET eligible = eligible + 41 WHERE group_number = 3")
    with world.inside(DEPARTMENT):
        assert find_differences(THIS_YEAR).figures > 0


def test_official_figures_counted_again_on_request_raise_the_alarm(world, by_owner, accepted):
    reader = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    by_owner("UPDATE official_result SET people = people + 41 WHERE NOT is_overlap")
    for _ in range(2):
        with world.inside(PROVINCE), unit_of_work():
            found = compare_official(THIS_YEAR, by=reader)
    assert not found
    [(slug, kind, year, places)] = alarms(world, PROVINCE)
    assert (slug, kind, year) == (PROVINCE, AlarmKind.OFFICIAL_REPAIRED, THIS_YEAR)
    assert places > 0
    assert shown(world) == accepted
