"""Of several places where somebody stands, one is counted; which, does not depend on chance."""

from itertools import permutations
from uuid import UUID

from app.domain.dossiers import LEFT, State
from app.domain.overlaps import FURTHEST, Place, Standing, find_overlaps
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
