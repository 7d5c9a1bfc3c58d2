"""Questions about the bases on which people's data are kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.persistence.database import db
from app.persistence.models import Consent, Person


@dataclass(frozen=True, slots=True)
class DataStanding:
    """Whether somebody's data may be used: bases ever recorded, and those still live."""

    name: str
    is_restricted: bool
    recorded: int
    live: int


def data_standings(people: Collection[UUID]) -> Sequence[DataStanding]:
    """Return how it stands with the data of some people, by name."""
    consent = aliased(Consent)
    joined = (consent.person_id == Person.id) & (consent.tenant_id == Person.tenant_id)
    rows = db.session.execute(
        select(
            Person.name,
            or_(Person.restricted_at.is_not(None), Person.erased_at.is_not(None)),
            func.count(consent.id),
            func.count(consent.id).filter(consent.withdrawn_at.is_(None)),
        )
        .outerjoin(consent, joined)
        .where(Person.id.in_(people))
        .group_by(Person.province_id, Person.tenant_id, Person.id)
        .order_by(Person.name_sort_key)
    )
    return [DataStanding(*row) for row in rows]


def consents_of(person_id: UUID) -> Sequence[Consent]:
    """Return every basis recorded of somebody, the newest first."""
    return db.session.scalars(
        select(Consent)
        .where(Consent.person_id == person_id)
        .order_by(Consent.given_at.desc(), Consent.id.desc())
    ).all()
