"""What tests of several rooms open pages with, and the agencies whose figures they read."""

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.dossiers import State
from app.domain.permissions import Role
from tests.builders.figures import Office
from tests.builders.world import COMMUNE, DEPARTMENT, World


@pytest.fixture
def browse(world: World, sign_in: Callable[..., Any]) -> Callable[..., Any]:
    """Open pages of an agency as somebody who reads its board."""

    def browser(slug: str, role: Role = Role.ASSOCIATION, **options: Any) -> Callable[..., Any]:
        client = sign_in(world.make_account(slug, role), **options)
        return lambda page="/board/", **more: client.get(f"/{slug}/-{page}", **more)

    return browser


@pytest.fixture
def figures(world: World) -> tuple[Office, Office]:
    """Two agencies below one province: one has finished, one is on its way."""
    department, commune = Office(world, DEPARTMENT), Office(world, COMMUNE)
    department.make(State.PUBLISHED, name="Vừ A Dơ")
    department.make(State.PUBLISHED, is_recognised=False)
    commune.make(State.SUBMITTED, name="Giàng Thị Say", group=1)
    commune.make(State.REGISTERED, group=2)
    commune.make(State.LISTED, group=2)
    for office in (department, commune):
        office.recompute()
    return department, commune
