"""What PostgreSQL itself holds of reports: who writes what, who reads what, and in which hash."""

import re
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.domain.deadlines import VIETNAM
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.report_contents import fingerprint
from app.domain.reports import ReportEvent, legal_report_moves
from app.launch.postgres import OWNER
from app.persistence.database import db
from app.persistence.models import (
    OfficialResult,
    Report,
    ReportEventRow,
    ReportExtension,
    ReportSnapshot,
)
from app.persistence.unit_of_work import unit_of_work
from app.services.extensions import extend_report
from tests.builders.reporting import Desk
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR


SAID = '{"counted_first":"workplace"}'


@pytest.fixture
def desk(world):
    return Desk(world, DEPARTMENT)


def test_nothing_signed_is_ever_rewritten(world, desk):
    desk.expect()
    extend(world, desk, date(2027, 1, 5))
    desk.hand_in()
    for statement in (
        "UPDATE report_snapshot SET signer_name = 'x'",
        "DELETE FROM report_snapshot",
        "UPDATE report_event SET reason = 'x'",
        "DELETE FROM report_event",
        "UPDATE expected_report SET source = 'x'",
        "UPDATE report_extension SET reason = 'x'",
        "DELETE FROM report_extension",
    ):
        for lend in (world.inside, as_owner(world)):
            with lend(DEPARTMENT), pytest.raises(DBAPIError):
                db.session.execute(text(statement))


def as_owner(world):
    @contextmanager
    def lend(slug):
        with world.inside(slug) as key, world.owner():
            yield key

    return lend


def test_the_application_writes_no_state_and_no_event_of_the_other_side(world, desk):
    desk.hand_in()
    for statement in (
        "UPDATE report SET state = 'accepted', accepted_version = 1",
        (
            "INSERT INTO report_event (province_id, tenant_id, id, year, event, actor_account_id,"
            " actor_name) SELECT province_id, tenant_id, gen_random_uuid(), year, 'review',"
            " actor_account_id, actor_name FROM report_event LIMIT 1"
        ),
        "INSERT INTO official_result SELECT * FROM official_result",
        "SELECT * FROM report_member",
    ):
        with world.inside(DEPARTMENT), pytest.raises(DBAPIError):
            db.session.execute(text(statement))


@pytest.mark.parametrize("content", ["{}", '{"counted_first":"home"}'])
def test_a_version_that_does_not_say_how_people_are_counted_is_refused(world, desk, content):
    desk.compile()
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="counted"), unit_of_work():
        db.session.add(snapshot(content, by=desk.officer))


@pytest.mark.parametrize("forged", ["hash", "paper_hash", "workbook_hash"])
def test_a_forged_hash_is_refused_by_the_database(world, desk, forged):
    desk.compile()
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="hash"), unit_of_work():
        db.session.add(snapshot(SAID, by=desk.officer, **{forged: "0" * 64}))


def test_the_database_knows_the_moves_that_the_domain_knows(postgres, database):
    with psycopg.connect(postgres.dsn(database, OWNER)) as connection:
        [body] = connection.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = 'apply_report_event'"
        ).fetchone()
    found = re.findall(r"\('(\w+)', '(\w+)', '(\w+)', '(agency|parent|house)'\)", body)
    assert set(found) == legal_report_moves()


def test_siblings_and_other_provinces_read_nothing_of_a_report(world, desk):
    desk.hand_in()
    desk.expect()
    desk.accept()
    for slug in (COMMUNE, OTHER_PROVINCE):
        with world.inside(slug):
            seen = [
                db.session.scalar(select(func.count()).select_from(one))
                for one in (Report, ReportSnapshot, ReportEventRow, OfficialResult)
            ]
            past = [
                db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608
                for name in ("report", "report_snapshot", "report_event", "official_result")
            ]
        assert seen == past == [0, 0, 0, 0]


def test_the_database_takes_nothing_in_after_the_closing_either(world, desk):
    desk.expect()
    desk.recompute()
    desk.compile()
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="closed"), unit_of_work():
        submit_past_the_service(desk.officer, signed_at=datetime(2027, 1, 3, 9, tzinfo=VIETNAM))


def test_the_last_extension_holds_in_the_database_too_and_not_the_longest(world, desk):
    desk.expect()
    for day in (date(2027, 1, 20), date(2027, 1, 2)):
        extend(world, desk, day)
    desk.recompute()
    desk.compile()
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="closed"), unit_of_work():
        submit_past_the_service(desk.officer, signed_at=datetime(2027, 1, 3, 9, tzinfo=VIETNAM))
    extend(world, desk, date(2027, 1, 4))
    with world.inside(DEPARTMENT), unit_of_work():
        submit_past_the_service(desk.officer, signed_at=datetime(2027, 1, 3, 9, tzinfo=VIETNAM))


def test_the_database_gives_no_time_for_a_report_that_has_come_nor_for_ever(world, desk):
    desk.expect()
    with pytest.raises(DBAPIError, match="no time is given"):
        extend_past_the_service(world, desk, datetime(9999, 12, 31, tzinfo=VIETNAM))
    with pytest.raises(DBAPIError, match="no time is given"):
        extend_past_the_service(world, desk, datetime(2026, 1, 1, tzinfo=VIETNAM))
    desk.hand_in()
    with pytest.raises(DBAPIError, match="not owed"):
        extend_past_the_service(world, desk, datetime(2027, 1, 5, tzinfo=VIETNAM))


