"""What an administrator is told of the work in the background, and what they can do about it."""

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select, update

from app.domain.alarms import AlarmKind
from app.domain.audit import Act
from app.domain.exports import ExportKind
from app.domain.ids import new_id
from app.domain.outbox import MOST_ATTEMPTS, Kind, LineState
from app.domain.periodic import Periodic, RunOutcome
from app.domain.permissions import Role
from app.labels.jobs import time_left_in_words
from app.persistence.database import db
from app.persistence.models import AuditEvent, OutboxLine, PeriodicRun
from app.persistence.unit_of_work import unit_of_work
from app.services.alarms import raise_alarm
from app.services.exports import ask_for_export
from app.services.outbox import post, put_back, take_up, tell
from app.services.results import mark_out_of_date
from tests.builders.jobs import let_pauses_pass, lines, work_on_all
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


LIST = f"/{DEPARTMENT}/-/jobs/"


@pytest.fixture(autouse=True)
def _nobody_is_called(app, monkeypatch):
    monkeypatch.setattr("app.persistence.unit_of_work._dispatchers", [])


@pytest.fixture
def admin(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))


@pytest.fixture
def posted(world):
    def post_it(slug=DEPARTMENT):
        with world.inside(slug), unit_of_work():
            post(Kind.EXPORT, subject_id=new_id())
        return lines(world, slug)[-1].id

    return post_it


def take(world, line_id):
    with world.inside(DEPARTMENT), unit_of_work():
        return take_up(line_id)


def change(world, line_id, **values):
    with world.inside(DEPARTMENT), unit_of_work():
        db.session.execute(
            update(OutboxLine)
            .where(OutboxLine.id == line_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def fail_for_good(world, line_id, error="ZeroDivisionError"):
    for _ in range(MOST_ATTEMPTS):
        let_pauses_pass(world, DEPARTMENT)
        taken = take(world, line_id)
        with world.inside(DEPARTMENT), unit_of_work():
            put_back(taken, error)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.TENANT_ADMIN, 200), (Role.OFFICER, 403), (Role.HEAD, 403), (Role.CITIZEN, 403)],
)
def test_the_page_is_the_administrators(world, sign_in, role, status):
    assert sign_in(world.make_account(DEPARTMENT, role)).get(LIST).status_code == status


def test_an_agency_with_nothing_to_do_is_told_so(admin):
    page = admin.get(LIST).text
    assert "Nothing is under way." in page
    assert "Every change is in the figures." in page
    assert "Nothing has been found wrong" in page
    assert "Done lately" not in page


def test_work_under_way_says_how_much_is_done_and_how_long_it_takes(world, admin, posted):
    taken = take(world, posted())
    assert "How long it takes cannot be told yet." in admin.get(LIST).text
    with world.inside(DEPARTMENT), unit_of_work():
        tell(taken, 250, 1000)
    change(world, taken.id, begun_at=func.clock_timestamp() - timedelta(minutes=1))
    page = admin.get(LIST).text
    assert "250 of 1,000. About 3 minutes left." in page


def test_what_waits_says_why(world, admin, posted):
    line_id = posted()
    assert "It will be begun in a moment." in admin.get(LIST).text
    change(world, line_id, state=LineState.SENT)
    assert "It waits for a program that is free." in admin.get(LIST).text
    posted()
    assert "It waits for other work of your agency to be done." in admin.get(LIST).text


def test_a_failed_try_says_when_it_is_tried_again(world, admin, posted):
    taken = take(world, posted())
    with world.inside(DEPARTMENT), unit_of_work():
        put_back(taken, "ValueError")
    assert "The last try failed; it is tried again by itself at" in admin.get(LIST).text


def test_what_was_given_up_says_why_and_is_tried_again_by_one_button(world, admin, posted):
    line_id = posted()
    fail_for_good(world, line_id, "WorkerLost")
    page = admin.get(LIST).text
    assert "This was tried 5 times" in page
    assert "the program that was at it stopped in the middle" in page
    assert line_id.hex[-6:].upper() in page
    assert admin.post(f"{LIST}{line_id}/again").status_code == 303
    assert "It is tried again." in admin.get(LIST).text
    [line] = lines(world, DEPARTMENT)
    assert (line.state, line.attempts) == (LineState.WAITING, 0)
    with world.inside(DEPARTMENT):
        assert db.session.scalars(select(AuditEvent.act)).all() == [Act.JOB_RETRIED]


