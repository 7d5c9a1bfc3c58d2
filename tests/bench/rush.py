"""How late figures are: of one decision at a time, and of a thousand a minute in a province.

The decisions are appended as the service appends them, each in a transaction of its own, and the
worker and the sweeper run as in a deployment: all of it shares the cores of this machine. A
decision has reached the province when the figures of its agency account for its mark.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from uuid import UUID

from sqlalchemy import Engine, create_engine, func, select, text

from app.config import Config
from app.domain.dossiers import Event, Outcome
from app.domain.permissions import Actor, Role
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import RollupMark, Tenant
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from tests.bench.measuring import Measurement
from tests.builders.world import PROVINCE, World


A_MINUTE = 1_000
SECONDS = 30
_PATIENCE_SECONDS = 180
_LOOK_EVERY, _SOON = 0.1, 0.02
# The first decisions wait for the worker itself to start.
ALONE, WARM_UP = 42, 2
# The agencies take turns, so that a wake-up call seldom stands for several decisions.
_PUT_BEFORE_HEADS = """
    UPDATE dossier SET state = 'proposed', outcome = NULL, is_outstanding = false
    FROM (
        SELECT id, turn FROM (
            SELECT id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS turn
            FROM dossier WHERE province_id = :province AND year = :year AND state = 'published'
        ) AS one ORDER BY turn, id LIMIT :many
    ) AS chosen
    WHERE dossier.id = chosen.id AND dossier.province_id = :province
    RETURNING dossier.tenant_id, dossier.id, chosen.turn
"""
_FENCES = (
    "SELECT tenant_id, fence FROM result_status WHERE province_id = :province AND year = :year"
)


@dataclass(slots=True)
class Rush:
    """Decisions under way: when each was taken, with which mark, and what has arrived."""

    waiting: list[tuple[float, UUID, int]] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    is_over: bool = False

    @property
    def waiting_since(self) -> float:
        """When the first of those that still wait was taken; now, when none does."""
        return self.waiting[0][0] if self.waiting else time.perf_counter()

    def arrive(self, fences: Mapping[UUID, int]) -> None:
        """Note how long whatever the figures now account for has taken."""
        now = time.perf_counter()
        for one in list(self.waiting):
            taken_at, agency, mark = one
            if mark <= fences.get(agency, 0):
                self.waiting.remove(one)
                self.lags.append(now - taken_at)


def measure_rush(world: World, config: Config, size: int, year: int) -> list[Measurement]:
    """Take decisions one after another, then at an even pace; return how late figures were."""
    province = world.key_of(PROVINCE).province_id
    with _owner(config) as engine, workers(config):
        dossiers = _put_before_heads(engine, province, year)
        hands = Hands(world, _make_heads(world, province, {agency for agency, _ in dossiers}), year)
        look = Look(engine, province, year)
        calm = [_way_up(hands, look, *one) for one in dossiers[:ALONE]][WARM_UP:]
        lags, pace = _all_at_once(hands, look, dossiers[ALONE:])
    print(f"rush: {pace:,.0f} decisions a minute, {len(lags)} in all")
    return [
        Measurement(name=f"decision to province, {how}", size=size, seconds=of, floor_seconds=None)
        for manner, seconds in (("idle", calm), (f"{A_MINUTE:,} a minute", lags))
        for how, of in (
            (f"{manner}, p50", median(seconds)),
            (f"{manner}, p95", quantiles(seconds, n=20)[-1]),
        )
    ]


@dataclass(frozen=True, slots=True)
class Hands:
    """Who decides in each agency."""

    world: World
    heads: Mapping[UUID, tuple[TenantKey, Actor]]
    year: int

    def decide(self, agency: UUID, dossier_id: UUID) -> tuple[float, UUID, int]:
        """Decide on a dossier; return when that began, where, and the mark that it left."""
        begun = time.perf_counter()
        key, head = self.heads[agency]
        with self.world.app.app_context(), tenant_scope(key), unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            dossier.outcome = Outcome.RECOGNISED
            append_event(dossier, Event.DECIDE, by=head)
            newest = select(func.max(RollupMark.id)).where(RollupMark.year == self.year)
            mark = db.session.scalar(newest)
        return begun, agency, mark or 0


@dataclass(frozen=True, slots=True)
class Look:
    """Tells up to which mark the figures of each agency account for what happened."""

    engine: Engine
    province: int
    year: int

    def fences(self) -> Mapping[UUID, int]:
        """Return the newest mark of each agency that its figures account for."""
        with self.engine.connect() as connection:
            values = {"province": self.province, "year": self.year}
            rows = connection.execute(text(_FENCES), values).tuples()
            return dict(rows.all())


def _way_up(hands: Hands, look: Look, agency: UUID, dossier_id: UUID) -> float:
    """Take a decision and wait until the province shows it; return how long that took."""
    rush = Rush([hands.decide(agency, dossier_id)])
    while rush.waiting:
        rush.arrive(look.fences())
        if time.perf_counter() - rush.waiting_since > _PATIENCE_SECONDS:
            raise AssertionError("a decision never reached the province")
        time.sleep(_SOON)
    return rush.lags[0]


def _all_at_once(
    hands: Hands, look: Look, dossiers: Sequence[tuple[UUID, UUID]]
) -> tuple[Sequence[float], float]:
    """Take decisions at the pace; return how late each was, and how many a minute they were."""
    rush = Rush()
    watcher = threading.Thread(target=_watch, args=(look, rush))
    watcher.start()
    start = time.perf_counter()
    for number, (agency, dossier_id) in enumerate(dossiers):
        time.sleep(max(0.0, start + number * 60 / A_MINUTE - time.perf_counter()))
        rush.waiting.append(hands.decide(agency, dossier_id))
    pace = 60 * len(dossiers) / (time.perf_counter() - start)
    rush.is_over = True
    watcher.join()
    if rush.waiting:
        raise AssertionError(f"{len(rush.waiting)} decisions never reached the province")
    return rush.lags, pace


def _watch(look: Look, rush: Rush) -> None:
    deadline = time.perf_counter() + SECONDS + _PATIENCE_SECONDS
    while (rush.waiting or not rush.is_over) and time.perf_counter() < deadline:
        rush.arrive(look.fences())
        time.sleep(_LOOK_EVERY)


def _put_before_heads(engine: Engine, province: int, year: int) -> Sequence[tuple[UUID, UUID]]:
    values = {"province": province, "year": year, "many": ALONE + A_MINUTE * SECONDS // 60}
    with engine.begin() as connection:
        rows = connection.execute(text(_PUT_BEFORE_HEADS), values).all()
    return [(agency, dossier) for agency, dossier, _ in sorted(rows, key=lambda row: row.turn)]


def _make_heads(
    world: World, province: int, agencies: set[UUID]
) -> Mapping[UUID, tuple[TenantKey, Actor]]:
    with world.app.app_context():
        slugs = db.session.execute(
            select(Tenant.slug, Tenant.id).where(Tenant.province_id == province)
        ).all()
    return {
        agency: (TenantKey(province, agency), world.make_account(slug, Role.HEAD).actor())
        for slug, agency in slugs
        if agency in agencies
    }


@contextmanager
def workers(config: Config) -> Iterator[None]:
    """Run the worker that counts and the sweeper, as a deployment does."""
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
        yield
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
