"""Measures a province of 200 agencies at several sizes: ``make bench``.

Prints tables and writes ``var/bench.json``. Seconds depend on the machine; what counts is the
ratio to the same queries run bare, measured in the same minutes, and how times grow with the
number of dossiers. ``ARGS="--sizes 10000 100000"`` chooses other sizes.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from app.config import Config
from app.domain.deadlines import vietnam_date
from app.factory import create_app
from app.launch.postgres import OWNER, WEB, WORKER, Postgres
from app.launch.valkey import Valkey
from tests.bench.explaining import measure_explaining
from tests.bench.exports import measure_exports
from tests.bench.filling import fill
from tests.bench.goals import Goal, goals
from tests.bench.growth import exponents
from tests.bench.logins import measure_logins
from tests.bench.measuring import Measurement
from tests.bench.pages import measure_independence, measure_pages
from tests.bench.province import measure_province
from tests.bench.record import measure_record
from tests.bench.rollup import measure_rollup
from tests.bench.rush import measure_rush
from tests.bench.walls import measure_walls
from tests.builders.shared import call_workers_of
from tests.builders.world import PROVINCE, World, load_catalogue_and_criteria
from tests.conftest import migrate


SIZES = (10_000, 100_000, 1_000_000)
REPORT = Path("var/bench.json")


def main() -> None:
    """Measure at every size, print the tables, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = sorted(parser.parse_args().sizes)
    measurements = [*measure_sizes(sizes), *measure_storm()]
    growth = exponents(measurements)
    show(measurements)
    show_growth(growth)
    aims = list(goals(measurements, growth))
    show_goals(aims)
    keep(sizes, measurements, growth, aims)


def keep(
    sizes: Sequence[int],
    measurements: Sequence[Measurement],
    growth: Mapping[str, float],
    aims: Sequence[Goal],
) -> None:
    """Write every figure to the report: a list, in which how times grow has lines of its own."""
    report: list[dict[str, object]] = [{**asdict(one), "ratio": one.ratio} for one in measurements]
    report += [
        {"name": f"growth: {name}", "sizes": list(sizes), "exponent": exponent}
        for name, exponent in growth.items()
    ]
    report += [
        {
            "name": f"goal: {one.what}",
            "figure": one.figure,
            "most": one.most,
            "is_reached": one.is_reached,
        }
        for one in aims
    ]
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    print(f"\nwritten to {REPORT}")


def measure_sizes(sizes: Sequence[int]) -> list[Measurement]:
    """Measure each size in a house of its own; then the same page in two houses, in turns.

    The houses stand until the end: the first and the last are held against each other.
    """
    year = vietnam_date(datetime.now(UTC)).year
    with ExitStack() as houses:
        known = {size: World(houses.enter_context(filled_house(size, year))) for size in sizes}
        measurements = [one for size in sizes for one in measure_size(known[size], size, year)]
        if len(sizes) > 1:
            measurements += measure_independence(known[sizes[0]], known[sizes[-1]], sizes[-1])
    return measurements


def measure_size(world: World, size: int, year: int) -> list[Measurement]:
    """Measure everything on one province of ``size`` dossiers."""
    config: Config = world.app.extensions["bangvang"]
    call_workers_of(config)
    return [
        *measure_pages(world, size, year),
        *measure_explaining(world, size, year),
        *measure_exports(world, size, year),
        *measure_walls(world, size, year),
        *measure_rollup(world, config, size, year),
        *measure_province(world, config, size),
        *measure_rush(world, config, size, year),
        *measure_record(world, config, size),
    ]


@contextmanager
def filled_house(size: int, year: int) -> Iterator[Flask]:
    """Start a house, with a province of ``size`` dossiers in 200 agencies."""
    with house(year) as (app, config):
        start = time.perf_counter()
        province = World(app).key_of(PROVINCE)
        fill(config.owner_database_url, province, PROVINCE, dossiers=size, last_year=year)
        print(f"filled: {size:,} dossiers in {time.perf_counter() - start:.0f} s")
        yield app


def measure_storm() -> list[Measurement]:
    """Measure a thousand people who sign in at once, in a house where nothing else happens."""
    with house(vietnam_date(datetime.now(UTC)).year) as (app, config):
        return measure_logins(World(app), config)


@contextmanager
def house(year: int) -> Iterator[tuple[Flask, Config]]:
    """Start servers that keep nothing, with the agencies of every province."""
    folder = Path(tempfile.mkdtemp(prefix="bangvang-bench-", dir="/var/tmp"))
    folder.chmod(0o711)
    try:
        with (
            Postgres(folder / "postgres", is_durable=True) as postgres,
            Valkey(folder / "valkey", is_durable=True) as valkey,
        ):
            postgres.create_roles()
            postgres.create_database("bench", OWNER)
            owner = postgres.url("bench", OWNER)
            migrate(owner)
            load_catalogue_and_criteria(owner, year=year, slugs=None)
            config = Config(
                database_url=postgres.url("bench", WEB),
                owner_database_url=owner,
                rollup_database_url=postgres.url("bench", WORKER),
                redis_url=valkey.url,
                secret_key="for measuring",
                cccd_key="ab" * 32,
            )
            yield create_app(config), config
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def show(measurements: Sequence[Measurement]) -> None:
    """Print the figures as a table."""
    print(f"{'what':<44}{'dossiers':>10}{'ms':>10}{'floor ms':>10}{'ratio':>8}")
    for one in measurements:
        floor = f"{one.floor_seconds * 1000:.1f}" if one.floor_seconds else "-"
        ratio = f"{one.ratio:.2f}" if one.ratio else "-"
        print(f"{one.name:<44}{one.size:>10,}{one.seconds * 1000:>10.1f}{floor:>10}{ratio:>8}")


def show_growth(growth: Mapping[str, float]) -> None:
    """Print with which power of the number of dossiers each time grows."""
    print(f"\n{'growth':<44}{'exponent':>10}")
    for name, exponent in growth.items():
        print(f"{name:<44}{exponent:>10.2f}")


def show_goals(aims: Sequence[Goal]) -> None:
    """Print what is aimed at, and what was reached."""
    print(f"\n{'goal':<70}{'figure':>8}{'most':>7}")
    for one in aims:
        print(f"{one.what:<70}{one.figure:>8.2f}{one.most:>7.2f}{'' if one.is_reached else '  no'}")


if __name__ == "__main__":
    main()
