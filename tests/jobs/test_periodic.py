"""The night finds what is wrong, repairs what it can, and says so to the agency and above it."""

import os
import signal
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, func, select, text, update

from app.domain.alarms import MACHINE, AlarmKind
from app.domain.audit import Act
from app.domain.deadlines import VIETNAM
from app.domain.dossiers import Event, State
from app.domain.exports import ExportKind, ExportState
from app.domain.ids import new_id
from app.domain.periodic import MOST_ATTEMPTS, Periodic, RunOutcome
from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.jobs import periodic
from app.jobs.health import jobs_problems
from app.jobs.periodic import tick
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import AuditEvent, Export, OutboxLine, PeriodicRun, WebSession
from app.persistence.queries.audit_chain import agencies_on_record
from app.persistence.queries.periodic import recent_alarms
from app.persistence.queries.results import differences, figures_of
from app.persistence.roles import forget_connections
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_for_export
from app.services.results import recompute_result
from app.services.settings import change_setting
from tests.builders.figures import Office
from tests.builders.jobs import work_on_all
from tests.builders.sessions import open_session
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


def at(day):
    return datetime(2026, 11, day, 9, tzinfo=VIETNAM)


BEGAN = "UPDATE tenant SET created_at = '2026-11-20 09:00+07'"


@pytest.fixture
def night(app, by_owner):
    """Let a night pass in which a ticker is there; return how many slots it ran."""
    by_owner(BEGAN)
    days = iter(range(20, 28))

    def pass_one():
        with app.app_context(), clock_set_to(at(next(days))):
            return tick()

    pass_one()
    return pass_one


@pytest.fixture
def by_owner(config):
    """Do something past the house."""
    engine = create_engine(config.owner_database_url)

    def execute(statement):
        with engine.begin() as connection:
            connection.execute(text(statement))

    yield execute
    engine.dispose()


def found_by(app, name):
    with app.app_context():
        return db.session.execute(
            select(PeriodicRun.outcome, PeriodicRun.found)
            .where(PeriodicRun.name == name)
            .order_by(PeriodicRun.slot.desc())
            .limit(1)
        ).one()


def alarms(world, slug):
    with world.inside(slug):
        return [
            (one.agency.slug, one.alarm.kind, one.alarm.year, one.alarm.found)
            for one in recent_alarms()
        ]


def acts(world, slug, act):
    with world.inside(slug):
        return [
            (event.actor_name, event.facts)
            for event in db.session.scalars(select(AuditEvent).where(AuditEvent.act == act))
        ]


def test_a_night_in_which_all_is_well_finds_nothing(world, app, night):
    office = Office(world, DEPARTMENT)
    office.make(State.PUBLISHED)
    office.recompute()
    assert night() == len(Periodic)
    for name in Periodic:
        assert found_by(app, name) == (RunOutcome.DONE, 0)
    assert alarms(world, PROVINCE) == []


def test_figures_that_somebody_changed_are_repaired_and_the_alarm_is_raised(
    world, app, night, by_owner
):
    office = Office(world, DEPARTMENT)
    office.make(State.PUBLISHED)
    office.recompute()
    by_owner("UPDATE unit_result SET people = 7")
    night()
    with world.inside(DEPARTMENT) as key:
        assert figures_of(key, THIS_YEAR).recognised == 1
        assert differences(THIS_YEAR) == []
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.DONE, 1)
    alarm = (DEPARTMENT, AlarmKind.FIGURES_REPAIRED, THIS_YEAR, 1)
    assert alarms(world, DEPARTMENT) == [alarm]
    assert alarms(world, PROVINCE) == [alarm]
    assert alarms(world, COMMUNE) == []
    facts = {"found": 1, "year": THIS_YEAR}
    assert acts(world, DEPARTMENT, Act.FIGURES_REPAIRED) == [(MACHINE, facts)]
    night()
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.DONE, 0)
    assert alarms(world, DEPARTMENT) == [alarm]


def test_rows_that_are_gone_are_found_too(world, app, night, by_owner):
    office = Office(world, DEPARTMENT)
    office.make(State.PUBLISHED)
    office.recompute()
    by_owner("DELETE FROM unit_result")
    night()
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.DONE, 1)


