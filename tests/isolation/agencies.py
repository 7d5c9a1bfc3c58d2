"""Six agencies with one of everything: one's own, and one in each relation to it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update

from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Tenant
from app.persistence.owner import owner_engine
from app.persistence.unit_of_work import unit_of_work
from app.services.definitions import add_tenants
from tenants.loading import load_all_definitions
from tenants.schema import TenantKind, UnitDefinition, UnitKind
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    OTHER_COMMUNE,
    PROVINCE,
    THIS_YEAR,
    World,
)


IS_WHOLE = os.environ.get("MATRIX") == "whole"
"""Whether everything is tried: ``make isolation``; the other tests try what a minute allows."""

SPRING = datetime(THIS_YEAR, 3, 2, 2, 0, tzinfo=UTC)
"""A morning on which people may still register, and every other act is possible too."""

CHILD = f"{DEPARTMENT}/trung-tam"
SUSPENDED = "lai-chau/tam-dung"

RELATIONS: Mapping[str, str] = {
    "own": DEPARTMENT,
    "sibling": COMMUNE,
    "parent": PROVINCE,
    "child": CHILD,
    "other province": OTHER_COMMUNE,
    "suspended": SUSPENDED,
}
"""The agencies of the matrix, each by what it is to those who try the doors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency, the sign of its canaries, and its objects by the words of the access table."""

    relation: str
    slug: str
    key: TenantKey
    tag: str
    things: Mapping[str, tuple[str, ...]]

    def of_kind(self, kind: str) -> Iterator[str]:
        """Yield the ids of every object of a kind."""
        for name, ids in self.things.items():
            if name.split()[-1] == kind:
                yield ids[-1]


def add_agencies(world: World) -> None:
    """Add the two agencies that no definition describes: one below ours, one to be suspended."""
    [ours] = [one for one in load_all_definitions() if one.slug == DEPARTMENT]
    [above] = [one for one in load_all_definitions() if one.slug == PROVINCE]
    # Every agency has a place to put people: the association of the province has none of its own.
    office = (UnitDefinition(name="Văn phòng", kind=UnitKind.OFFICE),)
    added = [
        replace(ours, slug=CHILD, parent=DEPARTMENT, kind=TenantKind.ORGANISATION),
        replace(ours, slug=SUSPENDED, parent=above.slug, units=office),
    ]
    with _owner(world), unit_of_work():
        add_tenants(added, is_demonstration=False, year=THIS_YEAR)


def suspend(world: World, slug: str) -> None:
    """Close an agency, as an operator does."""
    with _owner(world), unit_of_work():
        db.session.execute(update(Tenant).where(Tenant.slug == slug).values(is_suspended=True))


@contextmanager
def _owner(world: World) -> Iterator[None]:
    """Let the session of the block work as the database's owner."""
    config = world.app.extensions["bangvang"]
    with world.app.app_context(), owner_engine(config.owner_database_url):
        yield


def ids(*values: UUID | str) -> tuple[str, ...]:
    """Return ids as addresses write them."""
    return tuple(str(value) for value in values)
