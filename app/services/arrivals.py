"""Putting somebody who comes from another agency down here, with everything that comes along."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.consent import LegalBasis, Purpose
from app.domain.dossiers import Event, State, move
from app.domain.people import Origin
from app.domain.permissions import Actor, Role
from app.domain.refusals import RefusedError, Rule
from app.domain.roster import PersonDetails
from app.domain.transfers import Arrival, way_back_to_the_roster
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import (
    Account,
    Consent,
    Dossier,
    DossierEvent,
    Membership,
    Person,
    Transfer,
)
from app.persistence.queries.dossiers import find_dossier_of, load_dossier_to_change, states_of
from app.persistence.queries.people import find_person_of
from app.persistence.queries.transfers import Carried, Offered, left_from
from app.persistence.sealing import NumberSeal, number_of
from app.services.identities import sealed_number
from app.services.listing import Pins, list_people
from app.services.results import mark_out_of_date
from app.services.roster import make_person


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """Where somebody who comes from another agency belongs here."""

    unit_id: UUID
    group_number: int


def require_place_in_year(person: Person, year: int) -> None:
    """Raise ``RefusedError`` when a year has a dossier of somebody that another cannot replace."""
    found = find_dossier_of(person.id, year)
    if found is not None and _way_back(found) is None:
        raise RefusedError(Rule.PERSON_ALREADY_ASSESSED_HERE, name=person.name, year=year)


def _way_back(dossier: Dossier) -> tuple[Event, ...] | None:
    if dossier.state is not State.TRANSFERRED:
        return None
    return way_back_to_the_roster(left_from(dossier.id), round_number=dossier.round)


def bring_in(  # noqa: PLR0913 - what is handed over, and into whose hands
    offered: Offered,
    arrival: Arrival,
    carried: Mapping[Event, Carried],
    *,
    transfer: Transfer,
    place: NewPlace,
    seal: NumberSeal,
    by: Actor,
) -> Dossier:
    """Give somebody their place here, and their dossier what was typed elsewhere.

    The caller has locked the roster, and asked ``require_place_in_year``.
    """
    person = _enter(offered, place, seal=seal)
    # First of all: nothing goes on without somebody's word.
    _carry_consent(person, offered, by=by)
    dossier = _open_dossier(person, transfer, by=by)
    _fill(dossier, offered, arrival)
    for event in arrival.events:
        happened = carried.get(event) if event is not Event.RECALL else None
        _happen(dossier, event, happened or _now(by), facts={"carried_from": transfer.sender_name})
    dossier.submitted_at = offered.submitted_at if arrival.state is State.SUBMITTED else None
    _let_in(person, by=by)
    mark_out_of_date(transfer.year)
    db.session.flush()
    return dossier


def _enter(offered: Offered, place: NewPlace, *, seal: NumberSeal) -> Person:
    number = _number_in(offered, seal)
    person = find_person_of(offered.identity_id)
    if person is None:
        details = PersonDetails(
            name=offered.name,
            birth_year=offered.birth_year,
            birth_on=offered.birth_on,
            unit_id=place.unit_id,
            group_number=place.group_number,
            position=offered.position,
            cccd=number,
        )
        person = make_person(
            details, identity_id=offered.identity_id, origin=Origin.TRANSFERRED, seal=seal
        )
        db.session.add(person)
        db.session.flush()
        return person
    person.unit_id, person.group_number = place.unit_id, place.group_number
    person.is_active = True
    person.version += 1
    if number and person.cccd_sealed is None:
        for column, value in sealed_number(person.id, number, seal=seal).items():
            setattr(person, column, value)
    db.session.flush()
    return person


def _number_in(offered: Offered, seal: NumberSeal) -> str | None:
    """Open the number where it was sealed; here it is sealed anew, for the row that it gets."""
    if offered.cccd_sealed is None:
        return None
    return seal.open(offered.cccd_sealed, place=number_of(offered.person_id, offered.sender))


def _open_dossier(person: Person, transfer: Transfer, *, by: Actor) -> Dossier:
    found = find_dossier_of(person.id, transfer.year)
    if found is None:
        [dossier] = list_people([person], year=transfer.year)
        return dossier
    dossier = load_dossier_to_change(found.id)
    stood = left_from(dossier.id)
    facts = {"transfer": str(transfer.id)}
    _happen(dossier, Event.UNTRANSFER, _now(by), facts=facts, reason=transfer.reason, stood=stood)
    for event in way_back_to_the_roster(stood, round_number=dossier.round) or ():
        _happen(dossier, event, _now(by), facts=facts, reason=transfer.reason)
    return dossier


def _fill(dossier: Dossier, offered: Offered, arrival: Arrival) -> None:
    person = find_person_of(dossier.identity_id)
    if person is not None:
        dossier.unit_id = person.unit_id
        for name, value in Pins(dossier.year).of(person.group_number).items():
            setattr(dossier, name, value)
    dossier.self_scores = list(arrival.scores)
    dossier.evidence = list(offered.evidence)
    dossier.national_site_on = offered.national_site_on
    dossier.is_on_behalf = offered.is_on_behalf
    dossier.opened_at = None
    dossier.version += 1
    dossier.changed_at = transaction_time()
    db.session.flush()


def _now(by: Actor) -> Carried:
    return Carried(
        at=transaction_time(), account_id=by.account_id, identity_id=by.identity_id, name=by.name
    )


def _happen(  # noqa: PLR0913 - an event has so many columns
    dossier: Dossier,
    event: Event,
    happened: Carried,
    *,
    facts: Mapping[str, object],
    reason: str = "",
    stood: State = State.LISTED,
) -> None:
    """Append an event as it came about elsewhere: at its own time, by its own hand."""
    db.session.add(
        DossierEvent(
            dossier_id=dossier.id,
            event=event,
            from_state=dossier.state,
            to_state=move(dossier.state, event, left_from=stood),
            round=dossier.round,
            at=happened.at,
            actor_account_id=happened.account_id,
            actor_identity_id=happened.identity_id,
            actor_name=happened.name,
            reason=reason,
            facts=dict(facts),
        )
    )
    db.session.flush()
    set_committed_value(dossier, "state", states_of([dossier.id])[dossier.id])


def _carry_consent(person: Person, offered: Offered, *, by: Actor) -> None:
    given_at: datetime | None = offered.consent_given_at
    if offered.consent is None or given_at is None:
        return
    db.session.add(
        Consent(
            person_id=person.id,
            channel=offered.consent,
            basis=LegalBasis(offered.consent_terms["basis"]),
            purpose=Purpose(offered.consent_terms["purpose"]),
            wording=offered.consent_terms["wording"],
            given_at=given_at,
            recorded_by=by.account_id,
        )
    )
    db.session.flush()


def _let_in(person: Person, *, by: Actor) -> None:
    """Let the person's accounts to their own dossier here."""
    accounts = db.session.scalars(
        select(Account.id).where(
            Account.identity_id == person.identity_id, Account.is_disabled.is_(False)
        )
    ).all()
    for account_id in accounts:
        held = db.session.scalars(
            select(Membership).where(
                Membership.account_id == account_id,
                Membership.role == Role.CITIZEN,
                Membership.unit_id.is_(None),
            )
        ).one_or_none()
        membership = held or Membership(account_id=account_id, role=Role.CITIZEN, since=today())
        membership.person_id, membership.until = person.id, None
        membership.granted_by = by.account_id
        db.session.add(membership)
