"""A line is posted with its act, done by one worker, tried again a few times, and then parked."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.outbox import MOST_ATTEMPTS, Kind, LineState
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError
from app.persistence.database import db
from app.persistence.models import AuditEvent, OutboxLine
from app.persistence.queries.outbox import stuck_lines, take_due_lines
from app.persistence.unit_of_work import unit_of_work
from app.services import outbox
from app.services.outbox import (
    OvertakenError,
    call_again,
    finish,
    forget_done,
    post,
    put_back,
    recall,
    retry,
    say_alive,
    take_up,
    tell,
)
from tests.builders.jobs import let_fall_silent, let_pauses_pass, lines
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, PROVINCE


AT_ONCE = timedelta(0)
A_MINUTE = timedelta(minutes=1)
SUBJECT = new_id()


@pytest.fixture(autouse=True)
def _nobody_is_called(app, monkeypatch):
    monkeypatch.setattr("app.persistence.unit_of_work._dispatchers", [])


@pytest.fixture
def posted(world):
    """Post a line for an agency, and return its id."""

    def post_it(slug=DEPARTMENT, subject=SUBJECT):
        with world.inside(slug), unit_of_work():
            post(Kind.EXPORT, subject_id=subject)
        return [line.id for line in lines(world, slug) if line.subject_id == subject][-1]

    return post_it


def only_line(world, slug=DEPARTMENT):
    [line] = lines(world, slug)
    return line


def take(world, line_id, slug=DEPARTMENT):
    with world.inside(slug), unit_of_work():
        return take_up(line_id)


def fail(world, line_id, error="ValueError"):
    taken = take(world, line_id)
    with world.inside(DEPARTMENT), unit_of_work():
        return put_back(taken, error)


def fail_for_good(world, line_id):
    for _ in range(MOST_ATTEMPTS):
        let_pauses_pass(world, DEPARTMENT)
        fail(world, line_id)


def send(world, most=100):
    with world.app.app_context(), unit_of_work():
        return [line.line_id for line in take_due_lines([Kind.EXPORT], most, is_long=False)]


def post_and_fail():
    with unit_of_work():
        post(Kind.EXPORT, subject_id=SUBJECT)
        raise ZeroDivisionError


def test_an_act_that_is_rolled_back_leaves_no_line(world):
    with pytest.raises(ZeroDivisionError), world.inside(DEPARTMENT):
        post_and_fail()
    assert lines(world, DEPARTMENT) == []


def test_what_is_asked_for_twice_and_not_begun_is_one_line(world, posted):
    assert posted() == posted()


def test_what_is_asked_for_while_a_worker_is_at_it_is_a_second_line(world, posted):
    take(world, posted())
    posted()
    assert [line.state for line in lines(world, DEPARTMENT)] == ["running", "waiting"]


def test_a_line_is_not_begun_before_what_asked_for_it_again_has_ended(world, posted):
    """Else the worker would read the state of before, and what is new would never be done."""
    line_id, begun = posted(), threading.Event()
    found = []

    def begin():
        begun.set()
        found.append(take(world, line_id))

    worker = threading.Thread(target=begin)
    with world.inside(DEPARTMENT), unit_of_work():
        post(Kind.EXPORT, subject_id=SUBJECT)
        worker.start()
        begun.wait()
        worker.join(timeout=0.5)
        assert worker.is_alive()
    worker.join()
    assert found[0] is not None


def test_one_of_two_workers_gets_the_line(world, posted):
    line_id = posted()
    assert take(world, line_id) is not None
    assert take(world, line_id) is None


def test_a_line_of_another_agency_cannot_be_taken_up(world, posted):
    assert take(world, posted(), slug=COMMUNE) is None


def test_a_line_is_not_tried_again_before_its_pause_is_over(world, posted):
    line_id = posted()
    assert not fail(world, line_id)
    line = only_line(world)
    assert (line.state, line.attempts, line.last_error) == (LineState.WAITING, 1, "ValueError")
    assert take(world, line_id) is None
    assert send(world) == []
    let_pauses_pass(world, DEPARTMENT)
    assert take(world, line_id) is not None


def test_after_five_tries_a_line_is_parked(world, posted):
    line_id = posted()
    fail_for_good(world, line_id)
    line = only_line(world)
    assert (line.state, line.attempts) == (LineState.PARKED, MOST_ATTEMPTS)
    assert line.parked_at is not None
    assert take(world, line_id) is None
    assert send(world) == []


def test_a_parked_line_is_revived_by_whoever_asks_again(world, posted):
    line_id = posted()
    fail_for_good(world, line_id)
    assert posted() == line_id
    line = only_line(world)
    assert (line.state, line.attempts, line.parked_at) == (LineState.WAITING, 0, None)
    assert send(world) == [line_id]


def test_somebody_with_the_right_has_it_tried_again_and_it_goes_on_record(world, posted):
    line_id = posted()
    fail_for_good(world, line_id)
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT), unit_of_work():
        retry(line_id, by=admin)
    line = only_line(world)
    assert (line.state, line.attempts) == (LineState.WAITING, 0)
    with world.inside(DEPARTMENT):
        [event] = db.session.scalars(db.select(AuditEvent))
        assert (event.act, event.object_id) == (Act.JOB_RETRIED, line_id)


def test_nobody_without_the_right_does(world, posted):
    line_id = posted()
    fail_for_good(world, line_id)
    citizen = world.make_account(DEPARTMENT, Role.CITIZEN).actor()
    with pytest.raises(RefusedError), world.inside(DEPARTMENT), unit_of_work():
        retry(line_id, by=citizen)


def test_what_is_not_parked_or_not_ours_is_not_tried_again(world, posted):
    line_id = posted()
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with pytest.raises(MissingError), world.inside(DEPARTMENT), unit_of_work():
        retry(line_id, by=admin)
    fail_for_good(world, line_id)
    with pytest.raises(MissingError), world.inside(COMMUNE), unit_of_work():
        retry(line_id, by=admin)


def test_a_line_that_was_given_up_may_write_nothing_more(world, posted):
    """A worker that slept through its own death wakes, and finds its line in other hands."""
    line_id = posted()
    zombie = take(world, line_id)
    let_fall_silent(world, DEPARTMENT, line_id)
    with world.inside(DEPARTMENT), unit_of_work():
        assert recall(line_id, A_MINUTE) is not None
    let_pauses_pass(world, DEPARTMENT)
    heir = take(world, line_id)
    for act in (say_alive, finish, lambda line: tell(line, 1, 2), lambda line: put_back(line, "")):
        with pytest.raises(OvertakenError), world.inside(DEPARTMENT), unit_of_work():
            act(zombie)
    with world.inside(DEPARTMENT), unit_of_work():
        finish(heir)
    assert only_line(world).state is LineState.DONE


def test_a_line_is_not_taken_from_a_worker_that_lives(world, posted):
    line_id = posted()
    take(world, line_id)
    with world.inside(DEPARTMENT), unit_of_work():
        assert recall(line_id, A_MINUTE) is None


def test_silence_counts_as_a_try_and_in_the_end_parks(world, posted):
    line_id = posted()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        let_pauses_pass(world, DEPARTMENT)
        take(world, line_id)
        let_fall_silent(world, DEPARTMENT, line_id)
        with world.inside(DEPARTMENT), unit_of_work():
            assert recall(line_id, A_MINUTE).is_parked is (attempt == MOST_ATTEMPTS)
    assert only_line(world).last_error == "WorkerLost"


def test_what_failed_and_was_asked_for_again_meanwhile_is_done_once(world, posted):
    first = posted()
    taken = take(world, first)
    second = posted()
    with world.inside(DEPARTMENT), unit_of_work():
        assert not put_back(taken, "ValueError")
    assert [line.id for line in lines(world, DEPARTMENT)] == [second]


def test_an_agency_has_one_line_under_way_and_others_come_between(world, posted):
    mine = [posted(subject=new_id()) for _ in range(3)]
    theirs = posted(COMMUNE), posted(OTHER_COMMUNE)
    assert set(send(world)) == {mine[0], *theirs}
    assert send(world) == []
    taken = take(world, mine[0])
    assert send(world) == []
    with world.inside(DEPARTMENT), unit_of_work():
        finish(taken)
    assert send(world) == [mine[1]]


def test_two_dispatchers_send_different_lines(world, posted):
    for slug in (DEPARTMENT, COMMUNE):
        posted(slug)
    with world.app.app_context(), unit_of_work():
        first = [line.line_id for line in take_due_lines([Kind.EXPORT], 1, is_long=False)]
        other = []
        rival = threading.Thread(target=lambda: other.extend(send(world)))
        rival.start()
        rival.join(timeout=10)
    assert len(first) == len(other) == 1
    assert first != other


def test_a_call_that_nobody_answered_is_made_again(world, posted):
    line_id = posted()
    assert send(world) == [line_id]
    with world.inside(DEPARTMENT), unit_of_work():
        assert not call_again(line_id, A_MINUTE)
    let_fall_silent(world, DEPARTMENT, line_id)
    with world.app.app_context(), unit_of_work():
        assert [line.line_id for line in stuck_lines(A_MINUTE, A_MINUTE)] == [line_id]
    with world.inside(DEPARTMENT), unit_of_work():
        assert call_again(line_id, A_MINUTE)
    assert send(world) == [line_id]
    assert only_line(world).attempts == 0


def test_a_line_keeps_no_words(world, posted):
    """Neither what a row holds nor what an error said of it."""
    line_id = posted()
    with pytest.raises(IntegrityError), world.inside(DEPARTMENT), unit_of_work():
        db.session.execute(
            update(OutboxLine)
            .where(OutboxLine.id == line_id)
            .values(last_error="Lò Thị Pánh")
            .execution_options(synchronize_session=False)
        )


def test_what_was_done_long_ago_is_forgotten(world, posted):
    taken = take(world, posted())
    with world.inside(DEPARTMENT), unit_of_work():
        finish(taken)
    with world.inside(DEPARTMENT), unit_of_work():
        assert forget_done(A_MINUTE) == 0
        db.session.execute(
            update(OutboxLine)
            .values(done_at=func.now() - timedelta(days=1))
            .execution_options(synchronize_session=False)
        )
        assert forget_done(A_MINUTE) == 1


def test_a_line_about_no_row_says_so(world):
    with world.inside(PROVINCE), unit_of_work():
        post(Kind.EXPORT, year=2026)
    taken = take(world, only_line(world, PROVINCE).id, slug=PROVINCE)
    assert taken.year == 2026
    with pytest.raises(ValueError, match="is about no row"):
        outbox.Taken.subject.fget(taken)
