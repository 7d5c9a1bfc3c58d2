"""Whatever happens to Redis and to workers, what the outbox holds is done, and once."""

import os
import signal
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text

from app.domain.exports import ExportKind, ExportState
from app.domain.outbox import MOST_ATTEMPTS, Kind, LineState
from app.domain.permissions import Role
from app.jobs import outbox as jobs
from app.jobs.outbox import Dispatcher, run, sweep_outbox
from app.jobs.queues import QueueName, connect, open_queue
from app.persistence.queries.exports import load_export
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_for_export, begin, deliver
from app.services.outbox import recall, take_up
from tests.builders.jobs import let_fall_silent, let_pauses_pass, lines, work_on_all
from tests.builders.world import COMMUNE, PROVINCE, THIS_YEAR
from tests.jobs.conftest import end, wait_until


AT_ONCE = timedelta(0)
NEVER = timedelta(hours=1)


@pytest.fixture
def ask(world):
    """Ask for a workbook as somebody at an agency does; return its id."""

    def asked(slug=PROVINCE):
        role = Role.ASSOCIATION if slug == PROVINCE else Role.OFFICER
        reader = world.make_account(slug, role).actor()
        with world.inside(slug), unit_of_work():
            return ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, "en", by=reader)

    return asked


@pytest.fixture
def queue(config):
    connection = connect(config.redis_url)
    yield open_queue(QueueName.SHORT, connection)
    connection.close()


@pytest.fixture
def obstacle(config):
    """Hold the table that every workbook reads, until told otherwise."""
    engine = create_engine(config.owner_database_url)
    with engine.connect() as connection:
        connection.execute(text("LOCK unit_result IN ACCESS EXCLUSIVE MODE"))
        yield connection
    engine.dispose()


def line_of(world, slug=PROVINCE):
    [line] = lines(world, slug)
    return line


def state_of(world, export_id, slug=PROVINCE):
    with world.inside(slug):
        return load_export(export_id).state


def sweep(world, config, *, silence=NEVER, patience=NEVER):
    with world.app.app_context():
        dispatcher = Dispatcher(config.redis_url)
        return sweep_outbox(dispatcher, silence=silence, patience=patience)


def horse_of(worker):
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    return int(children[0])


def is_running(world):
    return lambda: line_of(world).state is LineState.RUNNING


def called(queue):
    """Return the lines whose calls wait in a queue."""
    return [job_id.partition("_")[0] for job_id in queue.job_ids]


def test_what_an_act_asks_for_is_sent_once_the_act_is_safe(world, ask, queue):
    ask()
    line = line_of(world)
    assert line.state is LineState.SENT
    assert called(queue) == [str(line.id)]


def test_a_worker_does_it_without_anybody_calling(world, ask, workers):
    with workers("short"):
        export_id = ask()
        wait_until(lambda: state_of(world, export_id) is ExportState.READY)
    line = line_of(world)
    assert (line.state, line.attempts, line.last_error) == (LineState.DONE, 1, "")
    assert line.done == line.total > 0


def test_asked_for_while_the_queue_was_down_it_is_done_when_it_is_back(
    world, ask, config, valkey, workers
):
    valkey.process.kill()
    valkey.process.wait(timeout=10)
    export_id = ask()
    assert line_of(world).state is LineState.WAITING
    valkey.start()
    sweep(world, config)
    with workers("short"):
        wait_until(lambda: state_of(world, export_id) is ExportState.READY)


def test_what_a_lost_queue_forgot_is_sent_again(world, ask, config, queue):
    ask()
    queue.connection.flushall()
    assert sweep(world, config) == 0
    assert sweep(world, config, patience=AT_ONCE) == 1
    assert called(queue) == [str(line_of(world).id)]
    assert line_of(world).attempts == 0


def test_what_only_waits_for_a_worker_is_not_sent_again(world, ask, config, queue):
    ask()
    assert sweep(world, config, patience=AT_ONCE) == 0
    assert queue.count == 1


def test_a_line_that_is_called_twice_is_done_once(world, ask):
    export_id = ask()
    work_on_all(world, PROVINCE)
    key, line = world.key_of(PROVINCE), line_of(world)
    with world.app.app_context():
        run(key.province_id, str(key.tenant_id), str(line.id))
    assert line_of(world).fence == 1
    assert state_of(world, export_id) is ExportState.READY


