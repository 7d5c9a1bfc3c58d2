"""Of several places where somebody stands, one is counted; which, does not depend on chance."""

from itertools import permutations
from uuid import UUID

from app.domain.dossiers import LEFT, State
from app.domain.overlaps import (
    FURTHEST,
    CountedFirst,
    Place,
    Standing,
    choose_first,
    counted_first,
    find_overlaps,
    first_open_year,
)
from tenants.schema import TenantKind


SOMEBODY, PROVINCE, DISTRICT, SCHOOL, OFFICE, VILLAGE = (UUID(int=number) for number in range(6))
LINES = {
    PROVINCE: (PROVINCE,),
    DISTRICT: (DISTRICT, PROVINCE),
    SCHOOL: (SCHOOL, DISTRICT, PROVINCE),
    OFFICE: (OFFICE, PROVINCE),
    VILLAGE: (VILLAGE, DISTRICT, PROVINCE),
}


def stand(agency, kind=TenantKind.DEPARTMENT, state=State.REGISTERED):
    return Standing(
        identity_id=SOMEBODY,
        dossier_id=UUID(int=100 + agency.int),
        agency=agency,
        kind=kind,
        group=3,
        state=state,
        outcome=None,
    )


def test_every_state_has_its_turn_but_those_of_people_who_left():
    assert set(FURTHEST) == set(State) - LEFT
    assert len(FURTHEST) == len(set(FURTHEST))


def test_each_agency_takes_somebody_off_where_it_first_meets_a_better_one():
    standings = [
        stand(OFFICE, state=State.PUBLISHED),
        stand(SCHOOL),
        stand(VILLAGE, TenantKind.COMMUNE, State.PUBLISHED),
    ]
    for order in permutations(standings):
        assert set(find_overlaps(order, LINES)) == {
            Place(SCHOOL, OFFICE, PROVINCE, 3),
            Place(VILLAGE, SCHOOL, DISTRICT, 3),
        }


def test_who_left_or_stands_alone_is_no_overlap():
    alone = [stand(OFFICE), stand(VILLAGE, TenantKind.COMMUNE, State.WITHDRAWN)]
    assert find_overlaps(alone, LINES) == {}


def test_an_agency_outside_the_line_that_is_looked_at_is_no_better_place():
    lines = {SCHOOL: (SCHOOL, DISTRICT), OFFICE: (OFFICE,)}
    assert find_overlaps([stand(SCHOOL), stand(OFFICE)], lines) == {}


def test_a_province_may_count_at_home_first_but_nobody_where_they_are_only_listed():
    home = stand(VILLAGE, TenantKind.COMMUNE)
    for order in permutations([stand(OFFICE, state=State.PUBLISHED), stand(SCHOOL), home]):
        assert set(find_overlaps(order, LINES, CountedFirst.HOME)) == {
            Place(OFFICE, VILLAGE, PROVINCE, 3),
            Place(SCHOOL, VILLAGE, DISTRICT, 3),
        }
    listed = stand(VILLAGE, TenantKind.COMMUNE, State.LISTED)
    found = find_overlaps([listed, stand(OFFICE)], LINES, CountedFirst.HOME)
    assert set(found) == {Place(VILLAGE, OFFICE, PROVINCE, 3)}


def test_where_nobody_has_chosen_the_workplace_comes_first():
    assert counted_first((), 2026) is CountedFirst.WORKPLACE


def test_a_choice_leaves_closed_years_as_they_were_counted():
    home, work = CountedFirst.HOME, CountedFirst.WORKPLACE
    choices = choose_first((), home, since=first_open_year(2024))
    choices = choose_first(choices, work, since=first_open_year(2026))
    by_year = [counted_first(choices, year) for year in range(2023, 2029)]
    assert by_year == [work, work, home, home, work, work]


def test_choosing_anew_before_a_year_has_closed_takes_the_place_of_the_last_choice():
    choices = choose_first((), CountedFirst.HOME, since=2025)
    assert choose_first(choices, CountedFirst.WORKPLACE, since=2025) == [
        {"from_year": 2025, "first": "workplace"}
    ]
    assert choose_first(choices, CountedFirst.HOME, since=2026) == choices
