"""Questions about accounts, and about the roles they hold in the agency in scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, or_, select, text

from app.domain.members import Capacity
from app.domain.permissions import Actor, Role
from app.persistence.database import db
from app.persistence.models import Account, Membership, Person
from app.persistence.tenancy import tenant_in_scope


def find_account(account_id: UUID) -> Account | None:
    """Return an account that may sign in."""
    account = db.session.get(Account, account_id)
    return account if account and not account.is_disabled else None


def find_account_by_login(login: str) -> Account | None:
    """Return the account with this sign-in name, whatever its case."""
    return db.session.scalars(
        select(Account).where(Account.login == login.strip().lower())
    ).one_or_none()


def find_actor(account: Account, *, on: date) -> Actor | None:
    """Return what ``account`` may do in the agency in scope on a day; None for a stranger."""
    memberships = _memberships(account.id, on)
    if not memberships:
        return None
    return Actor(
        account_id=account.id,
        identity_id=account.identity_id,
        name=account.name,
        tenant=tenant_in_scope(),
        roles=frozenset(one.role for one in memberships),
        person_id=_own_person(account.identity_id),
        unit_ids=frozenset(
            one.unit_id for one in memberships if one.unit_id and one.role is Role.UNIT_HEAD
        ),
        capacities=frozenset(
            one.capacity.value for one in memberships if one.role in {Role.HEAD, Role.SUPERIOR}
        ),
    )


def _memberships(account_id: UUID, on: date) -> Sequence[Membership]:
    values = {"account": account_id, "day": on}
    return db.session.scalars(_memberships_on_a_day(), values).all()


@cache
def _memberships_on_a_day() -> Select[Membership]:
    day: BindParameter[date] = bindparam("day")
    return select(Membership).where(
        Membership.account_id == bindparam("account"),
        Membership.since <= day,
        or_(Membership.until.is_(None), Membership.until >= day),
    )


def _own_person(identity_id: UUID) -> UUID | None:
    return db.session.scalars(_person_of(), {"identity": identity_id}).one_or_none()


@cache
def _person_of() -> Select[UUID]:
    return select(Person.id).where(Person.identity_id == bindparam("identity"))


def heads_on(day: date) -> frozenset[UUID]:
    """Return the human beings who head the agency in scope on a day, without their delegates."""
    return frozenset(
        db.session.scalars(
            select(Account.identity_id)
            .join(Membership, Membership.account_id == Account.id)
            .where(
                Membership.role == Role.HEAD,
                Membership.capacity == Capacity.HEAD,
                Membership.since <= day,
                or_(Membership.until.is_(None), Membership.until >= day),
            )
        )
    )


@dataclass(frozen=True, slots=True)
class AgencyRole:
    """An agency that somebody may work in, and as what."""

    slug: str
    name: str
    role: Role


def agencies_of(account_id: UUID) -> Sequence[AgencyRole]:
    """Return every agency that the account has a role in, on any address."""
    rows = db.session.execute(
        text("SELECT slug, name, role FROM agencies_of(:account) ORDER BY slug, role"),
        {"account": account_id},
    )
    return [AgencyRole(slug, name, Role(role)) for slug, name, role in rows]
