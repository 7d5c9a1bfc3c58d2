"""Whoever has much to do waits for itself, and nobody else waits for it."""

import time
from collections import Counter

import pytest
from sqlalchemy import create_engine, text

from app.domain.exports import ExportKind, ExportState
from app.domain.ids import new_id
from app.domain.outbox import Kind, LineState
from app.domain.permissions import Role
from app.jobs.queues import WORKERS
from app.launch.programs import services
from app.persistence.queries.exports import load_export
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_for_export
from app.services.outbox import post
from tests.builders.jobs import lines
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR
from tests.jobs.conftest import wait_until


ROWS = 50_000
PATIENCE_SECONDS = 10.0
"""How much later somebody's small work may be done because of somebody else's large one."""


@pytest.fixture
def ask(world):
    def asked(slug):
        role = Role.ASSOCIATION if slug == PROVINCE else Role.OFFICER
        reader = world.make_account(slug, role).actor()
        with world.inside(slug), unit_of_work():
            return ask_for_export(ExportKind.PROVINCE_RESULTS, THIS_YEAR, "en", by=reader)

    return asked


@pytest.fixture
def villages(world, config):
    """Give a commune fifty thousand villages: its workbook has a row for each."""
    province, tenant = world.key_of(COMMUNE)
    engine = create_engine(config.owner_database_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO unit"
                " (province_id, tenant_id, id, kind, name, name_sort_key, is_active)"
                " SELECT :province, :tenant, gen_random_uuid(), 'village', 'Làng ' || n,"
                " 'lang ' || n, true FROM generate_series(1, :rows) AS n"
            ),
            {"province": province, "tenant": tenant, "rows": ROWS},
        )
    engine.dispose()


def state_of(world, slug, export_id):
    with world.inside(slug):
        return load_export(export_id).state


def test_the_launcher_starts_as_many_workers_as_the_queues_want():
    started = Counter(one.command[-1] for one in services(8000) if "worker" in one.command)
    assert started == {name.value: number for name, number in WORKERS.items()}


def test_fifty_thousand_rows_of_one_agency_delay_no_other(world, ask, villages, workers, capsys):
    with workers("exports"), workers("exports"):
        large = ask(COMMUNE)
        wait_until(lambda: state_of(world, COMMUNE, large) is ExportState.RUNNING)
        # The same agency asks for more at once, and keeps but one worker busy with it.
        for _ in range(3):
            with world.inside(COMMUNE), unit_of_work():
                post(Kind.EXPORT, subject_id=new_id())
        took = []
        for slug in (DEPARTMENT, PROVINCE):
            began = time.monotonic()
            small = ask(slug)
            wait_until(lambda: state_of(world, slug, small) is ExportState.READY)  # noqa: B023
            took.append(time.monotonic() - began)
        is_large_done = state_of(world, COMMUNE, large) is ExportState.READY
        waiting = [one.state for one in lines(world, COMMUNE)].count(LineState.WAITING)
    with capsys.disabled():
        print(f"\nothers waited {max(took):.1f} s beside {ROWS} rows")  # noqa: T201
    assert not is_large_done
    assert waiting == 3
    assert max(took) < PATIENCE_SECONDS