def test_a_killed_worker_leaves_its_line_to_the_next(world, ask, config, workers, obstacle):
    with workers("short") as worker:
        export_id = ask()
        wait_until(is_running(world))
        end(worker)
    obstacle.rollback()
    assert sweep(world, config) == 0
    let_fall_silent(world, PROVINCE, line_of(world).id)
    assert sweep(world, config, silence=timedelta(minutes=1)) == 1
    assert state_of(world, export_id) is ExportState.QUEUED
    let_pauses_pass(world, PROVINCE)
    sweep(world, config)
    with workers("short"):
        wait_until(lambda: state_of(world, export_id) is ExportState.READY)
    assert line_of(world).attempts == 2


def test_a_frozen_worker_that_thaws_may_not_deliver(world, ask, config, workers, obstacle):
    with workers("short") as worker:
        export_id = ask()
        wait_until(lambda: state_of(world, export_id) is ExportState.RUNNING)
        horse = horse_of(worker)
        os.killpg(horse, signal.SIGSTOP)
        line_id = line_of(world).id
        let_fall_silent(world, PROVINCE, line_id)
        assert sweep(world, config, silence=timedelta(minutes=1)) == 1
        let_pauses_pass(world, PROVINCE)
        with world.inside(PROVINCE), unit_of_work():
            heir = take_up(line_id)
            begin(export_id)
        obstacle.rollback()
        os.killpg(horse, signal.SIGCONT)
        wait_until(lambda: not Path(f"/proc/{horse}").exists())
    assert heir is not None
    line = line_of(world)
    assert (line.state, line.fence) == (LineState.RUNNING, heir.fence)
    assert state_of(world, export_id) is ExportState.RUNNING


def test_an_effect_that_comes_too_late_is_undone(world, ask, monkeypatch):
    """The word that a line is done, and what was done, are one transaction."""
    good = jobs.HANDLERS[Kind.EXPORT]
    export_id = ask()

    def lose(taken):
        let_fall_silent(world, PROVINCE, taken.id)
        with world.inside(PROVINCE), unit_of_work():
            assert recall(taken.id, timedelta(minutes=1)) is not None
            begin(export_id)
        return partial(deliver, export_id, "late.xlsx", b"late")

    monkeypatch.setattr(jobs, "HANDLERS", {Kind.EXPORT: replace(good, prepare=lose)})
    work_on_all(world, PROVINCE)
    assert state_of(world, export_id) is ExportState.RUNNING
    assert line_of(world).state is LineState.WAITING


def test_work_that_fails_is_parked_after_five_tries_and_delays_nobody(world, ask, monkeypatch):
    def fail(_taken):
        raise ZeroDivisionError("a name that nobody may read: Lò Thị Pánh")

    good = jobs.HANDLERS[Kind.EXPORT]
    monkeypatch.setattr(jobs, "HANDLERS", {Kind.EXPORT: replace(good, prepare=fail)})
    export_id = ask()
    for _ in range(MOST_ATTEMPTS + 2):
        let_pauses_pass(world, PROVINCE)
        work_on_all(world, PROVINCE)
    line = line_of(world)
    assert (line.state, line.attempts) == (LineState.PARKED, MOST_ATTEMPTS)
    assert line.last_error == "ZeroDivisionError"
    assert state_of(world, export_id) is ExportState.FAILED
    monkeypatch.setattr(jobs, "HANDLERS", {Kind.EXPORT: good})
    other = ask(COMMUNE)
    work_on_all(world, COMMUNE)
    assert state_of(world, other, COMMUNE) is ExportState.READY


def test_work_that_kills_its_worker_is_parked_as_well(world, ask, config):
    export_id = ask()
    for _ in range(MOST_ATTEMPTS):
        let_pauses_pass(world, PROVINCE)
        line_id = line_of(world).id
        with world.inside(PROVINCE), unit_of_work():
            assert take_up(line_id) is not None
        let_fall_silent(world, PROVINCE, line_id)
        sweep(world, config, silence=timedelta(minutes=1))
    assert line_of(world).state is LineState.PARKED
    assert state_of(world, export_id) is ExportState.FAILED


def test_a_queue_that_dies_in_the_middle_leaves_the_lines_due(world, ask, config, monkeypatch):
    def die(*_arguments):
        raise RedisError

    monkeypatch.setattr(Dispatcher, "_send", die)
    ask()
    assert line_of(world).state is LineState.WAITING
    monkeypatch.undo()
    sweep(world, config)
    assert line_of(world).state is LineState.SENT
