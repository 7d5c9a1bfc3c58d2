"""Who works in an agency: accounts made for them, and the dated roles they are given.

An account belongs to one human being for good. One for somebody on the roster takes that
person's identity when it is made; no account ever changes hands.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.members import (
    TEAM,
    Capacity,
    earliest_last_day,
    require_dates_in_order,
    require_delegation_in_order,
    require_given_by_another,
    require_lent_in_order,
    require_unit_of_head,
)
from app.domain.permissions import Actor, Permission, Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.sessions import Ending
from app.domain.vietnamese import clean
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import Account, Membership, Person
from app.persistence.queries.accounts import agencies_of, find_account_by_login
from app.persistence.queries.members import (
    administrators_to_change,
    find_membership_to_change,
    is_member,
)
from app.persistence.queries.people import find_person_of, load_unit_to_join
from app.persistence.queries.tenants import load_tenant_by_id, tenants_above
from app.persistence.tenancy import tenant_in_scope
from app.services.invitations import invite
from app.services.record import record_act
from app.services.sessions import end_all


_TELL_OF_ELSEWHERE = frozenset({Rule.ACCOUNT_NOT_OF_PERSON, Rule.LENT_FROM_ABOVE_ONLY})
"""Rules that say of an account that it is there, though not at work in this agency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRole:
    """A role to be given, from a day and perhaps to one; a head of unit heads a unit.

    Who decides for the head does so in a ``capacity``, by the document ``authorised_by`` names.
    """

    role: Role
    since: date
    until: date | None = None
    unit_id: UUID | None = None
    capacity: Capacity = Capacity.HEAD
    authorised_by: str = ""


def make_account(login: str, name: str, *, person: Person | None, by: Actor) -> Account:
    """Make an account without a password, for somebody on the roster or somebody who is not.

    Nobody can sign in with it until its owner has chosen a password.
    """
    by.require(Permission.MEMBER_MANAGE)
    tidy = clean(login).lower()
    if not tidy or not clean(name):
        raise RefusedError(Rule.VALUE_MISSING)
    if find_account_by_login(tidy) is not None:
        raise RefusedError(Rule.ACCOUNT_NAME_TAKEN, login=tidy)
    account = Account(
        id=new_id(),
        identity_id=person.identity_id if person else _fresh_identity(),
        login=tidy,
        name=clean(name),
    )
    db.session.add(account)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise RefusedError(Rule.ACCOUNT_NAME_TAKEN, login=tidy) from error
    return account


def _fresh_identity() -> UUID:
    fresh = new_id()
    db.session.execute(text("SELECT claim_identity(:fresh, NULL)"), {"fresh": fresh})
    return fresh


def may_be_invited(account: Account, *, by: Actor) -> bool:
    """Tell whether ``by`` may hand out a link with which a password is chosen for ``account``.

    Only while it has none, and only if it works nowhere else: a link to somebody's account would
    open other agencies to whoever holds it.
    """
    ours = load_tenant_by_id(*by.tenant).slug
    is_unused = account.password_hash is None and not account.is_disabled
    return is_unused and {one.slug for one in agencies_of(account.id)} <= {ours}


def invite_member(account: Account, *, by: Actor) -> str:
    """Return the token of a link to an account of this agency that nobody has used yet."""
    by.require(Permission.MEMBER_MANAGE)
    if not may_be_invited(account, by=by):
        raise MissingError(account.id)
    record_act(
        Act.ACCOUNT_INVITED,
        by=by,
        object_kind="account",
        object_id=account.id,
        login=account.login,
        name=account.name,
    )
    return invite(account.id)


def require_account_of(account: Account, person: Person) -> None:
    """Raise ``RefusedError`` unless account and entry of the roster are one human being's."""
    if account.identity_id != person.identity_id:
        raise RefusedError(Rule.ACCOUNT_NOT_OF_PERSON, login=account.login, name=person.name)


def take_in(login: str, wanted: NewRole, *, person: Person | None, by: Actor) -> Account:
    """Give a role to whoever signs in with ``login``, perhaps until now in another agency.

    A name that nobody has is answered after the same steps, and in the same words, as that of
    somebody who is at work in an agency beside this one: who works there is not told here.
    """
    by.require(Permission.MEMBER_MANAGE)
    found = find_account_by_login(login)
    account = found if found is not None and not found.is_disabled else _nobody()
    is_known_here = is_member(account.id)
    try:
        if person is not None:
            require_account_of(account, person)
        membership = _prepare(account, wanted, by=by)
    except RefusedError as refusal:
        if refusal.rule not in _TELL_OF_ELSEWHERE or is_known_here:
            raise
        raise RefusedError(Rule.ACCOUNT_NOT_FOUND) from None
    if account is not found:
        raise RefusedError(Rule.ACCOUNT_NOT_FOUND)
    _keep(membership, account, by=by)
    return account


