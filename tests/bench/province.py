"""Times the figures of a whole province, from its dossiers, against one bare count of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text

from app.config import Config
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_province
from tests.bench.measuring import Measurement, measure
from tests.builders.world import PROVINCE, World


_ROUNDS = 5
# What the figures are: the statement that gives them, added up so that nothing is brought over.
_COUNT = text(
    """
    SELECT count(*), sum(people), sum(outstanding), sum(skilled), sum(fluent) FROM (
        SELECT tenant_id, year, unit_id, group_number, state, coalesce(outcome, '') AS outcome,
            count(*) AS people, count(*) FILTER (WHERE is_outstanding) AS outstanding,
            count(*) FILTER (WHERE has_digital_skills) AS skilled,
            count(*) FILTER (WHERE is_digitally_fluent) AS fluent
        FROM dossier WHERE province_id = :province
        GROUP BY tenant_id, year, unit_id, group_number, state, coalesce(outcome, '')
    ) AS counted
    """
)
_RESULTS = "unit_result, result_status, overlap, overlap_result, agency_result, agency_overlap"
_FORGET = (f"TRUNCATE {_RESULTS}", f"ANALYZE {_RESULTS}")


def measure_province(world: World, config: Config, size: int) -> list[Measurement]:
    """Time the recomputation where the figures stand, and where there are none."""
    province = world.key_of(PROVINCE).province_id
    with _owner(config) as engine:

        def floor() -> None:
            with engine.connect() as connection:
                connection.execute(_COUNT, {"province": province}).one()

        def forget() -> None:
            with engine.begin() as connection:
                for statement in _FORGET:
                    connection.execute(text(statement))

        def work() -> None:
            with unit_of_work():
                recompute_province()

        with world.inside(PROVINCE):
            stands = measure("province: recompute from source", size, work, floor, rounds=_ROUNDS)
            scratch = measure(
                "province: recompute from nothing", size, work, floor, rounds=_ROUNDS, before=forget
            )
        return [stands, scratch]


@contextmanager
def _owner(config: Config) -> Iterator[Engine]:
    engine = create_engine(config.owner_database_url)
    try:
        yield engine
    finally:
        engine.dispose()
