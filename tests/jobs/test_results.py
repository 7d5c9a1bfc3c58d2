"""Whatever happens to queue and workers, the figures catch up with the acts."""

import subprocess
from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as LostError
from rq import Queue
from rq.exceptions import StopRequested
from rq.worker import base
from sqlalchemy import create_engine, text

from app.domain.dossiers import Event, State
from app.jobs.queues import QueueName, connect, open_queue
from app.jobs.results import RollupWaker, sweep
from app.jobs.workers import SteadyWorker
from app.persistence.queries.results import count_marks, figures_of
from app.persistence.unit_of_work import unit_of_work
from tests.builders.figures import Office
from tests.builders.world import COMMUNE, DEPARTMENT, THIS_YEAR
from tests.jobs.conftest import end, wait_until


AT_ONCE = timedelta(0)


@pytest.fixture
def office(world):
    return Office(world, DEPARTMENT)


@pytest.fixture
def queue(config):
    connection = connect(config.redis_url)
    yield open_queue(QueueName.ROLLUP, connection)
    connection.close()


def recognised(world):
    with world.inside(DEPARTMENT) as key:
        return figures_of(key, THIS_YEAR).recognised


def sweep_now(world, config):
    with world.app.app_context(), unit_of_work():
        return sweep(RollupWaker(config.redis_url), patience=AT_ONCE)


def test_a_decision_reaches_the_figures_by_itself(world, office, workers):
    with workers("rollup"):
        dossier_id = office.make(State.DECIDED)
        wait_until(lambda: recognised(world) == 1)
        with world.inside(DEPARTMENT), unit_of_work():
            office.apply(dossier_id, Event.ANNUL)
        wait_until(lambda: recognised(world) == 0)
    with world.inside(DEPARTMENT):
        assert count_marks(THIS_YEAR) == 0


def test_whoever_is_counted_takes_along_all_who_wait(world, office, queue, workers):
    Office(world, COMMUNE).make(State.DECIDED)
    queue.empty()
    with workers("rollup"):
        office.make(State.DECIDED)
        wait_until(lambda: recognised(world) == 1)
        wait_until(lambda: marks_of(world, COMMUNE) == 0)


def marks_of(world, slug):
    with world.inside(slug):
        return count_marks(THIS_YEAR)


def test_many_changes_make_one_waiting_job_for_each_agency(world, office, queue):
    office.make(State.PUBLISHED)
    office.make(State.REGISTERED)
    Office(world, COMMUNE).make(State.SUBMITTED)
    assert queue.count == 2
    with world.inside(DEPARTMENT):
        assert count_marks(THIS_YEAR) == 8


def test_an_act_stands_while_the_queue_is_down_and_the_figures_catch_up(
    world, office, config, valkey, workers
):
    dossier_id = office.make(State.PROPOSED)
    valkey.process.kill()
    valkey.process.wait(timeout=10)
    with world.inside(DEPARTMENT), unit_of_work():
        office.apply(dossier_id, Event.DECIDE)
    assert recognised(world) == 0
    valkey.start()
    assert sweep_now(world, config) == 1
    with workers("rollup"):
        wait_until(lambda: recognised(world) == 1)


def test_a_worker_that_starts_before_the_queue_is_there_waits_for_it(
    world, office, config, valkey, workers
):
    valkey.process.kill()
    valkey.process.wait(timeout=10)
    with workers("rollup") as worker:
        office.make(State.DECIDED)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(timeout=3)
        valkey.start()
        sweep_now(world, config)
        wait_until(lambda: recognised(world) == 1)


def test_a_worker_asks_for_a_lost_queue_every_two_seconds_at_most(monkeypatch, queue):
    pauses = []

    def fail_many_times(_worker):
        if len(pauses) == 6:
            raise StopRequested
        raise LostError

    monkeypatch.setattr(SteadyWorker, "heartbeat", fail_many_times)
    monkeypatch.setattr(base.time, "sleep", pauses.append)
    with pytest.raises(StopRequested):
        SteadyWorker([queue], connection=queue.connection).dequeue_job_and_maintain_ttl(None)
    assert pauses == [1, 2, 2, 2, 2, 2]


def test_a_server_that_dies_keeps_no_word_of_a_job_that_it_lost(monkeypatch, world, office, queue):
    def die(*_arguments, **_more):
        raise LostError

    with monkeypatch.context() as patch:
        patch.setattr(Queue, "push_job_id", die)
        dossier_id = office.make(State.REGISTERED)
    assert queue.connection.dbsize() == 0
    with world.inside(DEPARTMENT), unit_of_work():
        office.apply(dossier_id, Event.SUBMIT)
    assert queue.count == 1


def test_the_sweeper_finds_what_a_lost_queue_forgot(world, office, config, queue):
    office.make(State.DECIDED)
    queue.connection.flushall()
    assert queue.count == 0
    sweep_now(world, config)
    assert queue.count == 1


def test_the_sweeper_leaves_fresh_marks_to_their_own_call(world, office, config):
    office.make(State.REGISTERED)
    with world.app.app_context(), unit_of_work():
        assert sweep(RollupWaker(config.redis_url), patience=timedelta(minutes=1)) == 0


def test_a_worker_killed_at_work_leaves_its_marks_to_the_next(world, office, config, workers):
    office.make(State.DECIDED)
    engine = create_engine(config.owner_database_url)
    with engine.connect() as obstacle:
        # Whoever recomputes waits here, in the middle of the job.
        obstacle.execute(text("LOCK unit_result IN ACCESS EXCLUSIVE MODE"))
        with workers("rollup") as worker:
            wait_until(lambda: is_waiting(obstacle))
            end(worker)
        obstacle.rollback()
    engine.dispose()
    with world.inside(DEPARTMENT):
        assert count_marks(THIS_YEAR) > 0
    assert recognised(world) == 0
    sweep_now(world, config)
    with workers("rollup"):
        wait_until(lambda: recognised(world) == 1)


def is_waiting(connection):
    waiting = text("SELECT count(*) FROM pg_locks WHERE relation IS NOT NULL AND NOT granted")
    return connection.execute(waiting).scalar_one() > 0
