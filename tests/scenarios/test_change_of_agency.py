"""Somebody changes agency in the middle of the year, and takes the dossier along."""

import pytest
from sqlalchemy import select

from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Membership
from app.persistence.queries.people import find_person_of
from app.persistence.unit_of_work import unit_of_work
from tests.builders.appraisals import make_submitted
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE


HERE, THERE = "Sở Công Thương", "Xã Sìn Hồ"
PANH = "Lò Thị Pánh"


@pytest.fixture
def panh(world, year):
    """Somebody at the department who has submitted, and whose account knows her entry."""
    account = world.make_account(DEPARTMENT, Role.CITIZEN, name=PANH)
    make_submitted(world, DEPARTMENT, name=PANH, identity=account.identity_id, year=year)
    with world.inside(DEPARTMENT), unit_of_work():
        held = select(Membership).where(Membership.account_id == account.id)
        person = find_person_of(account.identity_id)
        db.session.scalars(held).one().person_id = person.id
    return account


def test_a_dossier_changes_agency_and_comes_back(world, reception, panh):
    here = reception.seat(
        world.make_account(DEPARTMENT, Role.OFFICER), DEPARTMENT, in_english_too=True
    )
    there = reception.seat(world.make_account(COMMUNE, Role.OFFICER), COMMUNE, in_english_too=True)
    elsewhere = reception.seat(world.make_account(PROVINCE, *Role), PROVINCE)
    propose(here)
    elsewhere.visit("/transfers/")
    assert PANH not in elsewhere.words()
    accept(there)
    follow_the_dossier(reception.seat(panh, DEPARTMENT))
    here.visit("/transfers/")
    here.reads(PANH, THERE)
    send_back(there)
    here.visit("/transfers/")
    here.reads(PANH, "Nhận nhầm người")


def propose(here):
    here.visit("/transfers/")
    here.visit("/dossiers/")
    here.press(f"main a:has-text('{PANH}')")
    here.follow("/transfer")
    here.fill(name="sin ho")
    here.press("main form.filters [type=submit]")
    here.press(f"main a:has-text('{THERE}')")
    here.fill(reason="Chuyển công tác về xã")
    here.press()
    here.reads(THERE)


def accept(there):
    there.visit("/home")
    there.press("#work a[href*='/transfers/']")
    there.reads(PANH, HERE, "Chuyển công tác về xã")
    there.follow("/acceptance")
    there.page.select_option("main [name=unit]", index=1)
    there.press()
    there.reads(HERE)
    there.press()
    there.follow("/undoing")


def follow_the_dossier(panh):
    panh.visit("/own/")
    panh.reads(THERE)
    panh.follow("/sin-ho/-/own/")
    panh.reads(PANH)


def send_back(there):
    there.visit("/transfers/")
    there.follow("/undoing")
    there.fill(reason="Nhận nhầm người")
    there.press("main [type=submit].btn-danger")
    assert PANH not in there.words()
