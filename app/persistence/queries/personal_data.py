"""Everything that an agency keeps of one person, row by row."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, or_, select

from app.domain.people import mask_cccd
from app.persistence.database import db
from app.persistence.models import (
    Account,
    AuditEvent,
    Consent,
    DataRequest,
    DecisionItem,
    Dossier,
    DossierEvent,
    Membership,
    Person,
    ProposalItem,
    TeamScore,
    Transfer,
)


# The number itself is shown on a page of its own; the others are of no use but to the house, and
# the days are those of two moments that are given.
_LEFT_OUT = frozenset(
    {
        "cccd_sealed",
        "digest",
        "entered_on",
        "name_sort_key",
        "name_match_key",
        "password_hash",
        "recognised_on",
    }
)


def rows_of_person(person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return every row of this agency about somebody, by table, as plain JSON values."""
    dossiers = list(db.session.scalars(select(Dossier.id).where(Dossier.person_id == person_id)))
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for model, condition in _conditions(person_id, dossiers):
        rows = db.session.scalars(select(model).where(condition)).all()
        found[model.__tablename__] = [_plain(row) for row in rows]
    return found


def _conditions(
    person_id: UUID, dossiers: Sequence[UUID]
) -> Sequence[tuple[type[Any], ColumnElement[bool]]]:
    accounts = list(
        db.session.scalars(
            select(Membership.account_id)
            .join(Account, Account.id == Membership.account_id)
            .join(Person, Person.identity_id == Account.identity_id)
            .where(Person.id == person_id)
        )
    )
    return (
        (Person, Person.id == person_id),
        (Account, Account.id.in_(accounts)),
        (Membership, Membership.account_id.in_(accounts)),
        (Consent, Consent.person_id == person_id),
        (DataRequest, DataRequest.person_id == person_id),
        (Dossier, Dossier.person_id == person_id),
        (DossierEvent, DossierEvent.dossier_id.in_(dossiers)),
        (TeamScore, TeamScore.dossier_id.in_(dossiers)),
        (ProposalItem, ProposalItem.dossier_id.in_(dossiers)),
        (DecisionItem, DecisionItem.dossier_id.in_(dossiers)),
        (Transfer, Transfer.dossier_id.in_(dossiers)),
        (
            AuditEvent,
            or_(AuditEvent.object_id == person_id, AuditEvent.object_id.in_(dossiers)),
        ),
    )


def _plain(row: Any) -> dict[str, Any]:
    columns = inspect(type(row)).column_attrs
    plain = {one.key: _json(getattr(row, one.key)) for one in columns if one.key not in _LEFT_OUT}
    if isinstance(row, Person):
        plain["cccd"] = mask_cccd(row.cccd_last_four)
    return plain


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, UUID | bytes) else value
