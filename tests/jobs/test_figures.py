"""Figures that cannot be counted are tried again, shown in the end, and hold nobody else up."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from app.domain.dossiers import Event, State
from app.domain.outbox import MOST_ATTEMPTS, Kind, LineState
from app.domain.permissions import Role
from app.jobs.outbox import Dispatcher
from app.jobs.queues import QueueName, connect, open_queue
from app.jobs.results import RollupWaker, drain_for, sweep, wake_up
from app.persistence.queries.results import count_marks, figures_of
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import retry
from app.services.results import mark_out_of_date
from tests.builders.figures import Office
from tests.builders.jobs import let_pauses_pass, lines, work_on_all
from tests.builders.world import COMMUNE, DEPARTMENT, THIS_YEAR
from tests.jobs.conftest import wait_until


AT_ONCE = timedelta(0)
MANY_YEARS = range(2020, 2032)


@pytest.fixture(autouse=True)
def _nobody_is_called(app, monkeypatch):
    monkeypatch.setattr("app.persistence.unit_of_work._wakers", [])
    monkeypatch.setattr("app.persistence.unit_of_work._dispatchers", [])


@pytest.fixture
def queue(config):
    connection = connect(config.redis_url)
    yield open_queue(QueueName.ROLLUP, connection)
    connection.close()


@pytest.fixture
def spell(world, config):
    """Make the figures of the department impossible to write, until told otherwise."""
    engine = create_engine(config.owner_database_url)
    tenant = world.key_of(DEPARTMENT).tenant_id

    def say(words):
        with engine.begin() as connection:
            connection.execute(text(words))

    say(
        "ALTER TABLE unit_result ADD CONSTRAINT spell"
        f" CHECK (tenant_id <> '{tenant}' OR people < 0) NOT VALID"
    )
    yield lambda: say("ALTER TABLE unit_result DROP CONSTRAINT spell")
    engine.dispose()


def call(world, slug=DEPARTMENT):
    key = world.key_of(slug)
    with world.app.app_context():
        wake_up(key.province_id, str(key.tenant_id), THIS_YEAR)


def sweep_now(world, config):
    with world.app.app_context(), unit_of_work():
        return sweep(RollupWaker(config.redis_url), patience=AT_ONCE)


def recognised(world, slug=DEPARTMENT):
    with world.inside(slug) as key:
        return figures_of(key, THIS_YEAR).recognised


def marks(world, year=THIS_YEAR):
    with world.inside(DEPARTMENT):
        return count_marks(year)


def only_line(world):
    [line] = lines(world, DEPARTMENT)
    return line


def test_figures_that_cannot_be_counted_wait_and_the_sweeper_leaves_them_alone(
    world, config, spell
):
    for slug in (DEPARTMENT, COMMUNE):
        Office(world, slug).make(State.PUBLISHED)
    assert sweep_now(world, config) == 2
    call(world)
    line = only_line(world)
    assert (line.kind, line.year) == (Kind.FIGURES, THIS_YEAR)
    assert (line.state, line.attempts) == (LineState.WAITING, 1)
    assert line.last_error == "IntegrityError"
    assert marks(world) > 0
    # Whoever else waited was counted along the way.
    assert recognised(world, COMMUNE) == 1
    assert sweep_now(world, config) == 0


def test_they_are_given_up_in_the_end_and_a_person_has_them_tried_again(world, spell):
    Office(world, DEPARTMENT).make(State.PUBLISHED)
    call(world)
    for _ in range(MOST_ATTEMPTS):
        let_pauses_pass(world, DEPARTMENT)
        work_on_all(world, DEPARTMENT)
    line = only_line(world)
    assert (line.state, line.attempts) == (LineState.PARKED, MOST_ATTEMPTS)
    spell()
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT), unit_of_work():
        retry(line.id, by=admin)
    work_on_all(world, DEPARTMENT)
    assert recognised(world) == 1
    assert marks(world) == 0
    assert only_line(world).state is LineState.DONE


def test_failing_again_with_a_new_change_earns_no_new_chance(world, spell):
    office = Office(world, DEPARTMENT)
    dossier_id = office.make(State.PROPOSED)
    call(world)
    for _ in range(MOST_ATTEMPTS):
        let_pauses_pass(world, DEPARTMENT)
        work_on_all(world, DEPARTMENT)
    with world.inside(DEPARTMENT), unit_of_work():
        office.apply(dossier_id, Event.DECIDE)
    call(world)
    assert only_line(world).state is LineState.PARKED


def test_a_change_that_is_counted_settles_what_had_failed(world, spell):
    Office(world, DEPARTMENT).make(State.PUBLISHED)
    call(world)
    spell()
    call(world)
    assert recognised(world) == 1
    assert only_line(world).state is LineState.DONE


def test_a_worker_that_counts_does_what_had_failed(world, config, spell, workers):
    """In its own role, which reads no names and may use the outbox."""
    Office(world, DEPARTMENT).make(State.PUBLISHED)
    sweep_now(world, config)
    with workers("rollup"):
        wait_until(lambda: lines(world, DEPARTMENT) != [])
        spell()
        let_pauses_pass(world, DEPARTMENT)
        from_outbox(config, world)
        wait_until(lambda: only_line(world).state is LineState.DONE)
    assert recognised(world) == 1


def from_outbox(config, world):
    with world.app.app_context():
        assert Dispatcher(config.redis_url)()


def test_many_figures_out_of_date_are_one_job(world, config, queue, workers):
    with world.inside(DEPARTMENT), unit_of_work():
        for year in MANY_YEARS:
            mark_out_of_date(year)
    assert sweep_now(world, config) == len(MANY_YEARS)
    assert sweep_now(world, config) == len(MANY_YEARS)
    assert queue.count == 1
    with workers("rollup"):
        wait_until(lambda: all(marks(world, year) == 0 for year in MANY_YEARS))


def test_a_turn_is_short_and_what_fails_in_it_holds_up_nothing(world, spell):
    for slug in (DEPARTMENT, COMMUNE):
        Office(world, slug).make(State.PUBLISHED)
    with world.app.app_context():
        assert drain_for(seconds=0)
        assert not drain_for(seconds=60)
    assert recognised(world, COMMUNE) == 1
    assert only_line(world).kind is Kind.FIGURES
