"""Times one agency's recomputation against a bare count of its dossiers."""

from sqlalchemy import create_engine, text

from app.config import Config
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_result
from tests.bench.measuring import Measurement, measure
from tests.builders.world import COMMUNE, World


def measure_rollup(world: World, config: Config, size: int, year: int) -> list[Measurement]:
    """Time one agency's recomputation, with its lock, fence, overlaps and commit."""
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
        return [measure("roll-up: recompute one agency", size, work, floor)]
    finally:
        engine.dispose()
