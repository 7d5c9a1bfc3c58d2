"""How late figures are: of one decision at a time, and of a thousand people a minute in a province.

Heads decide through the service, on sealed lists: of one person each, which is the most work there
can be, and of many, as they do. The worker and the sweeper run as in a deployment: all of it shares
the cores of this machine. A decision has reached the province when the figures of its agency
account for its mark; its time begins at the hour at which it was to be taken, whether anybody was
free to take it or not.
"""

import os
import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from uuid import UUID

from sqlalchemy import Engine, create_engine, text

from app.config import Config
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_result
from tests.bench.acts import LINES, measure_acts
from tests.bench.cores import Used, server_behind
from tests.bench.deciding import PROCESSES, Hour, Over, Taken, decide_on, heads_at_work
from tests.bench.lists import Offices, Sheet
from tests.bench.measuring import Measurement, seconds
from tests.builders.world import World


A_MINUTE = 1_000
SECONDS = 30
_PATIENCE_SECONDS = 180
_LOOK_EVERY, _SOON = 0.1, 0.02
# The first decisions wait for the worker itself to start.
ALONE, WARM_UP = 42, 2
_DIRECT = 12
_FENCES = (
    "SELECT tenant_id, fence FROM result_status WHERE province_id = :province AND year = :year"
)


