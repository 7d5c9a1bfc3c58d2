"""The operator follows the record of acts, and is told where it was touched."""

import json

import pytest
from sqlalchemy import text

from app.domain.audit import Act
from app.domain.audit_chain import shown_head
from app.domain.permissions import Role
from app.jobs.audit import give_heads
from app.persistence.database import db
from app.persistence.models import AuditDailyHead
from app.persistence.queries.audit_chain import find_head
from app.persistence.unit_of_work import unit_of_work
from app.services.record import record_act
from tests.builders.world import COMMUNE, DEPARTMENT


@pytest.fixture
def run(app):
    def ran(*words):
        return app.test_cli_runner().invoke(args=["audit", "verify", *words])

    return ran


@pytest.fixture
def acts(world):
    for slug in (DEPARTMENT, COMMUNE):
        officer = world.make_account(slug, Role.OFFICER)
        for _number in range(3):
            with world.inside(slug), unit_of_work():
                record_act(Act.UNIT_ADDED, by=officer.actor(), object_kind="unit", name="Tổ 1")


def touch(world):
    with world.inside(DEPARTMENT) as key, world.owner():
        statement = "UPDATE audit_event SET act = 'cycle-closed' WHERE id = (SELECT row_id FROM"
        chosen = " audit_link WHERE seq = 2 AND tenant_id = :tenant)"
        db.session.execute(text(statement + chosen), {"tenant": key.tenant_id})
        db.session.commit()


@pytest.mark.usefixtures("acts")
def test_a_clean_record_ends_with_nothing_found(run):
    told = run("--all")
    assert told.exit_code == 0, told.output
    assert "6 links of 5 agencies followed" in told.output
    assert "findings: 0" in told.output


@pytest.mark.usefixtures("acts")
def test_a_touched_row_is_told_with_agency_link_and_row(world, run):
    touch(world)
    told = run(DEPARTMENT)
    assert told.exit_code == 1
    assert f"{DEPARTMENT}, link 2: audit_event " in told.output
    assert "is not what it was when it was recorded" in told.output
    assert run(COMMUNE).exit_code == 0


@pytest.mark.usefixtures("acts")
def test_findings_are_lines_of_json_when_asked_for(world, run):
    touch(world)
    finding, summary = map(json.loads, run("--all", "--json").output.splitlines())
    assert (finding["agency"], finding["seq"], finding["kind"]) == (DEPARTMENT, 2, "row-changed")
    assert (summary["links"], summary["findings"]) == (6, 1)


@pytest.mark.usefixtures("acts")
def test_a_printed_head_is_looked_for(world, run):
    with world.inside(DEPARTMENT):
        printed = shown_head(find_head())
    assert run(DEPARTMENT, "--head", printed).exit_code == 0
    told = run(DEPARTMENT, "--head", "2-" + "0" * 16)
    assert told.exit_code == 1
    assert "the printed head is not in the chain" in told.output
    assert run(DEPARTMENT, "--head", "nonsense").exit_code == 2


@pytest.mark.parametrize("words", [(), ("--all", DEPARTMENT), ("nowhere",)])
def test_what_cannot_be_followed_is_said(run, words):
    assert run(*words).exit_code in {1, 2}


@pytest.mark.usefixtures("acts")
def test_the_sweeper_gives_every_head_once_a_day(world, app):
    with app.app_context():
        assert give_heads() == 2
        assert give_heads() == 0
    with world.inside(COMMUNE):
        (given,) = db.session.scalars(db.select(AuditDailyHead))
    assert given.seq == 3
