"""Measures pages and the roll-up on a province of 100,000 dossiers: ``make bench``.

Prints a table and writes ``var/bench.json``. Seconds depend on the machine; what counts is the
ratio to the same queries run bare, measured in the same minutes.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from app.config import Config
from app.domain.deadlines import vietnam_date
from app.factory import create_app
from app.launch.postgres import OWNER, WEB, WORKER, Postgres
from app.launch.valkey import Valkey
from tests.bench.filling import fill
from tests.bench.logins import measure_logins
from tests.bench.measuring import Measurement
from tests.bench.pages import measure_pages
from tests.bench.record import measure_record
from tests.bench.rollup import measure_rollup
from tests.bench.walls import measure_walls
from tests.builders.world import PROVINCE, World, load_catalogue_and_criteria
from tests.conftest import migrate


SIZES = (10_000, 100_000)
REPORT = Path("var/bench.json")


def main() -> None:
    """Measure at every size, print the table, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    measurements = [one for size in parser.parse_args().sizes for one in measure_size(size)]
    measurements += measure_storm()
    show(measurements)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(one), "ratio": one.ratio} for one in measurements]
    REPORT.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    print(f"\nwritten to {REPORT}")


def measure_size(size: int) -> list[Measurement]:
    """Measure everything on one province of ``size`` dossiers."""
    year = vietnam_date(datetime.now(UTC)).year
    with house(year) as (app, config):
        fill(config.owner_database_url, PROVINCE, dossiers=size, last_year=year)
        world = World(app)
        return [
            *measure_pages(world, size, year),
            *measure_walls(world, size, year),
            *measure_rollup(world, config, size, year),
            *measure_record(world, config, size),
        ]


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


if __name__ == "__main__":
    main()
