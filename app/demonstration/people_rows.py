"""Rows about people: who they are, where they are listed, and what they sign in with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from app.demonstration.desks import Desk, Hand, Load, beginning
from app.demonstration.people import PUPILS, RESIDENTS, STAFF, WORKERS
from app.demonstration.records import Happening, PersonStory, TenantStory, YearStory
from app.demonstration.roles import Login, logins_of, roles_of
from app.domain.consent import BASIS_OF_CHANNEL, CURRENT_WORDING, Purpose
from app.domain.deadlines import VIETNAM
from app.domain.dossiers import Event, State
from app.domain.people import ConsentChannel, Origin
from app.domain.permissions import Role
from app.domain.tenants import TenantKey
from app.domain.vietnamese import match_key, name_sort_key, slug
from app.persistence.models import Account, Consent, Identity, Membership, Person
from app.persistence.sealing import number_of
from tenants.schema import TenantKind


_POSITIONS: Mapping[int, str | None] = {
    RESIDENTS: None,
    WORKERS: "Người lao động",
    STAFF: "Chuyên viên",
    PUPILS: "Học sinh",
}


def hands_of(load: Load, story: TenantStory) -> tuple[Hand, ...]:
    """Return everybody of an agency as the events name them."""
    since = beginning(story)
    return tuple(
        Hand(
            account_id=load.identify(since, "account", person.identity),
            identity_id=load.identify(since, "identity", person.identity),
            name=person.person.name,
        )
        for person in story.people
    )


def write_people(desk: Desk) -> None:
    """Write everybody on the agency's list, and an account for whoever acts in it."""
    logins, acting = logins_of(desk.agency.slug, desk.story), _acting(desk.story)
    for place, person in enumerate(desk.story.people):
        cccd = _write_identity(desk, person)
        _write_person(desk, place, person, cccd)
        if place in acting or place in logins:
            _write_account(desk, place, logins.get(place))
            _write_memberships(desk, place, person)
        for year in person.years:
            _write_consent(desk, person, year)


def _acting(story: TenantStory) -> frozenset[int]:
    """Return the places of all who run the cycle, or did something about a dossier."""
    cast = story.cast
    runs = {cast.head, cast.officer, cast.unit_head, cast.chair, cast.secretary, *cast.appraisers}
    return frozenset(runs | {one.actor for one in _all_happenings(story) if one.actor is not None})


def _all_happenings(story: TenantStory) -> Iterator[Happening]:
    return (one for person in story.people for year in person.years for one in year.happenings)


def _write_identity(desk: Desk, person: PersonStory) -> str | None:
    """Write a human being that no other agency of this load has; return their number to seal."""
    load, province = desk.load, desk.agency.key.province_id
    cccd = person.person.cccd
    index = load.seal.index(cccd, province_id=province) if cccd else None
    if person.identity not in load.identities:
        load.identities.add(person.identity)
        if index in load.numbers:
            cccd = index = None
        load.ledger.add(
            Identity,
            id=load.identify(desk.opened, "identity", person.identity),
            province_id=province,
            cccd_index=index,
        )
    return cccd


def _write_person(desk: Desk, place: int, person: PersonStory, cccd: str | None) -> None:
    key, name, left_on = desk.person_id(person), person.person.name, person.left_on
    desk.load.ledger.add(
        Person,
        **desk.owner,
        id=key,
        identity_id=desk.hands[place].identity_id,
        unit_id=desk.agency.unit(person.unit_number),
        group_number=person.person.group_number,
        name=name,
        name_sort_key=name_sort_key(name),
        name_match_key=match_key(name),
        birth_year=person.person.birth_year,
        birth_on=None,
        position=_position(desk, place, person),
        cccd_sealed=_sealed(desk, key, cccd) if cccd else None,
        cccd_last_four=cccd[-4:] if cccd else None,
        origin=Origin.IMPORTED,
        is_active=left_on is None or left_on >= desk.load.today,
        created_at=desk.opened,
    )


