"""Last year's roster becomes this year's, but for those who no longer belong on it."""

from datetime import date

import pytest
from sqlalchemy import update

from app.domain.dossiers import Event, State
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.roster import NotCopied
from app.persistence.database import db
from app.persistence.models import Person
from app.persistence.queries.cycles import find_cycle, require_open_cycle
from app.persistence.queries.dossiers import find_dossier_of, load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.cycles import close_cycle, open_cycle
from app.services.dossiers import append_event
from app.services.roster_copy import copy_roster, plan_copy
from tests.builders.world import DEPARTMENT, THIS_YEAR


LAST_YEAR = THIS_YEAR - 1


@pytest.fixture
def officer(world):
    return world.make_account(DEPARTMENT, Role.OFFICER).actor()


def test_everybody_is_taken_over_but_those_who_left(world, officer):
    people = {name: world.make_person(DEPARTMENT, name) for name in ("Ở lại", "Rút", "Đã đi")}
    dossiers = {
        name: world.make_dossier(DEPARTMENT, person_id, year=LAST_YEAR)
        for name, person_id in people.items()
    }
    with world.inside(DEPARTMENT):
        with unit_of_work():
            dossier = load_dossier_to_change(dossiers["Rút"])
            append_event(dossier, Event.WITHDRAW, by=officer, reason="Nghỉ hưu")
            gone = update(Person).where(Person.id == people["Đã đi"])
            db.session.execute(gone.values(is_active=False))
        plan = plan_copy(LAST_YEAR, THIS_YEAR)
        assert [one.person.name for one in plan.taken] == ["Ở lại"]
        assert {one.person.name: why for one, why in plan.left} == {
            "Rút": NotCopied.WITHDRAWN,
            "Đã đi": NotCopied.MOVED_AWAY,
        }
        with unit_of_work():
            assert copy_roster(LAST_YEAR, THIS_YEAR, by=officer) == 1
        assert find_dossier_of(people["Ở lại"], THIS_YEAR).state is State.LISTED


def test_copying_twice_lists_nobody_twice(world, officer):
    world.make_dossier(DEPARTMENT, year=LAST_YEAR)
    with world.inside(DEPARTMENT):
        for copied in (1, 0):
            with unit_of_work():
                assert copy_roster(LAST_YEAR, THIS_YEAR, by=officer) == copied


def test_a_group_without_criteria_is_left_behind(world):
    person_id = world.make_person(DEPARTMENT, group=4)
    world.make_dossier(DEPARTMENT, person_id, year=LAST_YEAR)
    with world.inside(DEPARTMENT):
        [(_, reason)] = plan_copy(LAST_YEAR, THIS_YEAR).left
    assert reason is NotCopied.NO_CRITERIA


def test_a_year_is_opened_closed_and_opened_again(world, officer):
    with world.inside(DEPARTMENT):
        with unit_of_work():
            open_cycle(2027, date(2027, 2, 1), by=officer)
        with unit_of_work():
            close_cycle(2027, by=officer)
        with pytest.raises(RefusedError) as refusal:
            require_open_cycle(2027)
        assert refusal.value.rule is Rule.CYCLE_NOT_OPEN
        with unit_of_work():
            open_cycle(2027, date(2027, 3, 1), by=officer)
        assert find_cycle(2027).registration_opens_on == date(2027, 3, 1)
        assert require_open_cycle(2027)


def test_only_who_manages_the_cycle_opens_a_year(world):
    head = world.make_account(DEPARTMENT, Role.HEAD).actor()
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refusal, unit_of_work():
        open_cycle(2027, date(2027, 2, 1), by=head)
    assert refusal.value.rule is Rule.PERMISSION_NEEDED
