"""What goes wrong in every office: others are faster, one clicks twice, a program dies."""

import os
import signal
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from rq import Worker
from rq.registry import StartedJobRegistry
from sqlalchemy import create_engine, text

from app.domain.permissions import Role
from app.jobs.queues import QueueName, connect, open_queue
from app.launch.valkey import Valkey
from app.persistence.queries.decisions import decisions_of
from app.persistence.queries.results import figures_of
from tests.builders.lists import Office
from tests.builders.world import COMMUNE, DEPARTMENT, FAILING, PASSING
from tests.scenarios.conftest import running
from tests.scenarios.people import MAIN_BUTTON, wait_for


@pytest.fixture
def valkey(tmp_path):
    """A server of this test's own, so that it may die."""
    with Valkey(tmp_path / "valkey", is_durable=False) as server:
        yield server


@pytest.fixture
def waiting_list(world, year):
    """Somebody's dossier on a list that waits for the head."""
    office = Office(world)
    office.submitted(office.appraised(name="Lò Thị Pánh", year=year))
    return office


@pytest.fixture
def before_the_decision(waiting_list, reception):
    """The head, about to press the button that decides."""

    def open_confirmation(**window):
        head = reception.seat(waiting_list.head, DEPARTMENT, **window)
        head.visit("/decisions/")
        head.press("main a[href*='/decisions/lists/']")
        head.fill(number="07/QĐ-SCT")
        head.press()
        return head

    return open_confirmation


@pytest.fixture
def recognised(world, year):
    """How many the figures of the department say were recognised."""

    def count():
        with world.inside(DEPARTMENT) as key:
            return figures_of(key, year).recognised

    return count


def test_who_saves_second_keeps_what_they_typed_and_sees_what_stands(world, reception, year):
    dossier_id = world.make_dossier(COMMUNE, name="Vừ A Chứ", year=year)
    world.make_dossier(COMMUNE, name="Vừ A Dơ", year=year)
    first, second = (
        reception.seat(world.make_account(COMMUNE, Role.OFFICER), COMMUNE) for _ in range(2)
    )
    for officer in (first, second):
        officer.visit(f"/entry/{dossier_id}")
    first.fill_scores([*PASSING[:9], ""])
    first.press()
    second.fill_scores(FAILING)
    second.press(status=409)
    second.reads("Đã có người khác thay đổi nội dung này", "Điểm hiện có: 8 8 8 8 8 8 8 8 8 –")
    assert [second.page.input_value(f"#score_{n}") for n in range(1, 11)] == ["7"] * 10
    second.press()
    second.reads("Vừ A Chứ", "70")


def test_a_double_click_decides_once(before_the_decision, world, year):
    head = before_the_decision(java_script_enabled=False)
    head.page.locator(MAIN_BUTTON).dblclick()
    head.page.wait_for_url("**/decisions/0*")
    head.reads("07/QĐ-SCT")
    with world.inside(DEPARTMENT):
        assert [one.recognised for one in decisions_of(year)] == [1]


def test_a_later_deadline_than_the_parents_is_refused_in_words(world, reception, year):
    admin = reception.seat(world.make_account(DEPARTMENT, Role.TENANT_ADMIN), DEPARTMENT)
    admin.visit("/settings/deadlines/report")
    admin.page.check("main [name=rule][value=by]")
    admin.fill(day=20, month=12, wording="Chậm nhất ngày 20/12")
    admin.press(status=422)
    parents = date(year, 12, 4)
    admin.reads(f"{parents:%d/%m/%Y}", "Hội Khuyến học tỉnh Lai Châu", f"20/12/{year}")
    assert admin.page.input_value("[name=wording]") == "Chậm nhất ngày 20/12"


def test_a_decision_stands_while_the_queue_is_down(before_the_decision, recognised, valkey):
    head = before_the_decision()
    valkey.process.kill()
    valkey.process.wait()
    with head.page.expect_navigation():
        head.page.locator(MAIN_BUTTON).click()
    head.reads("07/QĐ-SCT")
    valkey.start()
    wait_for(lambda: recognised() == 1, seconds=25, what="the figure, by the sweeper")


def test_a_killed_worker_costs_time_and_no_figure(before_the_decision, recognised, config, year):
    head = before_the_decision()
    with connect(config.redis_url) as redis, a_job_kept_waiting(config):
        queue = open_queue(QueueName.ROLLUP, redis)
        head.press()
        started = StartedJobRegistry(queue=queue)
        wait_for(lambda: started.count == 1, seconds=25, what="a job at work")
        (worker,) = Worker.all(queue=queue)
        kill_with_children(worker.pid)
    assert recognised() == 0
    with running(config, "worker", QueueName.ROLLUP.value):
        wait_for(lambda: recognised() == 1, seconds=30, what="the figure, by another worker")


@contextmanager
def a_job_kept_waiting(config):
    """Hold the table that the job writes to, so that it is at work when its worker dies."""
    engine = create_engine(config.owner_database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE unit_result IN EXCLUSIVE MODE"))
            yield
    finally:
        engine.dispose()


def kill_with_children(pid):
    """Kill a process and those that it started, as a machine that is out of memory does."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (pid, *map(int, children)):
        os.kill(one, signal.SIGKILL)
