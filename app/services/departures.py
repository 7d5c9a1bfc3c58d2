"""The office proposes that a dossier goes on in another agency, and may take that back.

Until the other agency has accepted, nothing about the dossier changes.
"""

from uuid import UUID

from app.domain.audit import Act
from app.domain.dossiers import Event, require_reason
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.transfers import TransferState, require_may_leave
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Dossier, Transfer
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.queries.people import load_person
from app.persistence.queries.tenants import load_tenant_by_id
from app.persistence.queries.transfers import find_last_sent, load_agency_to_join, load_sent
from app.persistence.tenancy import tenant_in_scope
from app.services.dossiers import require_fresh
from app.services.record import record_act


def propose_transfer(
    dossier: Dossier, reason: str, *, to: str, version: int, by: Actor
) -> Transfer:
    """Offer a dossier, which must be locked, to the agency at the address ``to``."""
    by.require(Permission.ROSTER_EDIT)
    receiver = load_agency_to_join(to)
    require_open_cycle(dossier.year)
    require_may_leave(dossier.state)
    stated = require_reason(Event.TRANSFER, reason)
    _require_none_open(dossier)
    require_fresh(dossier, version)
    person = load_person(dossier.person_id)
    if person.restricted_at is not None:
        raise RefusedError(Rule.DATA_RESTRICTED, name=person.name)
    transfer = Transfer(
        id=new_id(),
        receiver_id=receiver.id,
        sender_name=load_tenant_by_id(*tenant_in_scope()).name,
        receiver_name=receiver.name,
        dossier_id=dossier.id,
        year=dossier.year,
        name=person.name,
        birth_year=person.birth_year,
        position=person.position,
        group_number=dossier.group_number,
        reason=stated,
        state=TransferState.PROPOSED,
        proposed_at=transaction_time(),
        proposed_by=by.account_id,
        proposed_by_name=by.name,
    )
    db.session.add(transfer)
    _record(Act.TRANSFER_PROPOSED, transfer, by=by, reason=stated)
    db.session.flush()
    return transfer


def _require_none_open(dossier: Dossier) -> None:
    last = find_last_sent(dossier.id)
    if last is not None and last.state is TransferState.PROPOSED:
        raise RefusedError(Rule.TRANSFER_ALREADY_PROPOSED, agency=last.receiver_name)


def withdraw_transfer(transfer_id: UUID, reason: str, *, by: Actor) -> None:
    """Take a proposal back, for a reason, as long as nobody has answered it."""
    by.require(Permission.ROSTER_EDIT)
    transfer = load_sent(transfer_id)
    stated = require_reason(Event.UNTRANSFER, reason)
    # Whoever answers locks the dossier first: so the two cannot pass each other by.
    load_dossier_to_change(transfer.dossier_id)
    db.session.refresh(transfer)
    if transfer.state is not TransferState.PROPOSED:
        raise RefusedError(Rule.TRANSFER_NOT_OPEN, state=transfer.state)
    transfer.settled_at = transaction_time()
    transfer.state = TransferState.WITHDRAWN
    transfer.settled_by, transfer.settled_by_name = by.account_id, by.name
    transfer.settled_reason = stated
    _record(Act.TRANSFER_WITHDRAWN, transfer, by=by, reason=stated)
    db.session.flush()


def _record(act: Act, transfer: Transfer, *, by: Actor, reason: str) -> None:
    record_act(
        act,
        by=by,
        object_kind="dossier",
        object_id=transfer.dossier_id,
        transfer=str(transfer.id),
        receiver=transfer.receiver_name,
        reason=reason,
    )
