"""Somebody who has signed in and is refused leaves one line; a stranger leaves none."""

import pytest
from sqlalchemy import select

from app.domain.audit import Act
from app.domain.dossiers import Event
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import AuditEvent
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from tests.builders.world import COMMUNE, DEPARTMENT


def refusals(world, slug: str = DEPARTMENT) -> list[dict[str, str]]:
    with world.inside(slug):
        found = db.session.scalars(
            select(AuditEvent).where(AuditEvent.act == Act.ACCESS_REFUSED).order_by(AuditEvent.id)
        )
        return [{"name": one.actor_name, **one.facts} for one in found]


def test_a_role_that_does_not_suffice_leaves_one_line(world, sign_in):
    officer = world.make_account(DEPARTMENT, Role.OFFICER, name="Chu Văn Tin")
    assert sign_in(officer).get(f"/{DEPARTMENT}/-/members/").status_code == 403
    assert refusals(world) == [
        {
            "name": "Chu Văn Tin",
            "endpoint": "members.index",
            "method": "GET",
            "rule": "not-in-role",
        }
    ]


def test_somebody_of_another_agency_leaves_it_where_they_knocked(world, sign_in):
    stranger = world.make_account(COMMUNE, Role.TENANT_ADMIN)
    assert sign_in(stranger).get(f"/{DEPARTMENT}/-/members/").status_code == 404
    assert [one["rule"] for one in refusals(world)] == ["no-role"]
    assert refusals(world, COMMUNE) == []


def test_a_forged_change_leaves_one_line(world, sign_in):
    browser = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))
    browser.environ_base["HTTP_X_CSRF_TOKEN"] = "wrong"
    assert browser.post(f"/{DEPARTMENT}/-/members/new").status_code == 400
    assert [one["rule"] for one in refusals(world)] == ["forged"]


def test_an_act_on_ones_own_dossier_leaves_one_line_and_nothing_typed(world, sign_in):
    human = world.make_account(DEPARTMENT, Role.APPRAISER)
    person = world.make_person(DEPARTMENT, identity=human.identity_id)
    dossier = world.make_dossier(DEPARTMENT, person)
    other = world.make_account(DEPARTMENT, Role.OFFICER)
    with world.inside(DEPARTMENT), unit_of_work():
        for event in (Event.REGISTER, Event.SUBMIT):
            append_event(load_dossier_to_change(dossier), event, by=other.actor())
    form = {"version": 3, "note": "một lời rất riêng"}
    sent = sign_in(human).post(f"/{DEPARTMENT}/-/appraisals/{dossier}", data=form)
    assert sent.status_code in {409, 422}
    (line,) = refusals(world)
    assert line["rule"] == "self-dealing"
    assert "riêng" not in str(line)
    assert str(dossier) not in str(line)


@pytest.mark.parametrize("page", ["members/", "nowhere"])
def test_strangers_and_pages_that_are_not_there_leave_none(world, client, page):
    client.get(f"/{DEPARTMENT}/-/{page}")
    assert refusals(world) == []


def test_a_wrong_value_is_no_offence(world, sign_in):
    browser = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))
    taken = world.make_account(COMMUNE, Role.CITIZEN)
    form = {"login": taken.login, "name": "Ai", "role": "officer", "since": "2026-01-01"}
    assert browser.post(f"/{DEPARTMENT}/-/members/new", data=form).status_code == 422
    assert refusals(world) == []
