"""People put themselves on a roster and register for a year, while registration is open."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.domain.ids import new_id
from app.domain.people import ConsentChannel, Origin
from app.domain.permissions import Actor, Permission, Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.vietnamese import clean, match_key, name_sort_key
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import Account, Membership, Person
from app.persistence.queries.accounts import find_account, find_account_by_login
from app.persistence.queries.dossiers import find_dossier_of, load_dossier_to_change
from app.persistence.queries.people import find_person_of, load_person, load_unit_to_join
from app.persistence.queries.self_assessments import is_on_roster
from app.persistence.queries.tenants import tenants_above
from app.persistence.tenancy import tenant_in_scope
from app.services.accounts import choose_password
from app.services.listing import list_people, lock_roster
from app.services.roster import record_addition
from app.services.self_assessments import register, require_registration_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What somebody who is not on the roster says of themselves."""

    name: str
    birth_year: int
    unit_id: UUID
    group_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What somebody wants to sign in with."""

    login: str
    password: str


def register_newcomer(
    newcomer: Newcomer, credentials: Credentials, *, year: int, has_consented: bool
) -> UUID:
    """Open an account for somebody, put them on the roster and register them for ``year``.

    Returns the account. Whether the name is known here is told by no more than the advice to
    ask the office.
    """
    _require_welcome(newcomer, year, has_consented=has_consented)
    account = _open_account(newcomer, credentials)
    _put_on_roster(newcomer, account, year)
    return account.id


def register_account(
    newcomer: Newcomer, account_id: UUID, *, year: int, has_consented: bool
) -> None:
    """Put somebody who has an account on this roster too: one human being, counted once."""
    _require_welcome(newcomer, year, has_consented=has_consented)
    account = find_account(account_id)
    if account is None:
        raise MissingError(account_id)
    if find_person_of(account.identity_id) is not None:
        raise RefusedError(Rule.PERSON_ALREADY_LISTED, name=account.name)
    _put_on_roster(newcomer, account, year)


def _require_welcome(newcomer: Newcomer, year: int, *, has_consented: bool) -> None:
    require_registration_open(year, is_on_behalf=False)
    if not has_consented:
        raise RefusedError(Rule.CONSENT_NEEDED)
    load_unit_to_join(newcomer.unit_id)
    lock_roster()
    if is_on_roster(match_key(newcomer.name), newcomer.birth_year):
        raise RefusedError(Rule.ASK_FOR_INVITATION)


def _open_account(newcomer: Newcomer, credentials: Credentials) -> Account:
    login = credentials.login.strip().lower()
    if find_account_by_login(login) is not None:
        raise RefusedError(Rule.ACCOUNT_NAME_TAKEN, login=login)
    account = Account(
        id=new_id(),
        identity_id=_fresh_identity(),
        login=login,
        name=clean(newcomer.name),
    )
    choose_password(account, credentials.password, agencies=_known_here())
    db.session.add(account)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise RefusedError(Rule.ACCOUNT_NAME_TAKEN, login=login) from error
    return account


def _known_here() -> list[str]:
    here = tenant_in_scope()
    return [one.name for one in tenants_above(here)]


def _fresh_identity() -> UUID:
    # Somebody whose personal number nobody has entered is a human being not known before.
    fresh = new_id()
    db.session.execute(text("SELECT claim_identity(:fresh, NULL)"), {"fresh": fresh})
    return fresh


def _put_on_roster(newcomer: Newcomer, account: Account, year: int) -> None:
    person = _enter(newcomer, account.identity_id)
    list_people([person], year=year)
    _let_in(account, person)
    by = Actor(
        account_id=account.id,
        identity_id=account.identity_id,
        name=account.name,
        tenant=tenant_in_scope(),
        roles=frozenset({Role.CITIZEN}),
        person_id=person.id,
    )
    record_addition(person, year, by=by)
    register_for_year(year, has_consented=True, by=by)


def _enter(newcomer: Newcomer, identity_id: UUID) -> Person:
    name = clean(newcomer.name)
    person = Person(
        id=new_id(),
        identity_id=identity_id,
        unit_id=newcomer.unit_id,
        group_number=newcomer.group_number,
        name=name,
        name_sort_key=name_sort_key(name),
        name_match_key=match_key(name),
        birth_year=newcomer.birth_year,
        origin=Origin.SELF_REGISTERED,
    )
    db.session.add(person)
    return person


def _let_in(account: Account, person: Person) -> None:
    held = db.session.scalars(
        select(Membership).where(
            Membership.account_id == account.id,
            Membership.role == Role.CITIZEN,
            Membership.unit_id.is_(None),
        )
    ).one_or_none()
    membership = held or Membership(account_id=account.id, role=Role.CITIZEN)
    membership.person_id, membership.since, membership.until = person.id, today(), None
    db.session.add(membership)
    db.session.flush()


def register_for_year(year: int, *, has_consented: bool, by: Actor) -> None:
    """Register somebody who is on the roster, giving them their place in the year if need be."""
    by.require(Permission.DOSSIER_OWN)
    if by.person_id is None:
        raise MissingError(by.identity_id)
    require_registration_open(year, is_on_behalf=False)
    dossier = find_dossier_of(by.person_id, year)
    if dossier is None:
        lock_roster()
        person = load_person(by.person_id)
        load_unit_to_join(person.unit_id)
        [dossier] = list_people([person], year=year)
    consent = ConsentChannel.ONLINE if has_consented else None
    register(load_dossier_to_change(dossier.id), consent, by=by)
