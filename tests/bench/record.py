"""Times the record of acts: linked in bulk, and followed against its rows merely read."""

import time

from sqlalchemy import create_engine, text

from app.config import Config
from app.domain.tenants import TenantKey
from app.persistence.tenancy import tenant_scope
from app.services.audit_chain import Progress, verify_chain
from tests.bench.measuring import Measurement, measure
from tests.builders.world import COMMUNE, World


ROUNDS = 5
_WRITE = """
    INSERT INTO audit_event (province_id, tenant_id, id, act, actor_name, object_kind, facts)
    SELECT :province, :tenant, gen_random_uuid(), 'unit-changed', 'Người ' || n, 'unit',
        jsonb_build_object('name', 'Tổ ' || n, 'before', n, 'after', n + 1)
    FROM generate_series(1, CAST(:count AS int)) AS n
"""
# What following takes at the least: each link and each row brought over once.
_READ = tuple(
    f"SELECT * FROM {table} WHERE province_id = :province AND tenant_id = :tenant"  # noqa: S608
    for table in ("audit_link", "audit_event", "dossier_event")
)
# An agency has fewer acts than its province has dossiers: these are ten times its share and more.
_SHARE = 10


def measure_record(world: World, config: Config, size: int) -> list[Measurement]:
    """Time the linking of many acts of one agency, and the following of their chain."""
    key = world.key_of(COMMUNE)
    linking = _write(config, key, size // _SHARE)
    engine = create_engine(config.owner_database_url)

    def floor() -> None:
        with engine.connect() as connection:
            for statement in _READ:
                values = {"province": key.province_id, "tenant": key.tenant_id}
                connection.execute(text(statement), values).fetchall()

    try:
        following = measure(
            "record: follow a chain",
            _verify(world, key),
            lambda: _verify(world, key),
            floor,
            rounds=ROUNDS,
        )
    finally:
        engine.dispose()
    print(f"record: {following.size / following.seconds:,.0f} links a second")
    return [linking, following]


def _write(config: Config, key: TenantKey, count: int) -> Measurement:
    engine = create_engine(config.owner_database_url)
    values = {"province": key.province_id, "tenant": key.tenant_id, "count": count}
    start = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(text(_WRITE), values)
        connection.execute(text("ANALYZE audit_event, audit_link"))
    seconds = time.perf_counter() - start
    engine.dispose()
    return Measurement(
        name="record: append and link acts", size=count, seconds=seconds, floor_seconds=None
    )


def _verify(world: World, key: TenantKey) -> int:
    progress = Progress()
    with world.app.app_context(), tenant_scope(key):
        found = list(verify_chain(progress))
    if found:
        raise AssertionError(f"a clean chain raised an alarm: {found[0]}")
    return progress.links
