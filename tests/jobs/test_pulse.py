"""A job that stands still, or does nothing, loses its process and not its worker."""

import os
import signal
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from rq.serializers import JSONSerializer

from app.domain.exports import ExportKind
from app.domain.outbox import MOST_ATTEMPTS, TRIES_AT_ONCE, Kind, LineState
from app.domain.permissions import Role
from app.jobs import outbox as jobs
from app.jobs import results
from app.jobs.health import jobs_problems
from app.jobs.outbox import Dispatcher
from app.jobs.pulse import PULSE, InHand, Pulse, Trouble
from app.jobs.queues import QueueName, connect, open_queue
from app.jobs.results import RollupWaker, sweep
from app.jobs.workers import SteadyWorker
from app.persistence.queries.results import count_marks
from app.persistence.roles import forget_connections
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_for_export
from app.services.outbox import tell
from app.services.results import mark_out_of_date
from tests.builders.jobs import let_pauses_pass, lines
from tests.builders.world import DEPARTMENT, PROVINCE, THIS_YEAR


LONG = 60
TURNS = 4


@pytest.fixture
def handle(monkeypatch):
    """Let workbooks be written in another way."""

    def as_told(prepare):
        good = jobs.HANDLERS[Kind.EXPORT]
        monkeypatch.setattr(jobs, "HANDLERS", {Kind.EXPORT: replace(good, prepare=prepare)})

    return as_told


@pytest.fixture
def asked(world):
    reader = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    with world.inside(PROVINCE), unit_of_work():
        ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, "en", by=reader)


@pytest.fixture
def work(app, config):
    """Do what a queue holds as a worker does, which looks after its process every second."""
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def at_once(name):
        connection = connect(config.redis_url)
        with app.app_context():
            forget_connections()
            SteadyWorker(
                [open_queue(name, connection)],
                connection=connection,
                serializer=JSONSerializer,
                job_monitoring_interval=1,
            ).work(burst=True, logging_level="ERROR")
        connection.close()

    yield at_once
    for number, handler in usual.items():
        signal.signal(number, handler)


def only_line(world, slug=PROVINCE):
    [line] = lines(world, slug)
    return line


def hang(_taken):
    time.sleep(LONG)


def freeze(_taken):
    os.kill(os.getpid(), signal.SIGSTOP)


def die(_taken, **_):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("limit", "prepare", "error"),
    [("STUCK_AFTER", hang, "NoProgress"), ("FROZEN_AFTER", freeze, "WorkerFrozen")],
)
@pytest.mark.usefixtures("asked")
def test_work_that_does_not_get_on_is_ended_and_tried_again(  # noqa: PLR0917 - what is tried
    world, handle, work, monkeypatch, limit, prepare, error
):
    monkeypatch.setattr(f"app.jobs.pulse.{limit}", 1.0)
    handle(prepare)
    began = time.monotonic()
    work(QueueName.SHORT)
    assert time.monotonic() - began < LONG / 2
    line = only_line(world)
    assert (line.state, line.attempts, line.last_error) == (LineState.WAITING, 1, error)


@pytest.mark.usefixtures("asked")
def test_short_work_that_takes_too_long_is_ended_and_becomes_long(world, handle, work, monkeypatch):
    monkeypatch.setattr(jobs, "_MOST_SECONDS", 1.0)
    handle(hang)
    work(QueueName.SHORT)
    line = only_line(world)
    assert (line.state, line.is_long, line.last_error) == (LineState.WAITING, True, "TookTooLong")


@pytest.mark.usefixtures("asked")
def test_work_that_is_done_in_turns_is_called_for_each_of_them(world, handle, work):
    handle(in_turns)
    work(QueueName.SHORT)
    line = only_line(world)
    assert (line.state, line.fence) == (LineState.DONE, TURNS)


def in_turns(taken):
    """Go on in the next turn until it is the last; only such work is a line with progress."""
    with unit_of_work():
        tell(taken, taken.fence, TURNS)
    return None if taken.fence < TURNS else lambda: None


@pytest.mark.usefixtures("asked")
def test_a_process_that_was_killed_gives_its_line_back_at_once(world, handle, work):
    handle(die)
    work(QueueName.SHORT)
    line = only_line(world)
    assert (line.state, line.attempts, line.last_error) == (LineState.WAITING, 1, "WorkerLost")


@pytest.mark.usefixtures("asked")
def test_work_that_never_gets_on_is_given_up_in_words(world, handle, work, config, sign_in):
    handle(die)
    for _ in range(MOST_ATTEMPTS):
        let_pauses_pass(world, PROVINCE)
        with world.app.app_context():
            Dispatcher(config.redis_url)()
        work(QueueName.SHORT)
    assert only_line(world).state is LineState.PARKED
    page = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION)).get(f"/{PROVINCE}/-/jobs/")
    assert "the program that was at it stopped in the middle" in page.text