@pytest.mark.parametrize("first", ["workplace", "home"])
@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM overlap",
        "DELETE FROM overlap_result",
        "UPDATE overlap_result SET people = people + 1",
        "UPDATE overlap SET state = 'submitted'",
    ],
)
def test_people_of_two_agencies_who_are_not_counted_once_are_found_where_both_meet(  # noqa: PLR0917 - each harm
    world, app, night, by_owner, harm, first
):
    admin = world.make_account(PROVINCE, Role.TENANT_ADMIN).actor()
    with world.inside(PROVINCE), unit_of_work():
        change_setting(SettingName.COUNTED_FIRST, first, source="Công văn 12", by=admin)
    put_somebody_into_both(world, THIS_YEAR)
    for slug in (COMMUNE, DEPARTMENT):
        with world.inside(slug), unit_of_work():
            recompute_result(THIS_YEAR, is_forced=True)
    night()
    assert alarms(world, PROVINCE) == []
    by_owner(harm)
    night()
    [(where, kind, year, found)] = alarms(world, PROVINCE)
    assert (where, kind, year) == (PROVINCE, AlarmKind.OVERLAPS_REPAIRED, THIS_YEAR)
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.DONE, found)
    # Neither of the two is told that it shares anybody with the other.
    for slug in (COMMUNE, DEPARTMENT):
        assert alarms(world, slug) == []
        assert acts(world, slug, Act.OVERLAPS_REPAIRED) == []
    night()
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.DONE, 0)


def test_a_change_that_waits_to_be_counted_is_no_fault(world, app, night):
    office = Office(world, DEPARTMENT)
    dossier_id = office.make(State.PROPOSED)
    office.recompute()
    with world.inside(DEPARTMENT), unit_of_work():
        office.apply(dossier_id, Event.DECIDE)
    night()
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.DONE, 0)


def test_a_record_that_was_touched_raises_the_alarm(world, app, night, by_owner):
    Office(world, DEPARTMENT).make(State.PUBLISHED)
    by_owner("UPDATE dossier_event SET reason = 'khác' WHERE event = 'publish'")
    night()
    outcome, found = found_by(app, Periodic.VERIFY_CHAINS)
    assert outcome is RunOutcome.DONE
    assert found > 0
    assert alarms(world, PROVINCE) == [(DEPARTMENT, AlarmKind.CHAIN_BROKEN, None, found)]
    assert acts(world, DEPARTMENT, Act.CHAIN_BROKEN) == [(MACHINE, {"found": found})]


def test_a_fault_in_the_work_of_a_night_is_noted_and_the_rest_goes_on(app, night, monkeypatch):
    def fail(_slot):
        raise ZeroDivisionError

    monkeypatch.setitem(periodic._TASKS, Periodic.PURGE, fail)  # noqa: SLF001
    assert night() == len(Periodic)
    assert found_by(app, Periodic.PURGE) == (RunOutcome.FAILED, 0)
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.DONE, 0)


def test_an_agency_that_cannot_be_looked_at_keeps_no_other_from_it(app, night, monkeypatch):
    seen = []

    def look_at(slug):
        seen.append(slug)
        if slug == COMMUNE:
            raise ZeroDivisionError
        return 0

    monkeypatch.setattr(periodic, "reconcile", look_at)
    night()
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.FAILED, 0)
    with app.app_context():
        assert seen == [slug for slug, _ in agencies_on_record()]


def test_a_night_whose_process_dies_each_time_is_given_up_and_said_and_reaches_all_others(  # noqa: PLR0917 - a story
    world, app, by_owner, monkeypatch, tmp_path, sign_in
):
    book = tmp_path / "seen"

    def look_at(slug):
        with book.open("a") as page:
            page.write(f"{slug} ")
        if slug == COMMUNE:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    monkeypatch.setattr(periodic, "reconcile", look_at)
    by_owner(BEGAN)
    in_a_process_of_its_own(app, at(20))
    for _ in range(2 * MOST_ATTEMPTS):
        in_a_process_of_its_own(app, at(21))
        by_owner("UPDATE periodic_run SET alive_at = alive_at - interval '6 minutes'")
    assert found_by(app, Periodic.RECONCILE) == (RunOutcome.FAILED, 0)
    assert found_by(app, Periodic.PURGE) == (RunOutcome.DONE, 0)
    seen = Counter(book.read_text().split())
    assert seen[COMMUNE] == MOST_ATTEMPTS
    with app.app_context(), clock_set_to(at(21)):
        assert set(seen) == {slug for slug, _ in agencies_on_record()}
        assert "failed at" in jobs_problems()["reconcile"]
    admin = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))
    assert "failed; the operator is told" in admin.get(f"/{DEPARTMENT}/-/jobs/").text