def _nobody() -> Account:
    return Account(id=new_id(), identity_id=new_id(), login="", name="")


def give_role(account: Account, wanted: NewRole, *, by: Actor) -> Membership:
    """Give an account a role here; one that it held before begins anew."""
    membership = _prepare(account, wanted, by=by)
    _keep(membership, account, by=by)
    return membership


def _prepare(account: Account, wanted: NewRole, *, by: Actor) -> Membership:
    by.require(Permission.MEMBER_MANAGE)
    require_dates_in_order(wanted.since, wanted.until)
    require_unit_of_head(wanted.role, wanted.unit_id)
    require_delegation_in_order(wanted.role, wanted.capacity, wanted.authorised_by, wanted.until)
    require_given_by_another(wanted.role, account.identity_id, by=by.identity_id)
    if wanted.unit_id is not None:
        load_unit_to_join(wanted.unit_id)
    membership = find_membership_to_change(account.id, wanted.role, wanted.unit_id)
    if membership is not None and (membership.until is None or membership.until >= today()):
        raise RefusedError(Rule.ROLE_ALREADY_HELD, name=account.name)
    if membership is None:
        membership = Membership(
            id=new_id(), account_id=account.id, role=wanted.role, unit_id=wanted.unit_id
        )
    person = find_person_of(account.identity_id)
    membership.person_id = person.id if person else None
    membership.lent_by = None if person else _lender_of(account, wanted)
    membership.since, membership.until = wanted.since, wanted.until
    membership.capacity = wanted.capacity
    membership.authorised_by = clean(wanted.authorised_by)
    membership.granted_by = by.account_id
    return membership


def _keep(membership: Membership, account: Account, *, by: Actor) -> None:
    db.session.add(membership)
    _flush_unless_held(account)
    end_all(account.id, Ending.ROLES_CHANGED, except_id=by.session_id)
    _record(Act.MEMBER_ADDED, membership, account, by=by)


def _lender_of(account: Account, wanted: NewRole) -> UUID | None:
    """Return the agency above that lends somebody who is not on the roster here, if one does.

    Raises ``RefusedError`` when somebody who works elsewhere is put on the team without a loan.
    """
    ours, *above = tenants_above(tenant_in_scope())
    places = {one.slug for one in agencies_of(account.id)} - {ours.slug}
    lenders = [one.id for one in above if one.slug in places]
    if places:
        require_lent_in_order(wanted.role, works_above=bool(lenders), until=wanted.until)
    return lenders[0] if lenders and wanted.role in TEAM else None


def _flush_unless_held(account: Account) -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise RefusedError(Rule.ROLE_ALREADY_HELD, name=account.name) from error


def end_role(membership: Membership, account: Account, last_day: date, *, by: Actor) -> None:
    """Let a locked role end: yesterday at the earliest, which is at once.

    Nobody ends their own last role as administrator.
    """
    by.require(Permission.MEMBER_MANAGE)
    earliest = earliest_last_day(today())
    if last_day < earliest:
        raise RefusedError(Rule.ROLE_DATES_OUT_OF_ORDER, since=earliest, until=last_day)
    if account.identity_id == by.identity_id and membership.role is Role.TENANT_ADMIN:
        _require_another_of_own(membership, by)
    membership.until = last_day
    end_all(account.id, Ending.ROLES_CHANGED, except_id=by.session_id)
    _record(Act.MEMBER_REMOVED, membership, account, by=by)


def _require_another_of_own(membership: Membership, by: Actor) -> None:
    others = [
        one
        for one, identity in administrators_to_change()
        if identity == by.identity_id and one.id != membership.id
    ]
    if not any(one.since <= today() and one.until is None for one in others):
        raise RefusedError(Rule.LAST_ADMINISTRATOR)


def _record(act: Act, membership: Membership, account: Account, *, by: Actor) -> None:
    record_act(
        act,
        by=by,
        object_kind="account",
        object_id=account.id,
        login=account.login,
        name=account.name,
        role=membership.role.value,
        unit_id=str(membership.unit_id) if membership.unit_id else None,
        since=membership.since.isoformat(),
        until=membership.until.isoformat() if membership.until else None,
        capacity=membership.capacity.value,
        authorised_by=membership.authorised_by,
        lent_by=str(membership.lent_by) if membership.lent_by else None,
    )
