"""Somebody is typed in once; nothing typed is lost; numbers are never shown whole."""

import pytest
from sqlalchemy import select

from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Cycle, Person
from app.persistence.queries.dossiers import find_dossier_of
from tests.builders.world import DEPARTMENT, THIS_YEAR


ROOM = f"/{DEPARTMENT}/-/roster"
NUMBER = "012188001234"


@pytest.fixture
def officer(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.OFFICER))


@pytest.fixture
def typed(world):
    return {
        "name": "Lò Thị Pánh",
        "birth": "15/08/1988",
        "unit_id": str(world.unit_of(DEPARTMENT)),
        "group_number": "3",
        "cccd": NUMBER,
        "year": str(THIS_YEAR),
    }


def only_person(world):
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(Person)).one()


def test_somebody_typed_in_stands_on_the_roster_with_a_masked_number(world, officer, typed):
    sent = officer.post(f"{ROOM}/add", data=typed)
    assert sent.status_code == 303
    assert NUMBER not in sent.location
    text = officer.get(f"{ROOM}/").text
    assert "Lò Thị Pánh" in text
    assert "********1234" in text
    page = officer.get(f"{ROOM}/people/{only_person(world).id}").text
    assert "15/08/1988" in page
    assert NUMBER not in page


def test_every_bad_field_is_named_and_nothing_is_lost(officer, typed):
    bad = typed | {"name": "L0", "birth": "31/02/1988", "cccd": "123456789", "unit_id": ""}
    sent = officer.post(f"{ROOM}/add", data=bad)
    assert sent.status_code == 422
    for words in ("contains digits", "not a date", "CMND", "required"):
        assert words in sent.text
    for value in ("31/02/1988", "123456789"):
        assert f'value="{value}"' in sent.text


def test_a_number_is_held_against_the_year_of_birth(officer, typed):
    sent = officer.post(f"{ROOM}/add", data=typed | {"birth": "1990"})
    assert sent.status_code == 422
    assert "born in 1988" in sent.text


def test_somebody_alike_is_shown_and_may_be_called_another(officer, typed):
    officer.post(f"{ROOM}/add", data=typed)
    again = typed | {"cccd": ""}
    refused = officer.post(f"{ROOM}/add", data=again)
    assert refused.status_code == 422
    assert 'name="is_another"' in refused.text
    assert officer.post(f"{ROOM}/add", data=again | {"is_another": "y"}).status_code == 303


def test_the_same_number_is_refused_for_good(officer, typed):
    officer.post(f"{ROOM}/add", data=typed)
    refused = officer.post(f"{ROOM}/add", data=typed | {"name": "Vàng A Páo"})
    assert refused.status_code == 422
    assert 'name="is_another"' not in refused.text


def test_an_entry_is_corrected_but_not_from_a_stale_screen(world, officer, typed):
    officer.post(f"{ROOM}/add", data=typed)
    page = f"{ROOM}/people/{only_person(world).id}"
    change = typed | {"position": "Chuyên viên", "cccd": "", "is_active": "y"}
    assert officer.post(page, data=change | {"version": "1"}).status_code == 303
    assert only_person(world).position == "Chuyên viên"
    assert only_person(world).cccd_last_four == "1234"
    stale = officer.post(page, data=change | {"position": "Trưởng phòng", "version": "1"})
    assert stale.status_code == 409
    assert "Trưởng phòng" in stale.text


def test_somebody_is_listed_and_taken_off_again(world, officer):
    person_id = world.make_person(DEPARTMENT)
    page = f"{ROOM}/people/{person_id}"
    year = {"year": str(THIS_YEAR)}
    assert officer.post(f"{page}/list", data=year).status_code == 303
    assert "eligible" in officer.get(f"{page}/remove").text
    assert officer.post(f"{page}/remove", data=year).status_code == 303
    with world.inside(DEPARTMENT):
        assert find_dossier_of(person_id, THIS_YEAR) is None


def test_copying_shows_whom_and_then_lists_them(world, officer):
    world.make_dossier(DEPARTMENT, name="Lê Thị Ân", year=THIS_YEAR - 1)
    assert "Lê Thị Ân" in officer.get(f"{ROOM}/copy").text
    assert officer.post(f"{ROOM}/copy").status_code == 303
    assert "Lê Thị Ân" in officer.get(f"{ROOM}/").text
    assert "nobody to take over" in officer.get(f"{ROOM}/copy").text


def test_a_year_is_opened_and_closed(world, officer):
    opened = officer.post(
        f"{ROOM}/cycle", data={"year": "2027", "registration_opens_on": "2027-02-01"}
    )
    assert opened.status_code == 303
    assert "nobody" in officer.get(f"{ROOM}/cycle/2027/close").text.lower()
    assert officer.post(f"{ROOM}/cycle/2027/close").status_code == 303
    with world.inside(DEPARTMENT):
        cycle = db.session.scalars(select(Cycle).where(Cycle.year == 2027)).one()
        assert cycle.closed_at is not None


def test_registration_cannot_open_after_it_ends(officer):
    sent = officer.post(
        f"{ROOM}/cycle", data={"year": "2027", "registration_opens_on": "2027-12-31"}
    )
    assert sent.status_code == 422
    assert "after its last day" in sent.text


@pytest.mark.parametrize(("year", "day"), [("2027", "0001-01-01"), ("2027", "9999-12-31")])
def test_registration_opens_near_its_year(officer, year, day):
    sent = officer.post(f"{ROOM}/cycle", data={"year": year, "registration_opens_on": day})
    assert sent.status_code == 422
    assert "lies too far away" in sent.text
    assert f'value="{day}"' in sent.text


def test_a_year_that_no_calendar_here_has_is_named_beside_its_field(officer):
    sent = officer.post(
        f"{ROOM}/cycle", data={"year": "99999", "registration_opens_on": "2027-01-01"}
    )
    assert sent.status_code == 422
    assert 'value="99999"' in sent.text


def test_the_deadlines_say_who_set_them(officer):
    text = officer.get(f"{ROOM}/cycle").text
    assert "27/12/2026" in text
    assert "Set by" in text
