"""Whoever keeps the house running sees what failed anywhere, and has it tried again."""

import pytest

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.outbox import MOST_ATTEMPTS, Kind, LineState
from app.persistence.database import db
from app.persistence.models import AuditEvent
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import post, put_back, take_up
from tests.builders.jobs import let_pauses_pass, lines
from tests.builders.world import COMMUNE, DEPARTMENT


@pytest.fixture(autouse=True)
def _nobody_is_called(app, monkeypatch):
    monkeypatch.setattr("app.persistence.unit_of_work._dispatchers", [])


@pytest.fixture
def run(app):
    def command(*arguments):
        return app.test_cli_runner().invoke(args=["jobs", *arguments])

    return command


@pytest.fixture
def failed(world):
    """Work of a department that was given up."""
    with world.inside(DEPARTMENT), unit_of_work():
        post(Kind.EXPORT, subject_id=new_id())
    line_id = lines(world, DEPARTMENT)[0].id
    for _ in range(MOST_ATTEMPTS):
        let_pauses_pass(world, DEPARTMENT)
        with world.inside(DEPARTMENT), unit_of_work():
            taken = take_up(line_id)
        with world.inside(DEPARTMENT), unit_of_work():
            put_back(taken, "ValueError")
    return line_id


def test_a_house_in_which_all_is_well_says_so_by_its_code(run):
    answer = run("show")
    assert (answer.exit_code, answer.output) == (0, "")


def test_what_failed_and_what_waits_is_shown(world, run, failed):
    with world.inside(COMMUNE), unit_of_work():
        post(Kind.FIGURES, year=2026)
    answer = run("show")
    assert answer.exit_code == 1
    code = failed.hex[-6:].upper()
    assert f"{code}  {DEPARTMENT}  export  parked  try 5, ValueError" in answer.output
    assert f"{COMMUNE}  figures  waiting  not tried yet" in answer.output
    assert "parked: 1 jobs have failed for good" in answer.output


def test_what_failed_is_tried_again_by_its_code_and_goes_on_record(world, run, failed):
    answer = run("retry", failed.hex[-6:])
    assert answer.output == f"{DEPARTMENT}: export is tried again\n"
    [line] = lines(world, DEPARTMENT)
    assert (line.state, line.attempts) == (LineState.WAITING, 0)
    with world.inside(DEPARTMENT):
        [event] = db.session.scalars(db.select(AuditEvent))
        assert (event.act, event.actor_name) == (Act.JOB_RETRIED, "operator")


def test_a_code_that_names_nothing_says_where_to_look(run):
    answer = run("retry", "ABCDEF")
    assert answer.exit_code == 1
    assert "see 'jobs show'" in answer.output