def _sealed(desk: Desk, person_id: UUID, cccd: str) -> bytes:
    return desk.load.seal.seal(cccd, place=number_of(person_id, desk.agency.key))


def _position(desk: Desk, place: int, person: PersonStory) -> str | None:
    title = desk.agency.signer.title.capitalize()
    if place == desk.story.cast.head:
        return title
    if place == desk.story.cast.chair:
        return f"Phó {title}"
    return _POSITIONS[person.person.group_number]


def _write_account(desk: Desk, place: int, login: Login | None) -> None:
    hand, load, identity = desk.hands[place], desk.load, desk.story.people[place].identity
    if hand.account_id in load.accounts:
        return
    load.accounts.add(hand.account_id)
    usual = f"{slug(hand.name).replace('-', '.')}.{identity + 1}"
    add_account(load, hand, f"{login.name if login else usual}{load.suffix}", desk.opened, login)


def add_account(load: Load, hand: Hand, login: str, at: datetime, known: object) -> None:
    """Write an account; only those that are shown to newcomers can be signed in with."""
    load.ledger.add(
        Account,
        id=hand.account_id,
        identity_id=hand.identity_id,
        login=login,
        name=hand.name,
        password_hash=load.password_hash if known else None,
        locale=None,
        is_disabled=False,
        is_demonstration=True,
        created_at=at,
    )


def _write_memberships(desk: Desk, place: int, person: PersonStory) -> None:
    since = person.joined_on or desk.opened.date()
    for role, unit_id in roles_of(desk.agency, desk.story, place):
        post = Post(role, since, person.left_on, unit_id, desk.person_id(person))
        add_membership(desk.load, desk.agency.key, desk.hands[place], post)


@dataclass(frozen=True, slots=True)
class Post:
    """A role, from a day and perhaps to one, perhaps for one unit, perhaps of somebody listed."""

    role: Role
    since: date
    until: date | None = None
    unit_id: UUID | None = None
    person_id: UUID | None = None


def add_membership(load: Load, key: TenantKey, hand: Hand, post: Post) -> None:
    """Write a role that somebody holds in an agency."""
    at = datetime.combine(post.since, time(), VIETNAM)
    load.ledger.add(
        Membership,
        province_id=key.province_id,
        tenant_id=key.tenant_id,
        id=load.identify(
            at, "post", hand.account_id, post.role.value, post.unit_id, post.person_id
        ),
        account_id=hand.account_id,
        role=post.role,
        unit_id=post.unit_id,
        person_id=post.person_id,
        since=post.since,
        until=post.until,
        granted_by=None,
    )


def channel_of(desk: Desk, year: YearStory) -> ConsentChannel:
    """Return how somebody agreed to be assessed."""
    if year.is_on_behalf:
        return ConsentChannel.PAPER_FORM
    is_office = desk.agency.kind is not TenantKind.COMMUNE
    return ConsentChannel.EMPLOYMENT if is_office else ConsentChannel.ONLINE


def _write_consent(desk: Desk, person: PersonStory, year: YearStory) -> None:
    registered = year.last(Event.REGISTER)
    if registered is None:
        return
    withdrawn = year.last(Event.WITHDRAW) if year.state is State.WITHDRAWN else None
    # The consent of a registration is known by having its moment.
    desk.load.ledger.add(
        Consent,
        **desk.owner,
        id=desk.identify(registered.at, "consent", person.identity, year.year),
        person_id=desk.person_id(person),
        channel=channel_of(desk, year),
        basis=BASIS_OF_CHANNEL[channel_of(desk, year)],
        purpose=Purpose.ASSESSMENT,
        wording=CURRENT_WORDING,
        given_at=registered.at,
        recorded_by=desk.hand(registered.actor).account_id,
        withdrawn_at=withdrawn.at if withdrawn else None,
    )