def test_figures_whose_counting_hangs_are_tried_later_and_shown(world, config, work, monkeypatch):
    monkeypatch.setattr("app.jobs.pulse.STUCK_AFTER", 1.0)
    monkeypatch.setattr(results, "recompute_result", hang)
    with world.inside(DEPARTMENT) as key:
        with unit_of_work():
            mark_out_of_date(THIS_YEAR)
        RollupWaker(config.redis_url)([(key, THIS_YEAR)])
    work(QueueName.ROLLUP)
    line = only_line(world, DEPARTMENT)
    assert (line.kind, line.year, line.last_error) == (Kind.FIGURES, THIS_YEAR, "NoProgress")
    assert (line.state, line.attempts) == (LineState.WAITING, 1)


@pytest.fixture
def changed(world, config):
    """Let a change of the department ask for its figures, as an act or the sweeper does."""

    def ask():
        with world.inside(DEPARTMENT) as key:
            with unit_of_work():
                mark_out_of_date(THIS_YEAR)
            RollupWaker(config.redis_url)([(key, THIS_YEAR)])

    return ask


def sweep_and_work(world, config, work):
    """Let pauses pass, the sweeper come, and a worker do what there is."""
    let_pauses_pass(world, DEPARTMENT)
    with world.app.app_context():
        with unit_of_work():
            sweep(RollupWaker(config.redis_url), patience=timedelta(0))
        Dispatcher(config.redis_url)()
    work(QueueName.ROLLUP)


def test_figures_whose_counting_kills_its_process_each_time_are_given_up_and_shown(  # noqa: PLR0917 - a story
    world, config, work, changed, monkeypatch, sign_in, tmp_path
):
    deaths = tmp_path / "deaths"

    def die_and_say_so(*_, **__):
        with deaths.open("a") as book:
            book.write("+")
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(results, "recompute_result", die_and_say_so)
    changed()
    for _ in range(2 * MOST_ATTEMPTS):
        sweep_and_work(world, config, work)
    # A new change is no new chance: the worker is not sent to its death again.
    changed()
    work(QueueName.ROLLUP)
    assert deaths.read_text() == "+" * MOST_ATTEMPTS
    line = only_line(world, DEPARTMENT)
    assert (line.kind, line.state, line.attempts) == (Kind.FIGURES, LineState.PARKED, MOST_ATTEMPTS)
    with world.app.app_context():
        assert "parked" in jobs_problems()
    page = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))
    told = page.get(f"/{DEPARTMENT}/-/jobs/").text
    assert "the program that was at it stopped in the middle" in told
    monkeypatch.undo()
    page.post(f"/{DEPARTMENT}/-/jobs/{line.id}/again")
    sweep_and_work(world, config, work)
    assert only_line(world, DEPARTMENT).state is LineState.DONE
    with world.inside(DEPARTMENT):
        assert count_marks(THIS_YEAR) == 0


def test_tries_are_known_when_the_whole_worker_died_and_nobody_gave_anything_back(
    world, changed, monkeypatch
):
    monkeypatch.setattr(results, "recompute_result", die)
    changed()
    for _ in range(TRIES_AT_ONCE + 1):
        count_in_a_process_of_its_own(world)
    line = only_line(world, DEPARTMENT)
    assert (line.state, line.attempts, line.last_error) == (
        LineState.WAITING,
        TRIES_AT_ONCE,
        "WorkerLost",
    )


def count_in_a_process_of_its_own(world):
    key = world.key_of(DEPARTMENT)
    with world.app.app_context():
        forget_connections()
        child = os.fork()
        if not child:
            results.wake_up(key.province_id, str(key.tenant_id), THIS_YEAR)
            os._exit(0)
    os.waitpid(child, 0)


def test_a_count_that_ends_well_forgets_how_often_it_was_begun(world, work, changed, monkeypatch):
    monkeypatch.setattr(results, "recompute_result", die)
    changed()
    work(QueueName.ROLLUP)
    monkeypatch.undo()
    for _ in range(TRIES_AT_ONCE + 1):
        changed()
        work(QueueName.ROLLUP)
        with world.inside(DEPARTMENT):
            assert count_marks(THIS_YEAR) == 0
    assert lines(world, DEPARTMENT) == []


def test_a_process_and_its_child_share_one_pulse_and_others_do_not():
    PULSE.begin()
    stranger = Pulse()
    stranger.begin()
    child = os.fork()
    if not child:
        PULSE.take_in_hand(InHand(12, "tenant", 2026, "line", 7, 60.0))
        os._exit(0)
    os.waitpid(child, 0)
    assert PULSE.in_hand() == InHand(12, "tenant", 2026, "line", 7, 60.0)
    assert stranger.in_hand() is None


def test_what_has_given_no_sign_for_long_is_in_trouble(monkeypatch):
    pulse = Pulse()
    pulse.begin()
    assert pulse.trouble() is None
    monkeypatch.setattr("app.jobs.pulse.STUCK_AFTER", -1.0)
    assert pulse.trouble() is Trouble.STUCK
    monkeypatch.setattr("app.jobs.pulse.FROZEN_AFTER", -1.0)
    assert pulse.trouble() is Trouble.FROZEN
