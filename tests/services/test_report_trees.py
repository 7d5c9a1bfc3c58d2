"""A report above holds those below: it freezes them, and what changes far below makes it stale."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.report_contents import Staleness
from app.domain.reports import ReportEvent
from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.queries.report_rows import staleness_below
from tenants.schema import TenantKind
from tests.builders.reporting import Desk
from tests.builders.trees import Tree
from tests.builders.world import DEPARTMENT, PROVINCE, THIS_YEAR


@pytest.fixture
def tree(world):
    tree = Tree(world, PROVINCE)
    tree.adopt(DEPARTMENT, TenantKind.DEPARTMENT)
    return tree


def test_nothing_below_moves_while_a_report_is_reviewed_or_closed(world, tree):
    tree.plant("lai-chau/trung-tam", DEPARTMENT, TenantKind.ORGANISATION)
    child = Desk(world, "lai-chau/trung-tam", above=DEPARTMENT)
    desk = Desk(world, DEPARTMENT)
    child.hand_in()
    child.above_does(ReportEvent.REVIEW)
    desk.hand_in()
    desk.above_does(ReportEvent.REVIEW)
    with pytest.raises(RefusedError) as refused:
        child.above_does(ReportEvent.ACCEPT)
    assert refused.value.rule is Rule.OWN_REPORT_FROZEN
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="frozen"):
        db.session.execute(
            text(
                "SELECT review_report(:agency, CAST(:year AS smallint), 'accept', '', '[]',"
                " :account, 'A', :fresh, :act, 'report-accepted')"
            ),
            {
                "agency": tree.ids["lai-chau/trung-tam"],
                "year": THIS_YEAR,
                "account": child.association.account_id,
                "fresh": new_id(),
                "act": new_id(),
            },
        )
    desk.above_does(ReportEvent.RELEASE)
    child.above_does(ReportEvent.ACCEPT)


def test_a_change_far_below_makes_every_version_above_it_stale(world, tree):
    tree.plant("lai-chau/trung-tam", DEPARTMENT, TenantKind.ORGANISATION)
    child = Desk(world, "lai-chau/trung-tam", above=DEPARTMENT)
    desk = Desk(world, DEPARTMENT)
    for one in (child, desk):
        one.hand_in()
        one.accept()
    assert not any(one.is_stale for one in stale_from(world, PROVINCE).values())
    tree.put("lai-chau/trung-tam", THIS_YEAR, new_id())
    child.recompute()
    department, centre = tree.ids[DEPARTMENT], tree.ids["lai-chau/trung-tam"]
    assert stale_from(world, PROVINCE) == {
        centre: Staleness(own=1),
        department: Staleness(below=1),
    }
    child.correct()
    child.submit(reason="Sót một người")
    assert stale_from(world, PROVINCE)[department] == Staleness(below=1)
    child.accept()
    assert stale_from(world, PROVINCE)[department] == Staleness(below=1)
    desk.correct()
    desk.submit(reason="Đơn vị trực thuộc sửa")
    assert not any(one.is_stale for one in stale_from(world, PROVINCE).values())


def test_nothing_is_taken_out_of_a_report_that_is_accepted_above(world, tree):
    tree.plant("lai-chau/trung-tam", DEPARTMENT, TenantKind.ORGANISATION)
    child = Desk(world, "lai-chau/trung-tam", above=DEPARTMENT)
    desk = Desk(world, DEPARTMENT)
    for one in (child, desk):
        one.hand_in()
        one.accept()
    with pytest.raises(RefusedError) as refused:
        child.above_does(ReportEvent.REOPEN)
    assert refused.value.rule is Rule.OWN_REPORT_FROZEN
    child.correct()
    child.submit(reason="Sót một người")
    child.accept()


def test_whoever_drew_a_report_up_does_not_review_it(world, tree):
    desk = Desk(world, DEPARTMENT)
    with world.inside(DEPARTMENT):
        maker = db.session.get(Account, desk.officer.account_id).identity_id
    desk.association = world.make_account(PROVINCE, Role.ASSOCIATION, identity=maker).actor()
    desk.recompute()
    desk.compile()
    desk.submit(by=world.make_account(DEPARTMENT, Role.HEAD).actor())
    with pytest.raises(RefusedError) as refused:
        desk.above_does(ReportEvent.REVIEW)
    assert refused.value.rule is Rule.REVIEWS_OWN_REPORT


def stale_from(world, slug):
    with world.inside(slug) as key:
        return staleness_below(key, THIS_YEAR)
