"""Questions about dossiers that go from the agency in scope to another, or come to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, text

from app.domain.dossiers import Event, State
from app.domain.people import ConsentChannel
from app.domain.refusals import MissingError
from app.domain.tenants import TenantKey
from app.domain.transfers import Criteria, TransferState
from app.domain.vietnamese import match_key, plain
from app.persistence.database import db
from app.persistence.models import Dossier, DossierEvent, Person, Tenant, Transfer
from app.persistence.models.criteria import RULE_COLUMNS
from app.persistence.tenancy import tenant_in_scope
from tenants.schema import ScoreRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What another agency hands over, as it stands there now."""

    sender: TenantKey
    version: int
    state: State
    identity_id: UUID
    person_id: UUID
    name: str
    birth_year: int
    birth_on: date | None
    position: str | None
    cccd_sealed: bytes | None = field(repr=False)
    criteria: Criteria
    self_scores: tuple[int | None, ...]
    evidence: tuple[str, ...]
    national_site_on: date | None
    is_on_behalf: bool
    submitted_at: datetime | None
    consent: ConsentChannel | None
    consent_given_at: datetime | None
    consent_terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """By whom and when an event came about in the agency that hands a dossier over."""

    at: datetime
    account_id: UUID
    identity_id: UUID
    name: str


def agencies_to_join(words: str = "") -> Sequence[Tenant]:
    """Return the other agencies of the province whose names hold the words, accents or none."""
    here = tenant_in_scope()
    others = db.session.scalars(
        select(Tenant)
        .where(
            Tenant.province_id == here.province_id,
            Tenant.id != here.tenant_id,
            Tenant.is_suspended.is_(False),
        )
        .order_by(Tenant.name_sort_key)
    ).all()
    wanted = plain(words).split()
    return [one for one in others if all(word in plain(one.name) for word in wanted)]


def load_agency_to_join(slug: str) -> Tenant:
    """Return an agency that a dossier may go to; raise ``MissingError`` for any other."""
    found = next((one for one in agencies_to_join() if one.slug == slug), None)
    if found is None:
        raise MissingError(slug)
    return found


def transfers_offered() -> Sequence[Transfer]:
    """Return what waits for the answer of this agency, first come first."""
    return db.session.scalars(
        select(Transfer)
        .where(
            Transfer.receiver_id == tenant_in_scope().tenant_id,
            Transfer.state == TransferState.PROPOSED,
        )
        .order_by(Transfer.proposed_at, Transfer.id)
    ).all()


def transfers_arrived(year: int) -> Sequence[Transfer]:
    """Return what this agency has taken over in a year, the last first."""
    return db.session.scalars(
        select(Transfer)
        .where(
            Transfer.receiver_id == tenant_in_scope().tenant_id,
            Transfer.state == TransferState.ACCEPTED,
            Transfer.year == year,
        )
        .order_by(Transfer.settled_at.desc(), Transfer.id)
    ).all()


def transfers_sent(year: int) -> Sequence[Transfer]:
    """Return what this agency has proposed in a year, the last first."""
    return db.session.scalars(
        select(Transfer)
        .where(Transfer.tenant_id == tenant_in_scope().tenant_id, Transfer.year == year)
        .order_by(Transfer.proposed_at.desc(), Transfer.id)
    ).all()


def load_sent(transfer_id: UUID) -> Transfer:
    """Return a transfer that this agency proposed; raise ``MissingError`` for any other."""
    return _load(transfer_id, Transfer.tenant_id == tenant_in_scope().tenant_id)


def load_received(transfer_id: UUID, state: TransferState) -> Transfer:
    """Return a transfer to this agency in a state; raise ``MissingError`` for any other."""
    is_ours = Transfer.receiver_id == tenant_in_scope().tenant_id
    return _load(transfer_id, is_ours & (Transfer.state == state))


def _load(transfer_id: UUID, condition: ColumnElement[bool]) -> Transfer:
    found = db.session.scalars(
        select(Transfer).where(Transfer.id == transfer_id, condition)
    ).one_or_none()
    if found is None:
        raise MissingError(transfer_id)
    return found


