"""Whoever has much to do waits for itself, and nobody else waits for it."""

import time
from collections import Counter

import pytest
from sqlalchemy import create_engine, text

from app.domain.exports import ExportKind, ExportState
from app.domain.ids import new_id
from app.domain.outbox import Kind
from app.domain.permissions import Role
from app.jobs.queues import QueueName
from app.launch.programs import services
from app.persistence.queries.exports import load_export
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import ask_for_export
from app.services.outbox import post
from tests.builders.jobs import lines
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_COMMUNE, PROVINCE, THIS_YEAR
from tests.jobs.conftest import wait_until


LARGE = (COMMUNE, OTHER_COMMUNE)
ROWS = 50_000
PATIENCE_SECONDS = 30.0
"""How much later somebody's small work may be done because of others' large ones, each of which
loses its place after a few seconds; on a machine that has much else to do."""


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
    """Give two communes fifty thousand villages: their workbooks have a row for each."""
    engine = create_engine(config.owner_database_url)
    for slug in LARGE:
        fill(engine, world.key_of(slug))
    engine.dispose()


def fill(engine, key):
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO unit"
                " (province_id, tenant_id, id, kind, name, name_sort_key, is_active)"
                " SELECT :province, :tenant, gen_random_uuid(), 'village', 'Làng ' || n,"
                " 'lang ' || n, true FROM generate_series(1, :rows) AS n"
            ),
            {"province": key.province_id, "tenant": key.tenant_id, "rows": ROWS},
        )


def state_of(world, slug, export_id):
    with world.inside(slug):
        return load_export(export_id).state


def test_the_launcher_starts_a_worker_for_each_queue():
    started = Counter(one.command[-1] for one in services(8000) if "worker" in one.command)
    assert started == {name.value: 1 for name in QueueName}


def test_long_workbooks_of_two_agencies_delay_no_other(world, ask, villages, workers, capsys):
    with workers("short"), workers("long"):
        large = {slug: ask(slug) for slug in LARGE}
        wait_until(lambda: state_of(world, COMMUNE, large[COMMUNE]) is ExportState.RUNNING)
        # The same agency asks for more at once, and keeps nobody busy with it.
        for _ in range(3):
            with world.inside(COMMUNE), unit_of_work():
                post(Kind.EXPORT, subject_id=new_id())
        took = []
        for slug in (DEPARTMENT, PROVINCE):
            began = time.monotonic()
            small = ask(slug)
            wait_until(lambda: state_of(world, slug, small) is ExportState.READY)  # noqa: B023
            took.append(time.monotonic() - began)
        done = [state_of(world, slug, large[slug]) is ExportState.READY for slug in LARGE]
        is_long = [lines(world, slug)[0].is_long for slug in LARGE]
    with capsys.disabled():
        print(f"\nothers waited {max(took):.1f} s beside two workbooks of {ROWS} rows")  # noqa: T201
    assert not all(done)
    assert any(is_long)
    assert max(took) < PATIENCE_SECONDS