@dataclass(slots=True)
class Rush:
    """Decisions under way: those whose figures have not arrived, and how late the others were."""

    waiting: list[Taken] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)

    def take(self, one: Taken) -> None:
        """Note a decision."""
        self.taken.append(one)
        self.waiting.append(one)

    def arrive(self, fences: Mapping[UUID, int]) -> None:
        """Note how long whatever the figures now account for has taken."""
        now = time.perf_counter()
        for one in list(self.waiting):
            if one.mark <= fences.get(one.agency, 0):
                self.waiting.remove(one)
                self.lags.append(now - one.due)

    def pace(self, start: float) -> float:
        """Return how many people were decided on in a minute, from ``start`` to the last."""
        people = sum(one.people for one in self.taken)
        return 60 * people / (max(one.done for one in self.taken) - start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What is at work while heads decide, and how to look at it."""

    world: World
    config: Config
    engine: Engine
    offices: Offices
    workers: Sequence[int]
    size: int
    year: int

    def fences(self) -> Mapping[UUID, int]:
        """Return the newest mark of each agency that its figures account for."""
        values = {"province": self.offices.province, "year": self.year}
        with self.engine.connect() as connection:
            return dict(connection.execute(text(_FENCES), values).tuples().all())

    def server(self) -> int:
        """Return the process of the database."""
        with self.engine.connect() as connection:
            return server_behind(connection)

    def lags(
        self, manner: str, lags: Sequence[float], floor: Sequence[float]
    ) -> Iterator[Measurement]:
        """Yield the median and the 95th of a hundred of some times, beside those of a floor."""
        for how, of in (("p50", median), ("p95", _p95)):
            yield Measurement(
                name=f"decision to province, {manner}, {how}",
                size=self.size,
                seconds=of(lags),
                floor_seconds=of(floor),
            )


def measure_rush(world: World, config: Config, size: int, year: int) -> list[Measurement]:
    """Take decisions one after another, then at an even pace; return how late figures were."""
    with _owner(config) as engine:
        offices = Offices(world, engine, year)
        acts = measure_acts(world, offices, size)
        with workers(config) as pids:
            house = Deployment(
                world=world,
                config=config,
                engine=engine,
                offices=offices,
                workers=pids,
                size=size,
                year=year,
            )
            return [*acts, *_measure_lateness(house)]


def _measure_lateness(house: Deployment) -> Iterator[Measurement]:
    calm, single, many = (
        house.offices.put_before_heads(count, lines=lines)
        for count, lines in (
            (ALONE + _DIRECT, 1),
            (A_MINUTE * SECONDS // 60, 1),
            (A_MINUTE * SECONDS // 60 // LINES, LINES),
        )
    )
    direct = [seconds(_directly(house, sheet)) for sheet in calm[:_DIRECT]]
    alone = [_way_up(house, sheet) for sheet in calm[_DIRECT:]][WARM_UP:]
    yield from house.lags("idle", alone, direct)
    for sheets, manner in (
        (single, f"{A_MINUTE:,} a minute"),
        (many, f"{A_MINUTE:,} a minute in lists"),
    ):
        yield from _rush(house, sheets, manner, floor=alone)


def _directly(house: Deployment, sheet: Sheet) -> Callable[[], None]:
    """Return work that decides and counts at once, with nothing in between: the floor."""

    def work() -> None:
        decide_on(house.world.app, sheet, house.year)
        with house.world.app.app_context(), tenant_scope(sheet.key), unit_of_work():
            recompute_result(house.year)

    return work


def _way_up(house: Deployment, sheet: Sheet) -> float:
    """Take a decision and wait until the province shows it; return how long that took."""
    begun = time.perf_counter()
    mark = decide_on(house.world.app, sheet, house.year)
    rush = Rush([Taken(begun, time.perf_counter(), sheet.key.tenant_id, mark, 1)])
    while rush.waiting:
        rush.arrive(house.fences())
        if time.perf_counter() - begun > _PATIENCE_SECONDS:
            raise AssertionError("a decision never reached the province")
        time.sleep(_SOON)
    return rush.lags[0]


def _rush(
    house: Deployment, sheets: Sequence[Sheet], manner: str, *, floor: Sequence[float]
) -> Iterator[Measurement]:
    """Take decisions at the pace; tell how late each was, how many a minute, and what it cost."""
    every = 60 / A_MINUTE * len(sheets[0].dossier_ids)
    hours = [Hour(number * every, sheet) for number, sheet in enumerate(sheets)]
    rush, used = Rush(), Used({"database": [house.server()], "counting": house.workers})
    with heads_at_work(house.config, hours, house.year) as (start, told):
        used.begin()
        deciding = _watch(house, rush, told, len(sheets))
        shares = used.shares(deciding=deciding)
    pace = rush.pace(start)
    print(f"rush, {manner}: {pace:,.0f} people a minute; of a core, {shares}")
    yield from house.lags(manner, rush.lags, floor)
    yield Measurement(
        name=f"rush: a decision on a person, {manner}",
        size=house.size,
        seconds=60 / pace,
        floor_seconds=60 / A_MINUTE,
    )


def _watch(
    house: Deployment, rush: Rush, told: "queue.Queue[Taken | Over]", expected: int
) -> float:
    """Look until every decision has arrived; return how long deciding kept cores busy."""
    deadline = time.perf_counter() + SECONDS + _PATIENCE_SECONDS
    over: list[float] = []
    while rush.waiting or len(rush.taken) < expected or len(over) < PROCESSES:
        rush.arrive(house.fences())
        for one in _heard(told):
            if isinstance(one, Over):
                over.append(one.seconds_used)
            else:
                rush.take(one)
        if time.perf_counter() > deadline:
            missing = expected - len(rush.taken) + len(rush.waiting)
            raise AssertionError(f"{missing} decisions never reached the province")
        time.sleep(_LOOK_EVERY)
    return sum(over)


def _heard(told: "queue.Queue[Taken | Over]") -> Iterator[Taken | Over]:
    while True:
        try:
            yield told.get_nowait()
        except queue.Empty:
            return


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]


@contextmanager
def workers(config: Config) -> Iterator[list[int]]:
    """Run the worker that counts and the sweeper, as a deployment does; give their processes."""
    environment = {
        **os.environ,
        "DATABASE_URL": config.database_url,
        "ROLLUP_DATABASE_URL": config.rollup_database_url or config.database_url,
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": config.secret_key,
        "CCCD_KEY": config.cccd_key,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi"]
    started = [
        subprocess.Popen([*command, *words], env=environment)
        for words in (("worker", "rollup"), ("sweep",))
    ]
    try:
        yield [one.pid for one in started]
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(timeout=60)


@contextmanager
def _owner(config: Config) -> Iterator[Engine]:
    engine = create_engine(config.owner_database_url)
    try:
        yield engine
    finally:
        engine.dispose()