def find_last_sent(dossier_id: UUID) -> Transfer | None:
    """Return the last transfer of a dossier that this agency proposed."""
    return db.session.scalars(
        select(Transfer)
        .where(Transfer.tenant_id == tenant_in_scope().tenant_id, Transfer.dossier_id == dossier_id)
        .order_by(Transfer.proposed_at.desc(), Transfer.id.desc())
        .limit(1)
    ).one_or_none()


def find_arrival(dossier_id: UUID) -> Transfer | None:
    """Return the transfer by which a dossier came to this agency."""
    return db.session.scalars(
        select(Transfer).where(
            Transfer.receiver_id == tenant_in_scope().tenant_id,
            Transfer.received_id == dossier_id,
            Transfer.state == TransferState.ACCEPTED,
        )
    ).one_or_none()


def find_new_place(dossier: Dossier) -> tuple[Tenant, Transfer] | None:
    """Return where a dossier of this agency went, once another has taken it over."""
    transfer = find_last_sent(dossier.id)
    if transfer is None or transfer.state is not TransferState.ACCEPTED:
        return None
    receiver = db.session.get_one(Tenant, (transfer.province_id, transfer.receiver_id))
    return receiver, transfer


def left_from(dossier_id: UUID) -> State:
    """Return where a dossier of this agency stood when it was last transferred."""
    return db.session.scalars(
        select(DossierEvent.from_state)
        .where(DossierEvent.dossier_id == dossier_id, DossierEvent.event == Event.TRANSFER)
        .order_by(DossierEvent.at.desc(), DossierEvent.id.desc())
        .limit(1)
    ).one()


def find_offered(transfer_id: UUID) -> Offered | None:
    """Return what is handed over, while the transfer waits for the answer of this agency."""
    province_id, _ = tenant_in_scope()
    row = db.session.execute(
        text("SELECT * FROM offered_dossier(:transfer)"), {"transfer": transfer_id}
    ).one_or_none()
    if row is None:
        return None
    return Offered(
        sender=TenantKey(province_id, row.sender_id),
        version=row.version,
        state=State(row.state),
        identity_id=row.identity_id,
        person_id=row.person_id,
        name=row.name,
        birth_year=row.birth_year,
        birth_on=row.birth_on,
        position=row.job,
        cccd_sealed=row.cccd_sealed,
        criteria=criteria_in(row),
        self_scores=tuple(row.self_scores),
        evidence=tuple(row.evidence),
        national_site_on=row.national_site_on,
        is_on_behalf=row.is_on_behalf,
        submitted_at=row.submitted_at,
        consent=ConsentChannel(row.consent_channel) if row.consent_channel else None,
        consent_given_at=row.consent_given_at,
        consent_terms=row.consent_terms or {},
    )


def criteria_in(row: Any) -> Criteria:
    """Return the criteria that the columns of a published rule name."""
    rule = ScoreRule(**{name: getattr(row, name) for name in RULE_COLUMNS[2:]})
    return Criteria(reference=row.criteria_set, group_number=row.group_number, rule=rule)


def events_offered(transfer_id: UUID) -> Mapping[Event, Carried]:
    """Return who registered and submitted what is handed over, the last time."""
    tenant_in_scope()
    rows = db.session.execute(
        text("SELECT * FROM offered_events(:transfer)"), {"transfer": transfer_id}
    )
    return {
        Event(row.event): Carried(
            at=row.at,
            account_id=row.actor_account_id,
            identity_id=row.actor_identity_id,
            name=row.actor_name,
        )
        for row in rows
    }


def is_name_known(name: str, birth_year: int, *, besides: UUID) -> bool:
    """Tell whether the roster has somebody else of this name and year of birth."""
    found = select(Person.id).where(
        Person.name_match_key == match_key(name),
        Person.birth_year == birth_year,
        Person.identity_id != besides,
    )
    return db.session.scalars(found.limit(1)).first() is not None