def extend_past_the_service(world, desk, ends_at):
    with world.inside(PROVINCE), unit_of_work():
        db.session.add(
            ReportExtension(
                year=THIS_YEAR,
                agency_id=world.key_of(DEPARTMENT).tenant_id,
                requester="Sở",
                reason="Bão lũ",
                approved_by=desk.association.account_id,
                approver_name="A",
                ends_at=ends_at,
            )
        )


def extend(world, desk, until):
    with world.inside(PROVINCE), unit_of_work():
        extend_report(
            DEPARTMENT,
            THIS_YEAR,
            until=until,
            requester="Sở",
            reason="Bão lũ",
            by=desk.association,
        )


def submit_past_the_service(officer, signed_at):
    db.session.add(snapshot(SAID, by=officer, signed_at=signed_at))
    db.session.flush()
    event = {"year": THIS_YEAR, "event": ReportEvent.SUBMIT, "actor_name": "A"}
    db.session.add(ReportEventRow(id=new_id(), actor_account_id=officer.account_id, **event))


def snapshot(content, *, by, **more):
    facts = {
        "hash": fingerprint(content),
        "paper": b"x",
        "paper_hash": sha256(b"x").hexdigest(),
        "workbook": b"x",
        "workbook_hash": sha256(b"x").hexdigest(),
        "fence": 0,
        "signed_by": by.account_id,
        "signer_name": "A",
        "signer_title": "B",
        "signed_at": datetime(2026, 11, 1, tzinfo=VIETNAM),
    }
    return ReportSnapshot(year=THIS_YEAR, version=1, content=content, **{**facts, **more})


def test_the_database_ends_no_review_by_itself_that_has_not_lain_for_three_days(world, desk):
    desk.hand_in()
    desk.above_does(ReportEvent.REVIEW)
    with pytest.raises(DBAPIError, match="not been left lying"):
        lapse_past_the_service(world, DEPARTMENT, "interval '71 hours'")
    lapse_past_the_service(world, DEPARTMENT, "interval '73 hours'")


def test_the_database_lets_nobody_but_the_house_move_a_report_without_a_name(world, desk):
    desk.hand_in()
    for event in ("review", "waive", "close"):
        with pytest.raises(DBAPIError, match="of house"), world.inside(PROVINCE), unit_of_work():
            move_past_the_service(world, event, account=None)
    desk.above_does(ReportEvent.REVIEW)
    by_hand = desk.association.account_id
    with pytest.raises(DBAPIError, match="of parent"), world.inside(PROVINCE), unit_of_work():
        move_past_the_service(world, "lapse", account=by_hand)


def move_past_the_service(world, event, *, account):
    db.session.execute(
        text(
            "SELECT review_report(:agency, CAST(:year AS smallint), :event, 'x', '[]', :account,"
            " 'x', gen_random_uuid(), gen_random_uuid(), 'x')"
        ),
        {
            "agency": world.key_of(DEPARTMENT).tenant_id,
            "year": THIS_YEAR,
            "event": event,
            "account": account,
        },
    )


def lapse_past_the_service(world, slug, after):
    with world.inside(PROVINCE), unit_of_work():
        db.session.execute(
            text(
                "SELECT lapse_review(:agency, CAST(:year AS smallint),"
                f" now() + {after}, 'x', gen_random_uuid(), gen_random_uuid(), 'x', '{{}}')"
            ),
            {"agency": world.key_of(slug).tenant_id, "year": THIS_YEAR},
        )


def test_the_database_undoes_no_closing_of_long_ago(world, desk):
    desk.hand_in()
    desk.accept()
    desk.above_does(ReportEvent.CLOSE)
    by_hand = desk.association.account_id
    with world.inside(DEPARTMENT), world.owner(), unit_of_work():
        db.session.execute(text("UPDATE report SET changed_at = now() - interval '31 days'"))
    with pytest.raises(DBAPIError, match="too long ago"), world.inside(PROVINCE), unit_of_work():
        move_past_the_service(world, "unclose", account=by_hand)


def test_the_database_calls_no_correction_off_once_a_further_version_is_signed(world, desk):
    desk.hand_in()
    desk.accept()
    desk.correct()
    desk.submit(reason="Bổ sung")
    desk.recall()
    with pytest.raises(DBAPIError, match="by uncorrect of agency"):
        call_off_past_the_service(world, desk, "Nhầm")


def test_the_database_calls_no_correction_off_without_a_reason(world, desk):
    desk.hand_in()
    desk.accept()
    desk.correct()
    with pytest.raises(DBAPIError, match="ck_report_event_reason"):
        call_off_past_the_service(world, desk, " ")
    call_off_past_the_service(world, desk, "Nhầm")


def call_off_past_the_service(world, desk, reason):
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.add(
            ReportEventRow(
                id=new_id(),
                year=THIS_YEAR,
                event=ReportEvent.UNCORRECT,
                actor_account_id=desk.officer.account_id,
                actor_name="A",
                reason=reason,
            )
        )


def test_the_database_lets_nobody_end_the_review_that_somebody_else_began(world, desk):
    desk.hand_in()
    desk.above_does(ReportEvent.REVIEW)
    other = world.make_account(PROVINCE, Role.ASSOCIATION).id
    with pytest.raises(DBAPIError, match="somebody else"), world.inside(PROVINCE), unit_of_work():
        move_past_the_service(world, "release", account=other)
    with world.inside(PROVINCE), unit_of_work():
        move_past_the_service(world, "release", account=desk.association.account_id)
