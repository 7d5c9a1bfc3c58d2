"""A machine that watches is told when what the jobs have to do is late or wrong."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func

from app.domain.deadlines import VIETNAM
from app.domain.exports import ExportKind
from app.domain.periodic import Periodic, RunOutcome
from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import PeriodicRun
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_for_export
from tests.builders.world import PROVINCE, THIS_YEAR


@pytest.fixture(autouse=True)
def _now():
    with clock_set_to(datetime.now(VIETNAM)):
        yield


def test_all_is_well_in_a_new_house(client):
    answer = client.get("/jobsz")
    assert (answer.status_code, answer.json) == (200, {"status": "well"})


def test_a_night_that_found_faults_is_told_without_saying_of_whom(app, client):
    with app.app_context(), unit_of_work():
        db.session.add(
            PeriodicRun(name=Periodic.RECONCILE, slot=func.now(), outcome=RunOutcome.DONE, found=3)
        )
    answer = client.get("/jobsz")
    assert answer.status_code == 503
    assert set(answer.json) == {"status", "reconcile"}
    assert "found 3 faults" in answer.json["reconcile"]


def test_what_nobody_does_is_told_and_pages_are_served_all_the_same(world, client, monkeypatch):
    monkeypatch.setattr("app.persistence.unit_of_work._dispatchers", [])
    reader = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    with world.inside(PROVINCE), unit_of_work():
        ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, "vi", by=reader)
    assert client.get("/jobsz").status_code == 200
    with clock_set_to(datetime.now(VIETNAM) + timedelta(minutes=10)):
        answer = client.get("/jobsz")
    assert answer.status_code == 503
    assert "waiting since" in answer.json["outbox"]
    assert client.get("/readyz").status_code == 200
