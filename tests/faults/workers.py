"""Faults of workers: killed in the middle of a job, between two steps, frozen, or poisoned."""

import random
import time
from collections.abc import Sequence

from tests.builders.world import COMMUNE
from tests.faults.acts import Ledger
from tests.faults.injecting import Fault, Injected
from tests.faults.load import DEPARTMENTS, at_work, paper_forms
from tests.faults.nursery import DIES_BETWEEN
from tests.faults.processes import Process, wait_for, wait_until
from tests.faults.stage import Stage


_chance = random.Random()  # noqa: S311  # any moment will do

KILLS = 50
HORSES = 12
BETWEEN = 4
_TEAM = 4
_OF_A_JOB = 0.04
_IDLE_SECONDS = 10.0


def kill_workers(stage: Stage, ledger: Ledger) -> Injected:
    """Kill one worker after another at any moment of a job, every other one with its horse."""
    desks = [paper_forms(stage, slug, 400) for slug in DEPARTMENTS]
    team = [stage.nursery.work("rollup") for _ in range(_TEAM)]
    at_a_job = supervised = 0
    with at_work(ledger, desks):
        for turn in range(KILLS):
            worker = wait_for(lambda: _busy(team), _IDLE_SECONDS) or team[0]
            at_a_job += _kill_at_work(worker, with_horse=bool(turn % 2))
            team.remove(worker)
            team.append(stage.nursery.work("rollup"))
            if turn % 20 == 10:
                kept = stage.program("worker rollup")
                supervised += kept.kill() if kept else 0
    return Injected(
        said=f"kill -9 of {KILLS} workers at random moments, {at_a_job} of them at a job,"
        f" and {supervised} times of the one that is started again by itself",
        problems=_at_least(at_a_job, KILLS // 4),
    )


def _busy(team: Sequence[Process]) -> Process | None:
    return next((one for one in team if one.children()), None)


def _kill_at_work(worker: Process, *, with_horse: bool) -> bool:
    """Kill a worker soon after it has begun a job; return whether it was still at it."""
    horse = _horse_of(worker)
    time.sleep(_chance.uniform(0, _OF_A_JOB))
    is_at_a_job = horse is not None and horse.is_alive()
    worker.kill()
    if horse is not None and with_horse:
        horse.kill()
    return is_at_a_job


def kill_horses(stage: Stage, ledger: Ledger) -> Injected:
    """Kill the process of a job, and leave its worker alone."""
    desks = [paper_forms(stage, slug, 100) for slug in DEPARTMENTS]
    killed = 0
    with at_work(ledger, desks):
        for _ in range(HORSES):
            horse = wait_for(lambda: _horse_of(stage.program("worker rollup")), _IDLE_SECONDS)
            time.sleep(_chance.uniform(0, _OF_A_JOB / 5))
            killed += horse.kill() if horse else 0
    return Injected(said=f"kill -9 of {killed} horses", problems=_at_least(killed, HORSES // 2))


def _horse_of(worker: Process | None) -> Process | None:
    return next(iter(worker.children()), None) if worker else None


def kill_between(stage: Stage, ledger: Ledger) -> Injected:
    """Let workers die with a job in their hands that they have not begun, each of an agency."""
    desks = [paper_forms(stage, slug, 200) for slug in (*DEPARTMENTS, COMMUNE)]
    died = 0
    with at_work(ledger, desks):
        for _ in range(BETWEEN):
            worker = stage.nursery.work("rollup", DIES_BETWEEN)
            died += wait_until(lambda worker=worker: not worker.is_alive(), _IDLE_SECONDS)
    return Injected(
        said=f"{died} workers died between taking a job and forking for it",
        problems=_at_least(died, BETWEEN),
    )


def _at_least(done: int, wanted: int) -> list[str]:
    return [] if done >= wanted else [f"injected {done} times only, of {wanted}"]


FAULTS = (
    Fault(number=1, name="worker killed in a job", seconds=120, inject=kill_workers),
    Fault(number=2, name="horse killed", seconds=30, inject=kill_horses),
    Fault(number=3, name="killed between pop and fork", seconds=240, inject=kill_between),
)
