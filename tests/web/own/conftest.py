"""Somebody on the roster who has signed in, in the spring of the year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.people import ConsentChannel
from app.domain.permissions import Role
from app.persistence.clock import clock_set_to
from app.persistence.queries.dossiers import find_dossier_of, load_dossier, load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.self_assessments import register, save_self_scores, submit
from tests.builders.world import DEPARTMENT, THIS_YEAR, World


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    with clock_set_to(datetime(THIS_YEAR, 3, 1, 2, 0, tzinfo=UTC)):
        yield


@dataclass
class Citizen:
    """Somebody on the roster, their browser, and their dossier as it stands."""

    world: World
    actor: Any
    browser: Any
    agency: str = DEPARTMENT

    def url(self, page: str = "/") -> str:
        return f"/{self.agency}/-/own{page}"

    def get(self, page: str = "/", **more: Any) -> Any:
        return self.browser.get(self.url(page), **more)

    def post(self, page: str, **data: Any) -> Any:
        headers = data.pop("headers", None)
        return self.browser.post(self.url(page), data=data, headers=headers)

    def send(self, page: str, **data: Any) -> Any:
        """Send a form as a fresh screen would."""
        return self.post(page, version=self.dossier().version, **data)

    def dossier(self) -> Any:
        with self.world.inside(self.agency):
            found = find_dossier_of(self.actor.person_id, THIS_YEAR)
            return load_dossier(found.id) if found else None

    def change(self, act: Any, *arguments: Any, **more: Any) -> None:
        """Let a service act on the dossier, for whoever ``by`` is."""
        dossier_id = self.dossier().id
        with self.world.inside(self.agency), unit_of_work():
            act(load_dossier_to_change(dossier_id), *arguments, **more)

    def register(self) -> None:
        self.change(register, ConsentChannel.ONLINE, by=self.actor)

    def fill(self, scores: list[int], evidence: dict[int, str] | None = None) -> None:
        version = self.dossier().version
        numbered = dict(enumerate(scores, start=1))
        self.change(save_self_scores, numbered, evidence or {}, version=version, by=self.actor)

    def submit(self) -> None:
        self.change(submit, version=self.dossier().version, by=self.actor)


@pytest.fixture
def make_citizen(world, sign_in):
    def make(agency: str = DEPARTMENT, *, name: str = "Lò Thị Pánh", group: int = 3) -> Citizen:
        account = world.make_account(agency, Role.CITIZEN, name=name)
        person_id = world.make_person(agency, name, identity=account.identity_id, group=group)
        world.make_dossier(agency, person_id)
        return Citizen(world, account.actor(person_id=person_id), sign_in(account), agency)

    return make


@pytest.fixture
def citizen(make_citizen) -> Citizen:
    return make_citizen()
