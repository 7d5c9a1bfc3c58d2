"""Each slot is run by one, however many tickers there are; what nobody ran stands there."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.domain.deadlines import VIETNAM
from app.domain.ids import new_id
from app.domain.periodic import MOST_ATTEMPTS, Periodic, RunOutcome
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import PeriodicRun
from app.persistence.unit_of_work import unit_of_work
from app.services.periodic import claim, forget_old_runs, say_alive, settle


WHAT = Periodic.RECONCILE
HERE = new_id()


def at(day, hour=9):
    return datetime(2026, 11, day, hour, tzinfo=VIETNAM)


@pytest.fixture
def claim_at(app):
    def claimed(moment):
        with app.app_context(), clock_set_to(moment), unit_of_work():
            return claim(WHAT)

    return claimed


def runs(app):
    with app.app_context():
        rows = db.session.execute(
            select(PeriodicRun.slot, PeriodicRun.outcome).order_by(PeriodicRun.slot)
        )
        return [(slot.astimezone(VIETNAM).day, outcome) for slot, outcome in rows]


def change(app, **values):
    with app.app_context(), unit_of_work():
        db.session.execute(
            update(PeriodicRun).where(PeriodicRun.outcome != RunOutcome.FIRST).values(**values)
        )


def end(app, slot, **how):
    with app.app_context(), unit_of_work():
        return settle(slot, **how)


def test_where_nothing_is_on_record_slots_begin_to_count(app, claim_at):
    assert claim_at(at(20)) is None
    assert claim_at(at(20, 12)) is None
    assert runs(app) == [(20, RunOutcome.FIRST)]


def test_a_slot_is_run_once(app, claim_at):
    claim_at(at(20))
    slot = claim_at(at(21))
    assert claim_at(at(21)) is None
    assert end(app, slot)
    assert claim_at(at(21, 23)) is None
    assert runs(app) == [(20, RunOutcome.FIRST), (21, RunOutcome.DONE)]


def test_two_tickers_share_the_slots(app, claim_at):
    claim_at(at(20))
    barrier, found = threading.Barrier(8), []

    def tick():
        barrier.wait()
        found.append(claim_at(at(21)))

    tickers = [threading.Thread(target=tick) for _ in range(8)]
    for ticker in tickers:
        ticker.start()
    for ticker in tickers:
        ticker.join()
    assert len([slot for slot in found if slot is not None]) == 1


def test_nights_without_a_ticker_stand_there_as_missed(app, claim_at):
    claim_at(at(17))
    assert claim_at(at(21)).at == at(21, 2)
    assert runs(app) == [
        (17, RunOutcome.FIRST),
        (18, RunOutcome.MISSED),
        (19, RunOutcome.MISSED),
        (20, RunOutcome.MISSED),
        (21, RunOutcome.RUNNING),
    ]


def test_a_run_that_died_is_taken_over_and_wakes_in_vain(app, claim_at):
    claim_at(at(20))
    dead = claim_at(at(21))
    change(app, alive_at=func.now() - timedelta(minutes=6))
    heir = claim_at(at(21))
    assert (heir.at, heir.attempts) == (dead.at, 2)
    assert not end(app, dead, found=7)
    with app.app_context(), unit_of_work():
        assert not say_alive(dead, HERE)
        assert say_alive(heir, HERE)
    assert end(app, heir)
    assert runs(app)[-1] == (21, RunOutcome.DONE)


def test_a_run_that_lives_is_left_alone(app, claim_at):
    claim_at(at(20))
    claim_at(at(21))
    assert claim_at(at(21)) is None


def test_a_run_that_failed_is_tried_again_after_a_while_and_not_for_ever(app, claim_at):
    claim_at(at(20))
    slot = claim_at(at(21))
    for attempts in range(1, MOST_ATTEMPTS + 1):
        assert slot.attempts == attempts
        end(app, slot, error="ValueError")
        assert claim_at(at(21)) is None
        change(app, alive_at=func.now() - timedelta(minutes=11))
        slot = claim_at(at(21))
    assert slot is None
    assert runs(app)[-1] == (21, RunOutcome.FAILED)


def test_a_run_that_died_at_its_last_try_has_failed(app, claim_at):
    claim_at(at(20))
    claim_at(at(21))
    change(app, alive_at=func.now() - timedelta(minutes=6), attempts=MOST_ATTEMPTS)
    assert claim_at(at(21)) is None
    assert runs(app)[-1] == (21, RunOutcome.FAILED)


def test_slots_of_long_ago_are_forgotten(app, claim_at):
    claim_at(at(20))
    with app.app_context(), unit_of_work():
        assert forget_old_runs(timedelta(days=4000)) == 0
        assert forget_old_runs(timedelta(days=-4000)) == 1
