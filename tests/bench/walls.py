"""Times what the two walls cost: each query with both, against the same one with neither.

The floor is the same statement through the same ORM, as the owner whom row-level security does not
bind, with the agency written into the statement by hand and nothing announced to the transaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any, TypeAlias, cast

from sqlalchemy import Select, Table, event, select
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.visitors import iterate

from app.domain.dossiers import State
from app.domain.permissions import Role
from app.domain.tenants import TenantKey
from app.persistence import tenancy
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import Account, Dossier
from app.persistence.queries.accounts import find_actor
from app.persistence.queries.cycles import find_cycle
from app.persistence.queries.dossier_lists import Order, Wanted, count_dossiers, list_dossiers
from app.persistence.queries.dossiers import (
    find_dossier_of,
    history_of,
    load_dossier,
    team_scores_of,
)
from app.persistence.queries.units import units_in_use, units_with_people
from app.persistence.unnarrowed import tables_of_tenants
from tests.bench.measuring import Measurement, seconds
from tests.builders.world import COMMUNE, Someone, World
from tests.isolation.walls import orm_wall_down


# A statement, and the values that it takes.
_Asked: TypeAlias = tuple[Select[Any], Mapping[str, Any]]

_ROUNDS = 12
_REPEATS = 7


def measure_walls(world: World, size: int, year: int) -> list[Measurement]:
    """Time the ten queries behind nearly every page, and the median of their ratios."""
    reader = world.make_account(COMMUNE, Role.APPRAISER)
    found = [
        _one_query(world, name, ask, size) for name, ask in _queries(world, reader, year).items()
    ]
    middle = median(one.ratio for one in found if one.ratio)
    summary = Measurement(
        name="walls: median of the ten", size=size, seconds=middle, floor_seconds=1.0
    )
    return [*found, summary]


def _queries(world: World, reader: Someone, year: int) -> Mapping[str, Callable[[], object]]:
    with world.inside(COMMUNE):
        dossier_id, person_id = (
            db.session.execute(
                select(Dossier.id, Dossier.person_id)
                .where(Dossier.year == year, Dossier.state == State.IN_APPRAISAL)
                .limit(1)
            )
            .tuples()
            .one()
        )
    return {
        "walls: who is asking": lambda: find_actor(cast("Account", reader), on=today()),
        "walls: the cycle of a year": lambda: find_cycle(year),
        "walls: one dossier": lambda: load_dossier(dossier_id),
        "walls: the events of a dossier": lambda: history_of(dossier_id),
        "walls: the team's scores": lambda: team_scores_of(dossier_id, 1),
        "walls: a page of dossiers": lambda: _first_page(year),
        "walls: how many dossiers": lambda: count_dossiers(Wanted(year=year)),
        "walls: the units": units_in_use,
        "walls: the units with their people": units_with_people,
        "walls: the dossier of a person": lambda: find_dossier_of(person_id, year),
    }


def _first_page(year: int) -> object:
    wanted = Wanted(year=year)
    return list_dossiers(wanted, Order.NAME, is_descending=False, limit=50, offset=0)


def _one_query(world: World, name: str, ask: Callable[[], object], size: int) -> Measurement:
    """Time a query behind both walls and with none, in turns, in a transaction under way."""
    with world.inside(COMMUNE) as key:
        with _statements() as originals:
            ask()
        db.session.rollback()
        by_hand = [(_of_agency(one, key), values) for one, values in originals]
        pairs = []
        for _ in range(_ROUNDS):
            walled = _median_of_runs(originals)
            with world.owner(), _no_wall():
                pairs.append((walled, _median_of_runs(by_hand)))
    return Measurement(
        name=name,
        size=size,
        seconds=median(one for one, _ in pairs),
        floor_seconds=median(one for _, one in pairs),
    )


def _median_of_runs(statements: Sequence[_Asked]) -> float:
    _run(statements)  # begins the transaction, and announces the agency where there are walls
    try:
        return median(seconds(lambda: _run(statements)) for _ in range(_REPEATS))
    finally:
        db.session.rollback()


def _run(statements: Sequence[_Asked]) -> None:
    for statement, values in statements:
        db.session.execute(statement, values).unique().all()
    db.session.expunge_all()


@contextmanager
def _statements() -> Iterator[list[_Asked]]:
    """Collect the statements that the block sends, before a wall has touched them."""
    sent: list[_Asked] = []

    def note(state: ORMExecuteState) -> None:
        assert isinstance(state.statement, Select)
        sent.append((state.statement, cast("Mapping[str, Any]", state.parameters or {})))

    event.listen(Session, "do_orm_execute", note, insert=True)
    try:
        yield sent
    finally:
        event.remove(Session, "do_orm_execute", note)


def _of_agency(statement: Select[Any], key: TenantKey) -> Select[Any]:
    """Write the agency into a statement by hand, for every table of an agency in it."""
    tables = {one for one in iterate(statement) if isinstance(one, Table)} & tables_of_tenants()
    for table in tables:
        statement = statement.where(
            table.c.province_id == key.province_id, table.c.tenant_id == key.tenant_id
        )
    return statement


@contextmanager
def _no_wall() -> Iterator[None]:
    """Narrow nothing and announce nothing, for statements that name their agency."""
    event.remove(Session, "after_begin", tenancy._announce_at_begin)  # noqa: SLF001
    try:
        with orm_wall_down():
            yield
    finally:
        event.listen(Session, "after_begin", tenancy._announce_at_begin)  # noqa: SLF001