def test_what_is_not_given_up_is_not_tried_again(admin, posted):
    assert admin.post(f"{LIST}{posted()}/again").status_code == 404


def test_an_error_that_nobody_expected_is_named(world, admin, posted):
    fail_for_good(world, posted())
    assert "a fault in the program (ZeroDivisionError)" in admin.get(LIST).text


def test_work_of_another_agency_is_not_there(admin, posted):
    line_id = posted(COMMUNE)
    assert "Nothing is under way." in admin.get(LIST).text
    for address in (f"{LIST}{line_id}/progress", f"{LIST}{new_id()}/progress"):
        assert admin.get(address).status_code == 404
    assert admin.post(f"{LIST}{line_id}/again").status_code == 404


def test_what_is_under_way_is_watched_and_what_waits_is_not(world, admin, posted):
    line_id = posted()
    address = f"{LIST}{line_id}/progress"
    assert "hx-get" not in admin.get(address, headers={"HX-Request": "true"}).text
    change(world, line_id, state=LineState.SENT)
    watched = admin.get(address, headers={"HX-Request": "true"}).text
    assert "<html" not in watched
    assert address in watched
    assert admin.get(address).status_code == 302


def test_what_is_done_is_listed_and_watched_no_more(world, admin):
    officer = world.make_account(DEPARTMENT, Role.OFFICER).actor()
    with world.inside(DEPARTMENT), unit_of_work():
        ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, "en", by=officer)
    work_on_all(world, DEPARTMENT)
    page = admin.get(LIST).text
    assert "Done lately" in page
    assert "Writing a workbook" in page
    [line] = lines(world, DEPARTMENT)
    watched = admin.get(f"{LIST}{line.id}/progress", headers={"HX-Request": "true"}).text
    assert "hx-get" not in watched


def test_changes_that_wait_to_be_counted_are_told(world, admin):
    with world.inside(DEPARTMENT), unit_of_work():
        mark_out_of_date(THIS_YEAR)
        mark_out_of_date(THIS_YEAR)
    assert f"2 changes of {THIS_YEAR} wait to be counted" in admin.get(LIST).text


def test_what_a_night_found_is_told_here_and_above_and_nowhere_else(world, sign_in, admin):
    with world.inside(DEPARTMENT), unit_of_work():
        raise_alarm(AlarmKind.FIGURES_REPAIRED, 3, year=THIS_YEAR)
    told = f"Figures of {THIS_YEAR} differed from the dossiers in 3 places"
    assert told in admin.get(LIST).text
    above = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))
    assert told in above.get(f"/{PROVINCE}/-/jobs/").text
    beside = sign_in(world.make_account(COMMUNE, Role.TENANT_ADMIN))
    assert told not in beside.get(f"/{COMMUNE}/-/jobs/").text


def test_the_nights_are_told_and_one_that_was_missed_too(world, admin):
    with world.app.app_context(), unit_of_work():
        for days, outcome in ((1, RunOutcome.DONE), (2, RunOutcome.MISSED)):
            slot = func.now() - timedelta(days=days)
            db.session.add(PeriodicRun(name=Periodic.RECONCILE, slot=slot, outcome=outcome))
    page = admin.get(LIST).text
    assert "All figures are held against the dossiers" in page
    assert "the night before was missed" in page


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, "cannot be told"),
        (timedelta(seconds=20), "Less than a minute"),
        (timedelta(seconds=80), "About 1 minute left"),
        (timedelta(minutes=12), "About 12 minutes left"),
        (timedelta(hours=2), "About 2 hours left"),
    ],
)
def test_the_rest_is_told_as_roughly_as_it_is_known(app, left, words):
    with app.test_request_context(), force_locale("en"):
        assert words in time_left_in_words(left)
