"""Times the act of deciding on a list beside its own statements, run bare; both are taken back."""

from collections.abc import Callable

from sqlalchemy import create_engine, text

from app.persistence.database import db
from app.persistence.tenancy import tenant_scope
from tests.bench.deciding import recognise
from tests.bench.lists import Offices, Sheet
from tests.bench.measuring import Measurement, bare, measure, recording
from tests.builders.world import World


LINES = 20
"""How many people stand on a list, where it is not one."""


def measure_acts(world: World, offices: Offices, size: int) -> list[Measurement]:
    """Time a decision on one person, and one on many."""
    return [
        _measure_act(world, offices, size, lines, name)
        for lines, name in ((1, "one person"), (LINES, f"{LINES} people"))
    ]


def _measure_act(world: World, offices: Offices, size: int, lines: int, name: str) -> Measurement:
    (sheet,) = offices.put_before_heads(1, lines=lines)
    work = _decided_and_taken_back(world, sheet)
    with world.app.app_context():
        engine = db.engine
    with recording(engine) as statements:
        work()
    plain = create_engine(engine.url, connect_args={"options": "-c role=bangvang_app"})
    try:
        return measure(f"decide: {name} on a list", size, work, bare(plain, statements))
    finally:
        plain.dispose()


def _decided_and_taken_back(world: World, sheet: Sheet) -> Callable[[], None]:
    def work() -> None:
        with world.app.app_context(), tenant_scope(sheet.key):
            recognise(sheet)
            db.session.flush()
            # What a commit would do: link the acts.
            db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            db.session.rollback()

    return work
