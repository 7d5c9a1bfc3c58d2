"""Questions about who holds which role in the agency in scope."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select

from app.domain.members import HeldRole
from app.domain.permissions import Role
from app.domain.refusals import MissingError
from app.domain.vietnamese import name_sort_key
from app.persistence.database import db
from app.persistence.models import Account, Membership, Person, Tenant, Unit
from app.persistence.queries.people import whose_name_holds
from app.persistence.tenancy import tenant_in_scope


_MOST_FOUND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account with its roles here, past and to come included, the newest first."""

    account_id: UUID
    identity_id: UUID
    name: str
    login: str
    can_sign_in: bool
    person_id: UUID | None
    person: str | None
    roles: tuple[HeldRole, ...]

    def roles_on(self, day: date) -> frozenset[Role]:
        """Return the roles held on a day."""
        return frozenset(one.role for one in self.roles if one.is_held_on(day))


def members_of_agency() -> Sequence[Member]:
    """Return everybody who holds, held or will hold a role here, in Vietnamese order."""
    rows: dict[UUID, list[Row[Any]]] = {}
    for row in db.session.execute(_memberships()):
        rows.setdefault(row.Account.id, []).append(row)
    members = [_member(one) for one in rows.values()]
    return sorted(members, key=lambda one: (name_sort_key(one.name), one.login))


def load_member(account_id: UUID) -> Member:
    """Return one of them; raise ``MissingError`` for an account without a role here."""
    rows = db.session.execute(_memberships().where(Account.id == account_id)).all()
    if not rows:
        raise MissingError(account_id)
    return _member(rows)


def _memberships() -> Any:
    return (
        select(
            Membership,
            Account,
            Unit.name.label("unit"),
            Person.name.label("person"),
            Person.id,
            Tenant.name.label("lender"),
        )
        .join(Account, Account.id == Membership.account_id)
        .outerjoin(Unit, (Unit.id == Membership.unit_id) & (Unit.tenant_id == Membership.tenant_id))
        .outerjoin(Person, Person.identity_id == Account.identity_id)
        .outerjoin(Tenant, Tenant.id == Membership.lent_by)
        .order_by(Membership.since.desc(), Membership.id)
    )


def _member(rows: Sequence[Row[Any]]) -> Member:
    account = rows[0].Account
    return Member(
        account_id=account.id,
        identity_id=account.identity_id,
        name=account.name,
        login=account.login,
        can_sign_in=account.password_hash is not None and not account.is_disabled,
        person_id=rows[0].id,
        person=rows[0].person,
        roles=tuple(_held_role(row.Membership, row.unit, row.lender) for row in rows),
    )


def _held_role(membership: Membership, unit: str | None, lender: str | None) -> HeldRole:
    return HeldRole(
        membership_id=membership.id,
        role=membership.role,
        since=membership.since,
        until=membership.until,
        unit_id=membership.unit_id,
        unit=unit,
        capacity=membership.capacity,
        authorised_by=membership.authorised_by,
        lent_by=lender,
    )


def roles_by_human(identities: Collection[UUID], *, on: date) -> Mapping[UUID, frozenset[Role]]:
    """Return what each human being holds here on a day, by whichever account."""
    rows = db.session.execute(
        select(Account.identity_id, Membership.role)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Account.identity_id.in_(identities),
            Membership.since <= on,
            or_(Membership.until.is_(None), Membership.until >= on),
        )
    )
    held: dict[UUID, frozenset[Role]] = {}
    for identity, role in rows:
        held[identity] = held.get(identity, frozenset()) | {role}
    return held


def load_account_of_member(account_id: UUID) -> Account:
    """Return the account of somebody with a role here, even one that is switched off."""
    account = db.session.scalars(
        select(Account).where(
            Account.id == account_id,
            select(Membership.id).where(Membership.account_id == account_id).exists(),
        )
    ).one_or_none()
    if account is None:
        raise MissingError(account_id)
    return account


def is_member(account_id: UUID) -> bool:
    """Tell whether an account has, or had, a role here."""
    return db.session.scalars(
        select(select(Membership.id).where(Membership.account_id == account_id).exists())
    ).one()


def load_membership_to_change(membership_id: UUID, account_id: UUID) -> Membership:
    """Return a role of an account here, locked; raise ``MissingError`` if there is none."""
    membership = db.session.scalars(
        select(Membership)
        .where(Membership.id == membership_id, Membership.account_id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if membership is None:
        raise MissingError(membership_id)
    return membership


def find_membership_to_change(
    account_id: UUID, role: Role, unit_id: UUID | None
) -> Membership | None:
    """Return the row of a role that an account holds or once held here, locked."""
    is_of_unit = Membership.unit_id.is_(None) if unit_id is None else Membership.unit_id == unit_id
    return db.session.scalars(
        select(Membership)
        .where(Membership.account_id == account_id, Membership.role == role, is_of_unit)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def administrators_to_change() -> Sequence[tuple[Membership, UUID]]:
    """Return every role of administrator here with whose it is, locked against each other."""
    rows = db.session.execute(
        select(Membership, Account.identity_id)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.role == Role.TENANT_ADMIN, ~Account.is_disabled)
        .with_for_update(of=Membership)
    )
    return [(membership, identity) for membership, identity in rows]


def people_named(name: str) -> Sequence[tuple[Person, str]]:
    """Return people on the roster whose name holds these words, each with their unit's name."""
    conditions = whose_name_holds(name)
    rows = db.session.execute(
        select(Person, Unit.name)
        .join(Unit, (Unit.id == Person.unit_id) & (Unit.tenant_id == Person.tenant_id))
        .where(
            Person.tenant_id == tenant_in_scope().tenant_id,
            Person.is_active,
            *conditions,
        )
        .order_by(Person.name_sort_key)
        .limit(_MOST_FOUND)
    )
    return [(person, unit) for person, unit in rows] if conditions else []
