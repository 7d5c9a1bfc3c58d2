"""Reports lie on the desk of an association in every state, and hold everybody who is there."""

from datetime import date
from json import loads

import pytest
from sqlalchemy import text

from app.demonstration import loading
from app.demonstration.loading import Wish, load_demonstration
from app.demonstration.reports import write_reports
from app.domain.permissions import Role
from app.domain.report_contents import Staleness
from app.domain.reports import ReportState, ReportTimeliness
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Cycle
from app.persistence.queries.expected_reports import expected_by
from app.persistence.queries.extensions import requests_waiting
from app.persistence.queries.report_rows import staleness_below
from app.persistence.queries.reports import load_snapshot, reports_below
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.expected_reports import freeze_expected
from tenants.schema import TenantKind
from tests.builders.reporting import paper_for_tests
from tests.builders.trees import Tree
from tests.builders.world import PROVINCE, THIS_YEAR


LAI_CHAU, TOLD = 12, 60
SEAL = NumberSeal.with_key(b"\xab" * 32)
SIGNED = """
    SELECT report.state, report.accepted_version, (
        SELECT count(*) FROM report_member AS member WHERE member.tenant_id = report.tenant_id
    ), (
        SELECT count(DISTINCT identity_id) FROM dossier
        WHERE dossier.tenant_id = report.tenant_id AND dossier.year = report.year
        AND state NOT IN ('withdrawn', 'transferred')
    ) FROM report
"""


def test_what_is_signed_holds_the_crowd(app, world, monkeypatch):
    monkeypatch.setattr(loading, "MOST_STORIES", TOLD)
    wish = Wish(today=date(2026, 11, 22), provinces=(LAI_CHAU,), people=4 * TOLD)
    assert wish.is_crowd
    with app.app_context(), world.owner(), unit_of_work():
        load_demonstration(
            wish,
            seal=SEAL,
            report=lambda *_: None,
            paper=paper_for_tests,
        )
        [(state, accepted, behind, there)] = db.session.execute(text(SIGNED)).all()
    assert (state, accepted) == ("accepted", 1)
    assert behind == there > 0


@pytest.fixture
def agencies(world):
    """Let there be an agency for each fate, with an officer and people on its roster."""
    tree = Tree(world, PROVINCE)
    for number in range(10):
        slug = tree.plant(f"lai-chau/co-quan-{number}", PROVINCE, TenantKind.ORGANISATION)
        world.make_account(slug, Role.OFFICER)
        with world.inside(slug), unit_of_work():
            db.session.add(Cycle(year=THIS_YEAR, registration_opens_on=date(THIS_YEAR, 1, 1)))
        for _ in range(2):
            world.make_dossier(slug)
        tree.recompute([slug], THIS_YEAR)
    world.make_account(PROVINCE, Role.ASSOCIATION)


@pytest.mark.usefixtures("agencies")
def test_the_first_province_shows_whatever_may_become_of_a_report(app, world):
    with app.app_context(), world.owner(), unit_of_work():
        today = date(2026, 11, 21)
        write_reports((LAI_CHAU,), today, paper=paper_for_tests, seal=SEAL)
    with world.inside(PROVINCE) as key:
        below, expected = reports_below(key, THIS_YEAR), expected_by(key, THIS_YEAR)
        standings = {timeliness_of(one, expected[one.agency.id]) for one in below}
        corrected = [one.agency.key for one in below if one.snapshot and one.snapshot.version == 2]
        [first, second] = [
            loads(load_snapshot(corrected[0], THIS_YEAR, number).content)["figures"]["eligible"]
            for number in (1, 2)
        ]
        stale = staleness_below(key, THIS_YEAR)
        assert len(requests_waiting()) == 1
    assert {one.state for one in below} == set(ReportState) - {ReportState.CLOSED}
    assert standings == set(ReportTimeliness)
    assert (first, second) == (2, 3)
    assert list(stale.values()).count(Staleness(own=1)) == 1


@pytest.mark.usefixtures("agencies")
def test_a_list_that_was_frozen_before_stays_as_it_is(app, world):
    with world.inside(PROVINCE), world.owner(), unit_of_work():
        freeze_expected(THIS_YEAR, by=None)
    with app.app_context(), world.owner(), unit_of_work():
        write_reports((LAI_CHAU,), date(2026, 11, 21), paper=paper_for_tests, seal=SEAL)
    with world.inside(PROVINCE) as key:
        assert len({one.due_at for one in expected_by(key, THIS_YEAR).values()}) == 1
        states = {one.state for one in reports_below(key, THIS_YEAR)}
    assert states == set(ReportState) - {ReportState.CLOSED}


def timeliness_of(one, expected):
    return one.standing(expected, transaction_time()).timeliness
