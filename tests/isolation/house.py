"""One house for all tests of a module: six furnished agencies, and a reader in each role."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask

from app.config import Config
from app.domain.permissions import Role
from app.factory import create_app
from app.launch.postgres import OWNER, Postgres
from app.launch.valkey import Valkey
from app.persistence.clock import clock_set_to
from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import hash_password
from tests.builders.shared import config_on
from tests.builders.world import DEPARTMENT, PROVINCE, Someone, World
from tests.isolation.agencies import RELATIONS, SPRING, SUSPENDED, Agency, add_agencies, suspend
from tests.isolation.errands import ask_for_looks, make_draft, make_requests
from tests.isolation.furniture import Furniture
from tests.isolation.notices import ask_at_short_notice
from tests.isolation.recipes import PASSWORD
from tests.isolation.reporting import hand_in_reports
from tests.isolation.visits import add_digest


# Syllables that no Vietnamese word and no address holds, one for each agency.
TAGS = {relation: f"Quz{letter * 2}" for relation, letter in zip(RELATIONS, "abcdef", strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The agencies by relation, and who knocks: one in each role, all of them of our agency.

    ``above`` is an administrator of the agency at the top of the province.
    """

    app: Flask
    world: World
    config: Config
    agencies: Mapping[str, Agency]
    readers: Mapping[Role, Someone]
    citizens: Mapping[str, Someone]
    above: Someone

    def reader(self, role: Role, thing: str) -> Someone:
        """Return who tries a page; pages of one's own dossier are tried by whose it is."""
        if role is Role.CITIZEN:
            return self.citizens.get(thing, self.readers[role])
        return self.readers[role]


@pytest.fixture(scope="module")
def database(postgres: Postgres, template: str, request: pytest.FixtureRequest) -> str:
    name = f"house_{os.getpid()}_{request.node.path.stem}"
    postgres.create_database(name, OWNER, template=template)
    return name


@pytest.fixture(scope="module")
def config(postgres: Postgres, valkey: Valkey, database: str) -> Config:
    return config_on(postgres, valkey, database)


@pytest.fixture(scope="module")
def app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    app.testing = True
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture(scope="module")
def house(app: Flask, config: Config) -> House:
    world = World(app)
    add_digest(config.owner_database_url)
    with clock_set_to(SPRING):
        return furnish(world)


def furnish(world: World) -> House:
    """Fill every agency, and close the one that is to be suspended."""
    add_agencies(world)
    rooms = {
        relation: Furniture(world, slug, TAGS[relation]) for relation, slug in RELATIONS.items()
    }
    for room in rooms.values():
        room.fill()
        make_draft(room)
        make_requests(room)
    _offer_each_other(rooms)
    ask_for_looks(rooms)
    hand_in_reports(rooms)
    ask_at_short_notice(rooms)
    asked = str(world.key_of(RELATIONS["child"]).tenant_id)
    agencies = {
        relation: Agency(
            relation=relation,
            slug=room.slug,
            key=world.key_of(room.slug),
            tag=room.tag,
            things=room.things
            | {
                "agency": (room.slug,),
                "agency below": (room.slug,),
                "asked agency below": (asked,),
            },
        )
        for relation, room in rooms.items()
    }
    suspend(world, SUSPENDED)
    ours = rooms["own"]
    return House(
        app=world.app,
        world=world,
        config=world.app.extensions["bangvang"],
        agencies=agencies,
        readers=_readers(world, ours),
        citizens=ours.citizens,
        above=world.make_account(PROVINCE, Role.TENANT_ADMIN, name=f"{TAGS['parent']} quản trị"),
    )


def _offer_each_other(rooms: Mapping[str, Furniture]) -> None:
    """Let dossiers be on their way between agencies: some to ours and from it, some past it."""
    ours = rooms["own"]
    accepted = rooms["sibling"].offer(ours)
    ours.accept(accepted)
    ours.keep("received transfer", rooms["sibling"].offer(ours))
    ours.keep("accepted transfer", accepted)
    ours.keep("sent transfer", ours.offer(rooms["sibling"]))
    between = {"sibling": "parent", "parent": "sibling", "child": "sibling"}
    for sender, receiver in between.items():
        for name in ("received transfer", "accepted transfer", "sent transfer"):
            rooms[sender].keep(name, rooms[sender].offer(rooms[receiver]))


def _readers(world: World, ours: Furniture) -> dict[Role, Someone]:
    readers = {}
    for role in Role:
        more = {"unit_id": ours.unit} if role is Role.UNIT_HEAD else {}
        name = f"{ours.tag} {role.value}"
        readers[role] = world.make_account(DEPARTMENT, role, name=name, **more)
    readers[Role.CITIZEN] = ours.citizens["own submitted dossier"]
    with world.app.app_context(), unit_of_work():
        known = hash_password(PASSWORD)
        for someone in readers.values():
            db.session.get_one(Account, someone.id).password_hash = known
    return readers
