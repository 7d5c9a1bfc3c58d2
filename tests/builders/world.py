"""Makes agencies, accounts and people for a test."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text

from app.domain.ids import new_id
from app.domain.people import Origin
from app.domain.permissions import Actor, Role
from app.domain.scoring import INDICATORS
from app.domain.tenants import TenantKey
from app.domain.vietnamese import match_key, name_sort_key
from app.persistence.database import db
from app.persistence.models import (
    Account,
    CriteriaRule,
    Dossier,
    Membership,
    Person,
    Tenant,
    Unit,
)
from app.persistence.owner import OWNERS_OPTIONS, owner_engine
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.definitions import add_tenants, load_national_catalogue, publish_criteria
from tenants.loading import load_all_definitions


THIS_YEAR = 2026
STANDARD_SET = "qd-324-2023@1"

PROVINCE = "lai-chau"
DEPARTMENT = "lai-chau/so-cong-thuong"
COMMUNE = "lai-chau/sin-ho"
OTHER_PROVINCE = "lang-son"
OTHER_COMMUNE = "lang-son/chi-lang"
AGENCIES = frozenset({PROVINCE, DEPARTMENT, COMMUNE, OTHER_PROVINCE, OTHER_COMMUNE})


def load_catalogue_and_criteria(
    owner_url: str, *, year: int = THIS_YEAR, slugs: Collection[str] | None = AGENCIES
) -> None:
    """Fill an empty database with the catalogue, the criteria sets and agencies; None means all."""
    app = Flask("template")
    app.config["SQLALCHEMY_DATABASE_URI"] = owner_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = OWNERS_OPTIONS
    db.init_app(app)
    with app.app_context():
        load_national_catalogue()
        publish_criteria()
        chosen = [one for one in load_all_definitions() if slugs is None or one.slug in slugs]
        add_tenants(chosen, is_demonstration=False, year=year)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


class World:
    """The world of one test. Each ``make_`` commits what it made and returns plain facts."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._numbers = iter(range(1, 1_000_000))

    @contextmanager
    def inside(self, slug: str) -> Iterator[TenantKey]:
        """Work in the scope of an agency, in an application context of its own."""
        with self.app.app_context():
            key = self.find_key(slug)
            with tenant_scope(key):
                yield key

    def key_of(self, slug: str) -> TenantKey:
        """Return the key of an agency."""
        with self.app.app_context():
            return self.find_key(slug)

    def find_key(self, slug: str) -> TenantKey:
        """Return the key of an agency, in the application context that is there."""
        return db.session.scalars(select(Tenant).where(Tenant.slug == slug)).one().key

    def make_account(
        self, slug: str, *roles: Role, name: str = "", identity: UUID | None = None, **more: Any
    ) -> "Someone":
        """Make somebody who holds ``roles`` in an agency. ``identity`` makes it the same human."""
        number = next(self._numbers)
        name = name or f"Người {number}"
        with self.inside(slug) as key, unit_of_work():
            human = identity or self._new_identity()
            account = Account(id=new_id(), identity_id=human, login=f"nguoi.{number}", name=name)
            db.session.add(account)
            db.session.flush()
            for role in roles:
                db.session.add(
                    Membership(account_id=account.id, role=role, since=date(2020, 1, 1), **more)
                )
            return Someone(
                id=account.id,
                identity_id=human,
                name=name,
                login=account.login,
                tenant=key,
                roles=frozenset(roles),
                unit_ids=frozenset({more["unit_id"]} if "unit_id" in more else ()),
            )

    def _new_identity(self) -> UUID:
        return db.session.execute(
            text("SELECT claim_identity(:fresh, NULL)"), {"fresh": new_id()}
        ).scalar_one()

    def unit_of(self, slug: str) -> UUID:
        """Return the first unit of an agency."""
        with self.inside(slug):
            return db.session.scalars(select(Unit.id).order_by(Unit.name_sort_key)).first()

    def make_person(
        self,
        slug: str,
        name: str = "Lò Thị Pánh",
        *,
        identity: UUID | None = None,
        unit_id: UUID | None = None,
        group: int = 3,
        birth_year: int = 1988,
    ) -> UUID:
        """Put somebody on the roster of an agency, without a dossier."""
        with self.inside(slug), unit_of_work():
            person = Person(
                id=new_id(),
                identity_id=identity or self._new_identity(),
                unit_id=unit_id or db.session.scalars(select(Unit.id)).first(),
                group_number=group,
                name=name,
                name_sort_key=name_sort_key(name),
                name_match_key=match_key(name),
                birth_year=birth_year,
                origin=Origin.TYPED,
            )
            db.session.add(person)
            return person.id

    def make_dossier(self, slug: str, person_id: UUID | None = None, **more: Any) -> UUID:
        """List somebody for a year; without ``person_id``, somebody new."""
        year = more.pop("year", THIS_YEAR)
        person_id = person_id or self.make_person(slug, **more)
        with self.inside(slug), unit_of_work():
            person = db.session.scalars(select(Person).where(Person.id == person_id)).one()
            rule = db.session.get_one(CriteriaRule, (STANDARD_SET, person.group_number))
            dossier = Dossier(
                id=new_id(),
                year=year,
                person_id=person.id,
                identity_id=person.identity_id,
                unit_id=person.unit_id,
                **{column: getattr(rule, column) for column in _RULE},
            )
            db.session.add(dossier)
            return dossier.id

    def owner(self) -> Any:
        """Lend the database's owner, for looking past the walls."""
        return owner_engine(self.app.extensions["bangvang"].owner_database_url)


_RULE = (
    "criteria_set",
    "group_number",
    "scale_min",
    "scale_max",
    "step",
    "pass_floor",
    "pass_total",
    "outstanding_years",
)

PASSING = [8] * INDICATORS
FAILING = [7] * INDICATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """An account as a test knows it."""

    id: UUID
    identity_id: UUID
    name: str
    login: str
    tenant: TenantKey
    roles: frozenset[Role]
    unit_ids: frozenset[UUID] = field(default_factory=frozenset)

    def actor(self, *, person_id: UUID | None = None) -> Actor:
        """Return what services ask for."""
        return Actor(
            account_id=self.id,
            identity_id=self.identity_id,
            name=self.name,
            tenant=self.tenant,
            roles=self.roles,
            person_id=person_id,
            unit_ids=self.unit_ids,
        )
