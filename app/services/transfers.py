"""The receiver answers a transfer: it accepts, refuses, or sends back what it accepted.

What happens in the agency that is left is done by functions of the database, which hold the
receiver to its own offers; what happens here, by services as with anybody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act
from app.domain.dossiers import Event, require_reason
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import require_hands_off
from app.domain.tenants import TenantKey
from app.domain.transfers import (
    Arrival,
    TransferState,
    arrival_of,
    require_not_appraised_here,
)
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Dossier, Transfer
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.queries.people import find_person_of, load_unit_to_join
from app.persistence.queries.rules import criteria_reference, groups_in_effect, load_rule
from app.persistence.queries.self_assessments import find_consent_of_registration
from app.persistence.queries.transfers import (
    Offered,
    criteria_in,
    events_offered,
    find_offered,
    load_received,
)
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import MARKED
from app.services.arrivals import NewPlace, bring_in, require_place_in_year
from app.services.dossiers import append_event, require_fresh
from app.services.listing import lock_roster
from app.services.record import record_act


_RULE_OF_SQLSTATE: Mapping[str, Rule] = {
    "BV001": Rule.STALE_SCREEN,
    "BV002": Rule.SELF_DEALING,
    "BV008": Rule.DATA_RESTRICTED,
    "BV021": Rule.TRANSFER_NOT_OPEN,
    "BV022": Rule.CYCLE_NOT_OPEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What accepting would do."""

    offered: Offered
    arrival: Arrival
    is_on_roster: bool


def foresee(transfer: Transfer, group_number: int, *, by: Actor) -> Prospect:
    """Return what accepting would do, or raise ``RefusedError`` where it cannot be done."""
    by.require(Permission.ROSTER_EDIT)
    require_open_cycle(transfer.year)
    offered = find_offered(transfer.id)
    if offered is None:
        raise RefusedError(Rule.TRANSFER_NOT_OPEN)
    require_hands_off(Event.TRANSFER, offered.identity_id, by=by)
    person = find_person_of(offered.identity_id)
    if person is not None:
        require_place_in_year(person, transfer.year)
    return Prospect(
        offered=offered,
        arrival=_arrival(offered, group_number, transfer.year),
        is_on_roster=person is not None,
    )


def _arrival(offered: Offered, group_number: int, year: int) -> Arrival:
    if group_number not in groups_in_effect(year):
        raise RefusedError(Rule.UNKNOWN_GROUP, group=group_number, year=year)
    rule = load_rule(criteria_reference(group_number, year), group_number)
    return arrival_of(offered.state, offered.self_scores, of=offered.criteria, to=criteria_in(rule))


def accept_transfer(transfer_id: UUID, place: NewPlace, *, seal: NumberSeal, by: Actor) -> UUID:
    """Take somebody and their dossier over, and return the dossier that it is here.

    Both agencies change in one transaction, or neither does.
    """
    by.require(Permission.ROSTER_EDIT)
    transfer = load_received(transfer_id, TransferState.PROPOSED)
    load_unit_to_join(place.unit_id)
    lock_roster()
    prospect = foresee(transfer, place.group_number, by=by)
    dossier = bring_in(
        prospect.offered,
        prospect.arrival,
        events_offered(transfer_id),
        transfer=transfer,
        place=place,
        seal=seal,
        by=by,
    )
    _record(Act.TRANSFER_ACCEPTED, transfer, dossier, by=by, reason=transfer.reason)
    db.session.flush()
    _answer(
        "accept_transfer(:transfer, :fresh, :received, :seen, :account, :human, :actor, :moment)",
        transfer,
        by=by,
        received=dossier.id,
        seen=prospect.offered.version,
        human=by.identity_id,
        fresh=new_id(),
    )
    return dossier.id


def refuse_transfer(transfer_id: UUID, reason: str, *, by: Actor) -> None:
    """Say for a reason that the dossier stays where it is."""
    by.require(Permission.ROSTER_EDIT)
    transfer = load_received(transfer_id, TransferState.PROPOSED)
    stated = require_reason(Event.UNTRANSFER, reason)
    _record(Act.TRANSFER_REFUSED, transfer, None, by=by, reason=stated)
    db.session.flush()
    _answer(
        "refuse_transfer(:transfer, :why, :account, :actor, :moment)", transfer, by=by, why=stated
    )


def undo_transfer(transfer_id: UUID, reason: str, *, version: int, by: Actor) -> None:
    """Send back for a reason what was taken over, as long as nobody has appraised it here."""
    by.require(Permission.ROSTER_EDIT)
    transfer = load_received(transfer_id, TransferState.ACCEPTED)
    require_open_cycle(transfer.year)
    dossier = load_dossier_to_change(transfer.received_id or transfer_id)
    require_not_appraised_here(dossier.state)
    require_fresh(dossier, version)
    consent = find_consent_of_registration(dossier)
    if consent is not None:
        consent.withdrawn_at = transaction_time()
    facts = {"transfer": str(transfer.id), "receiver": transfer.sender_name}
    append_event(dossier, Event.TRANSFER, by=by, reason=reason, facts=facts)
    stated = reason.strip()
    _record(Act.TRANSFER_UNDONE, transfer, dossier, by=by, reason=stated)
    db.session.flush()
    _answer(
        "undo_transfer(:transfer, :fresh, :why, :account, :human, :actor, :moment)",
        transfer,
        by=by,
        why=stated,
        human=by.identity_id,
        fresh=new_id(),
    )


def _answer(call: str, transfer: Transfer, *, by: Actor, **more: object) -> None:
    """Let the database do what the answer means for the agency that is left."""
    values = {
        "transfer": transfer.id,
        "account": by.account_id,
        "actor": by.name,
        "moment": transaction_time(),
        **more,
    }
    year, name = transfer.year, transfer.name
    # The mark of the sender is made by the database, where the session does not see it.
    sender = TenantKey(transfer.province_id, transfer.tenant_id)
    db.session().info.setdefault(MARKED, set()).add((sender, year))
    try:
        # nosemgrep: sql-made-of-text  (the calls are written above, their values are bound)
        db.session.execute(text(f"SELECT {call}"), values)
    except DBAPIError as error:
        rule = _RULE_OF_SQLSTATE.get(getattr(error.orig, "sqlstate", ""))
        if rule is None:
            raise
        raise RefusedError(rule, year=year, name=name) from error
    # What stands now may no longer be the receiver's to read.
    db.session.expunge(transfer)


def _record(
    act: Act, transfer: Transfer, dossier: Dossier | None, *, by: Actor, reason: str
) -> None:
    record_act(
        act,
        by=by,
        object_kind="dossier",
        object_id=dossier.id if dossier else None,
        transfer=str(transfer.id),
        sender=transfer.sender_name,
        reason=reason,
    )