def in_a_process_of_its_own(app, moment):
    with app.app_context():
        forget_connections()
        child = os.fork()
        if not child:
            with clock_set_to(moment):
                tick()
            os._exit(0)
    os.waitpid(child, 0)


def test_a_night_that_stopped_in_the_middle_is_said_to_have(world, app, night, by_owner, sign_in):
    night()
    by_owner(
        "UPDATE periodic_run SET outcome = 'running', finished_at = NULL,"
        " alive_at = now() - interval '6 minutes' WHERE name = 'reconcile'"
    )
    admin = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))
    told = admin.get(f"/{DEPARTMENT}/-/jobs/").text
    assert "stopped in the middle; it is gone on with in a few minutes" in told


def test_the_old_is_forgotten_and_the_new_is_kept(world, app, night):
    reader = world.make_account(PROVINCE, Role.ASSOCIATION)
    for _ in range(2):
        with world.inside(PROVINCE), unit_of_work():
            kind = ExportKind.PROVINCE_RESULTS
            export_id = ask_for_export(kind, THIS_YEAR, "vi", by=reader.actor())
    work_on_all(world, PROVINCE)
    open_session(app, reader.id)
    open_session(app, reader.id)
    age_all_but_the_newest(world, export_id)
    night()
    with world.inside(PROVINCE):
        assert db.session.scalars(select(Export.id)).all() == [export_id]
        assert db.session.scalars(select(OutboxLine.subject_id)).all() == [export_id]
        assert len(db.session.scalars(select(WebSession.id)).all()) == 1


def age_all_but_the_newest(world, export_id):
    long_ago = func.now() - timedelta(days=31)
    with world.inside(PROVINCE), unit_of_work():
        for table, column, is_old in (
            (Export, "finished_at", Export.id != export_id),
            (OutboxLine, "done_at", OutboxLine.subject_id != export_id),
        ):
            db.session.execute(
                update(table)
                .where(is_old)
                .values({column: long_ago})
                .execution_options(synchronize_session=False)
            )
        first = db.session.scalars(select(WebSession.id).order_by(WebSession.id)).first()
        db.session.execute(
            update(WebSession)
            .where(WebSession.id == first)
            .values(seen_at=at(20) - timedelta(days=91))
        )


def test_a_workbook_that_waits_is_never_forgotten(world, night):
    reader = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    with world.inside(PROVINCE), unit_of_work():
        db.session.add(
            Export(
                id=new_id(),
                kind=ExportKind.PROVINCE_RESULTS,
                year=THIS_YEAR,
                locale="vi",
                state=ExportState.QUEUED,
                asked_by=reader.account_id,
                asked_at=at(20) - timedelta(days=300),
            )
        )
    night()
    with world.inside(PROVINCE):
        assert len(db.session.scalars(select(Export.id)).all()) == 1


def outcomes(app, name):
    with app.app_context():
        query = select(PeriodicRun.outcome).where(PeriodicRun.name == name)
        return list(db.session.scalars(query.order_by(PeriodicRun.slot)))


def test_the_first_night_of_a_house_is_run_and_those_without_a_ticker_are_seen(app, by_owner):
    by_owner(BEGAN)
    with app.app_context(), clock_set_to(at(23)):
        assert tick() == len(Periodic)
    seen = [RunOutcome.FIRST, RunOutcome.MISSED, RunOutcome.MISSED, RunOutcome.DONE]
    assert outcomes(app, Periodic.RECONCILE) == seen


def test_a_house_that_came_today_has_missed_nothing(app, by_owner):
    by_owner(BEGAN)
    with app.app_context(), clock_set_to(at(20)):
        assert tick() == 0
    assert outcomes(app, Periodic.RECONCILE) == [RunOutcome.FIRST]
