"""Times the roll-up: a recomputation against a bare count, and a decision on its way up."""

import os
import subprocess
import sys
import time
from statistics import median, quantiles
from uuid import UUID

from sqlalchemy import create_engine, text

from app.config import Config
from app.domain.dossiers import Event, Outcome
from app.domain.permissions import Role
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.queries.results import figures_of
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from app.services.results import recompute_result
from tests.bench.measuring import Measurement, measure
from tests.builders.world import COMMUNE, PROVINCE, World


DECISIONS = 40
# The first decisions wait for the worker itself to start.
WARM_UP = 2
_PATIENCE_SECONDS = 30


def measure_rollup(world: World, config: Config, size: int, year: int) -> list[Measurement]:
    """Time one agency's recomputation, and how long a decision takes to the province."""
    return [_recomputation(world, config, size, year), *_way_up(world, config, size, year)]


def _recomputation(world: World, config: Config, size: int, year: int) -> Measurement:
    key = world.key_of(COMMUNE)
    engine = create_engine(config.owner_database_url)
    count = text(
        "SELECT unit_id, group_number, state, outcome, count(*) FROM dossier"
        " WHERE province_id = :p AND tenant_id = :t AND year = :y GROUP BY 1, 2, 3, 4"
    )

    def floor() -> None:
        with engine.connect() as connection:
            values = {"p": key.province_id, "t": key.tenant_id, "y": year}
            connection.execute(count, values).all()

    def work() -> None:
        with world.inside(COMMUNE), unit_of_work():
            recompute_result(year, is_forced=True)

    try:
        return measure("roll-up: recompute one agency", size, work, floor)
    finally:
        engine.dispose()


def _way_up(world: World, config: Config, size: int, year: int) -> list[Measurement]:
    """Decide on people one after another, and wait for each to appear at the province."""
    head = world.make_account(COMMUNE, Role.HEAD).actor()
    waiting = _put_before_the_head(world, config, year)
    worker = _start_worker(config)
    try:
        seconds = []
        for dossier_id in waiting:
            before = _recognised(world, year)
            start = time.perf_counter()
            with world.inside(COMMUNE), unit_of_work():
                dossier = load_dossier_to_change(dossier_id)
                dossier.outcome = Outcome.RECOGNISED
                append_event(dossier, Event.DECIDE, by=head)
            while _recognised(world, year) != before + 1:
                if time.perf_counter() - start > _PATIENCE_SECONDS:
                    raise AssertionError("a decision never reached the province")
                time.sleep(0.02)
            seconds.append(time.perf_counter() - start)
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    seconds = seconds[WARM_UP:]
    ninety_fifth = quantiles(seconds, n=20)[-1]
    return [
        Measurement(name=name, size=size, seconds=value, floor_seconds=None)
        for name, value in (
            ("decision to province, p50", median(seconds)),
            ("decision to province, p95", ninety_fifth),
        )
    ]


def _put_before_the_head(world: World, config: Config, year: int) -> list[UUID]:
    """Leave as many dossiers of one agency undecided as decisions will be taken."""
    engine = create_engine(config.owner_database_url)
    undecided = text(
        "UPDATE dossier SET state = 'proposed', outcome = NULL WHERE id IN ("
        " SELECT id FROM dossier WHERE tenant_id = :t AND year = :y LIMIT :n) RETURNING id"
    )
    values = {"t": world.key_of(COMMUNE).tenant_id, "y": year, "n": DECISIONS + WARM_UP}
    with engine.begin() as connection:
        waiting = list(connection.execute(undecided, values).scalars())
    engine.dispose()
    with world.inside(COMMUNE), unit_of_work():
        recompute_result(year, is_forced=True)
    return waiting


def _recognised(world: World, year: int) -> int:
    with world.app.app_context():
        province, commune = (world.find_key(slug) for slug in (PROVINCE, COMMUNE))
        with tenant_scope(province):
            return figures_of(commune, year).recognised


def _start_worker(config: Config) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "rollup"],
        env={
            **os.environ,
            "DATABASE_URL": config.database_url,
            "ROLLUP_DATABASE_URL": config.rollup_database_url,
            "REDIS_URL": config.redis_url,
            "SECRET_KEY": config.secret_key,
            "CCCD_KEY": config.cccd_key,
        },
    )
