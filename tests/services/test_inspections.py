"""A file is looked into by whom it was opened for, while it lies open, and on the record."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.inspections import LONGEST_HOURS
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.persistence.database import db
from app.persistence.models import AuditEvent, Decision, Inspection
from app.persistence.queries.inspections import requests_made, requests_received
from app.persistence.unit_of_work import unit_of_work
from app.services.inspections import (
    Line,
    ask_inspection,
    grant_inspection,
    inspect_dossier,
    refuse_inspection,
    revoke_inspection,
)
from tests.builders.lists import Office
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE


@pytest.fixture
def case(world):
    return Case(world)


class Case:
    """A published decision of the department, and the association that wants to look into it."""

    def __init__(self, world):
        self.world = world
        office = Office(world)
        self.dossier_id = office.appraised(name="Lò Thị Pánh")
        self.decision_id = office.published(self.dossier_id, number="12/QĐ-SCT")
        self.admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
        self.association = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
        with world.inside(DEPARTMENT):
            signed = db.session.scalars(select(Decision.signed_on)).one()
        self.line = Line(number="12/QĐ-SCT", signed_on=signed, position=1)

    def ask(self, *, line=None, of=DEPARTMENT, at=PROVINCE, by=None, reason="Đơn khiếu nại"):
        agency = self.world.key_of(of).tenant_id
        with self.world.inside(at), unit_of_work():
            return ask_inspection(agency, line or self.line, reason, by=by or self.association)

    def grant(self, inspection, hours=24):
        with self.world.inside(DEPARTMENT), unit_of_work():
            grant_inspection(inspection, hours=hours, by=self.admin)

    def look(self, inspection, *, at=PROVINCE, by=None):
        with self.world.inside(at), unit_of_work():
            return inspect_dossier(inspection, by=by or self.association)

    def opened(self):
        inspection = self.ask()
        self.grant(inspection)
        return inspection

    def acts(self, slug=DEPARTMENT):
        with self.world.inside(slug):
            acts = db.session.scalars(select(AuditEvent.act).order_by(AuditEvent.at)).all()
        return [act for act in acts if act.startswith("inspection-")]

    def let_time_pass(self):
        with self.world.app.app_context(), self.world.owner(), unit_of_work():
            db.session.execute(
                text(
                    "UPDATE inspection SET answered_at = answered_at - interval '3 days',"
                    " expires_at = expires_at - interval '3 days'"
                )
            )


def refused(rule):
    return pytest.raises(RefusedError, match=rule.value)


def test_an_open_file_shows_the_person_and_no_personal_number(case):
    seen = case.look(case.opened())
    assert (seen.name, seen.number, seen.line) == ("Lò Thị Pánh", "12/QĐ-SCT", 1)
    assert len(seen.agreed_scores) == 10
    assert not any("cccd" in field or "identity" in field for field in type(seen).__slots__)


def test_each_step_and_each_look_is_on_the_agencys_record(case):
    inspection = case.opened()
    case.look(inspection)
    case.look(inspection)
    with case.world.inside(DEPARTMENT), unit_of_work():
        revoke_inspection(inspection, by=case.admin)
    asked, granted, *made, revoked = case.acts()
    assert (asked, granted, revoked) == (
        Act.INSPECTION_ASKED,
        Act.INSPECTION_GRANTED,
        Act.INSPECTION_REVOKED,
    )
    assert made == [Act.INSPECTION_MADE] * 2
    assert case.acts(PROVINCE) == [Act.INSPECTION_ASKED]


def test_a_look_that_is_not_committed_shows_nothing_unrecorded(case):
    """The look and its line on the record are one call: there is no way to have one alone."""
    inspection = case.opened()
    with case.world.inside(PROVINCE):
        inspect_dossier(inspection, by=case.association)
        db.session.rollback()
    assert Act.INSPECTION_MADE not in case.acts()
    case.look(inspection)
    assert case.acts().count(Act.INSPECTION_MADE) == 1


def test_a_file_that_nobody_opened_stays_shut(case):
    with refused(Rule.INSPECTION_OVER):
        case.look(case.ask())


def test_a_file_shuts_by_itself(case):
    inspection = case.opened()
    case.look(inspection)
    case.let_time_pass()
    with refused(Rule.INSPECTION_OVER):
        case.look(inspection)
    with case.world.inside(PROVINCE):
        assert [one.is_open for one in requests_made()] == [False]


def test_the_agency_shuts_a_file_before_its_time(case):
    inspection = case.opened()
    with case.world.inside(DEPARTMENT), unit_of_work():
        revoke_inspection(inspection, by=case.admin)
    with refused(Rule.INSPECTION_OVER):
        case.look(inspection)


def test_a_refused_request_opens_nothing_and_says_why(case):
    inspection = case.ask()
    with case.world.inside(DEPARTMENT), unit_of_work():
        refuse_inspection(inspection, "Đã trả lời bằng văn bản", by=case.admin)
    with refused(Rule.INSPECTION_OVER):
        case.look(inspection)
    with case.world.inside(PROVINCE):
        assert requests_made()[0].inspection.answer == "Đã trả lời bằng văn bản"


@pytest.mark.parametrize("hours", [0, -1, LONGEST_HOURS + 1])
def test_a_file_lies_open_for_three_days_at_most(case, hours):
    inspection = case.ask()
    with refused(Rule.INSPECTION_TOO_LONG):
        case.grant(inspection, hours=hours)


def test_the_database_too_keeps_a_file_open_for_three_days_at_most(case):
    case.opened()
    with case.world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="ck_inspection_hours"):
        db.session.execute(
            text("UPDATE inspection SET expires_at = answered_at + interval '73 hours'")
        )


@pytest.mark.parametrize(
    "change", [{"number": "99/QĐ"}, {"position": 2}, {"signed_on": date(2020, 1, 1)}]
)
def test_a_line_that_no_decision_has_cannot_be_opened_and_asking_does_not_tell(case, change):
    known = {"number": "12/QĐ-SCT", "signed_on": case.line.signed_on, "position": 1}
    inspection = case.ask(line=Line(**{**known, **change}))
    with refused(Rule.INSPECTION_NAMES_NO_LINE):
        case.grant(inspection)


def test_a_request_is_answered_once(case):
    inspection = case.opened()
    with refused(Rule.INSPECTION_ANSWERED):
        case.grant(inspection)
    with (
        case.world.inside(DEPARTMENT),
        refused(Rule.INSPECTION_ANSWERED),
        unit_of_work(),
    ):
        refuse_inspection(inspection, "x", by=case.admin)


def test_asking_takes_a_reason(case):
    with refused(Rule.REASON_NEEDED):
        case.ask(reason="  ")


@pytest.mark.parametrize("of", [OTHER_PROVINCE, PROVINCE])
def test_only_agencies_below_are_asked(case, of):
    with pytest.raises(MissingError):
        case.ask(of=of)


def test_an_agency_beside_asks_nothing(case, world):
    beside = world.make_account(COMMUNE, Role.ASSOCIATION).actor()
    with pytest.raises(MissingError):
        case.ask(at=COMMUNE, by=beside)


@pytest.mark.parametrize("slug", [OTHER_PROVINCE, COMMUNE])
def test_nobody_else_looks_or_learns_of_the_request(case, world, slug):
    inspection = case.opened()
    stranger = world.make_account(slug, Role.ASSOCIATION).actor()
    with pytest.raises(MissingError):
        case.look(inspection, at=slug, by=stranger)
    with world.inside(slug):
        assert requests_made() == requests_received() == []
        assert db.session.execute(text("SELECT count(*) FROM inspection")).scalar_one() == 0
        found = db.session.execute(
            text("SELECT * FROM inspected_dossier(:one, :act, NULL, 'x')"),
            {"one": inspection, "act": new_id()},
        )
        assert found.all() == []


def test_who_asks_cannot_open_the_file_in_sql(case):
    case.ask()
    with case.world.inside(PROVINCE):
        opened = db.session.execute(text("UPDATE inspection SET state = 'granted'")).rowcount
        assert opened == 0
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(text("INSERT INTO inspection (reason) VALUES ('x')"))


def test_the_association_still_reads_no_person_past_the_open_file(case):
    case.opened()
    with case.world.inside(PROVINCE):
        for table in ("person", "dossier", "decision_item"):
            count = db.session.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
            assert count.scalar_one() == 0


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SECRETARY, Role.APPRAISER])
def test_others_open_no_file(case, world, role):
    inspection = case.ask()
    other = world.make_account(DEPARTMENT, role).actor()
    with world.inside(DEPARTMENT), refused(Rule.PERMISSION_NEEDED):
        grant_inspection(inspection, hours=1, by=other)


def test_a_request_that_was_answered_keeps_who_did(case):
    case.opened()
    with case.world.inside(DEPARTMENT):
        one = db.session.scalars(select(Inspection)).one()
        assert (one.answered_by_name, one.dossier_id) == (case.admin.name, case.dossier_id)
