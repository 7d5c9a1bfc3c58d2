"""Questions about what people say of themselves: what is still to come in, and who is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import joinedload

from app.domain.dossiers import Event, State
from app.persistence.database import db
from app.persistence.models import Consent, Dossier, DossierEvent, Person
from app.persistence.queries.people import whose_name_holds


STILL_TO_COME_IN = (State.LISTED, State.REGISTERED, State.RETURNED)
"""States of dossiers that the person, or somebody for them, has still to submit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the dossiers still to come in somebody looks for."""

    year: int
    unit_id: UUID | None = None
    name: str = ""


def dossiers_to_enter(wanted: Wanted, *, limit: int, offset: int = 0) -> Sequence[Dossier]:
    """Return dossiers not submitted yet with their people, in the order of Vietnamese lists."""
    return db.session.scalars(
        _to_enter(wanted)
        .options(joinedload(Dossier.person), joinedload(Dossier.unit))
        .order_by(Person.name_sort_key, Dossier.id)
        .limit(limit)
        .offset(offset)
    ).all()


def count_to_enter(wanted: Wanted) -> int:
    """Return how many dossiers are not submitted yet."""
    found = _to_enter(wanted).with_only_columns(func.count())
    return db.session.execute(found).scalar_one()


def find_next_to_enter(wanted: Wanted, after: Dossier) -> UUID | None:
    """Return the dossier that follows ``after`` on the list, from the top again at its end."""
    place = tuple_(Person.name_sort_key, Dossier.id)
    others = (
        _to_enter(wanted)
        .where(Dossier.id != after.id)
        .with_only_columns(Dossier.id)
        .order_by(Person.name_sort_key, Dossier.id)
        .limit(1)
    )
    following = others.where(place > tuple_(literal(after.person.name_sort_key), literal(after.id)))
    return db.session.scalar(following) or db.session.scalar(others)


def _to_enter(wanted: Wanted) -> Select[Dossier]:
    found = (
        select(Dossier)
        .join(Person, Person.id == Dossier.person_id)
        .where(Dossier.year == wanted.year, Dossier.state.in_(STILL_TO_COME_IN))
    )
    if wanted.unit_id:
        found = found.where(Dossier.unit_id == wanted.unit_id)
    return found.where(*whose_name_holds(wanted.name))


def last_submission(dossier_id: UUID) -> DossierEvent | None:
    """Return the event by which a dossier was last submitted."""
    return _last(dossier_id, Event.SUBMIT)


def find_consent_of_registration(dossier: Dossier) -> Consent | None:
    """Return the consent that was given together with the registration of ``dossier``."""
    registration = _last(dossier.id, Event.REGISTER)
    if registration is None:
        return None
    return db.session.scalars(
        select(Consent).where(
            Consent.person_id == dossier.person_id,
            Consent.given_at == registration.at,
            Consent.withdrawn_at.is_(None),
        )
    ).first()


def _last(dossier_id: UUID, event: Event) -> DossierEvent | None:
    return db.session.scalars(
        select(DossierEvent)
        .where(DossierEvent.dossier_id == dossier_id, DossierEvent.event == event)
        .order_by(DossierEvent.at.desc(), DossierEvent.id.desc())
        .limit(1)
    ).one_or_none()


def is_on_roster(match_key: str, birth_year: int) -> bool:
    """Tell whether somebody of this name and year of birth is on the agency's roster."""
    found = select(Person.id).where(
        Person.name_match_key == match_key, Person.birth_year == birth_year
    )
    return db.session.scalars(found.limit(1)).first() is not None
