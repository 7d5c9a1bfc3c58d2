"""People of a demonstration who stand on no roster: associations, and whoever is one level up."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from app.demonstration.desks import Desk, Hand, Load, start_of
from app.demonstration.dice import dice_for, weighted
from app.demonstration.names import make_name
from app.demonstration.people_rows import Post, add_account, add_membership
from app.demonstration.regions import peoples_of
from app.demonstration.roles import ADMIN, ASSOCIATION, PREFIXES, SUPERIOR
from app.demonstration.story import years_until
from app.domain.permissions import Actor, Role
from app.domain.tenants import TenantKey
from app.domain.vietnamese import slug
from app.persistence.database import db
from app.persistence.models import Account, Identity, Membership, Province, Tenant
from tenants.schema import TenantKind


def write_superior(load: Load, province: int) -> None:
    """Write somebody of the province who decides on the dossiers of the heads below."""
    name = db.session.get_one(Province, province).name
    prefix = slug(name.removeprefix("Tỉnh ").removeprefix("Thành phố ")).replace("-", "")
    hand = _write_somebody(load, province, SUPERIOR, f"{prefix}.{SUPERIOR}")
    load.superiors[province] = hand


def write_superior_role(desk: Desk) -> None:
    """Let whoever is one level up decide in this agency."""
    hand = desk.load.superiors[desk.agency.key.province_id]
    post = Post(Role.SUPERIOR, desk.opened.date())
    add_membership(desk.load, desk.agency.key, hand, post)


def write_associations(load: Load, provinces: Collection[int]) -> None:
    """Write who reports and who administers at the association of each province."""
    associations = db.session.scalars(
        select(Tenant).where(
            Tenant.province_id.in_(provinces), Tenant.kind == TenantKind.ASSOCIATION
        )
    ).all()
    for tenant in associations:
        prefix = PREFIXES.get(tenant.slug, tenant.slug.replace("-", ""))
        for word, roles in (
            (ASSOCIATION, (Role.ASSOCIATION,)),
            (ADMIN, (Role.TENANT_ADMIN, Role.ASSOCIATION)),
        ):
            hand = _write_somebody(load, tenant.province_id, word, f"{prefix}.{word}")
            for role in roles:
                add_membership(load, tenant.key, hand, Post(role, _opened(load).date()))


def _write_somebody(load: Load, province: int, word: str, login: str) -> Hand:
    opened = _opened(load)
    hand = Hand(
        account_id=load.identify(opened, "account", province, word),
        identity_id=load.identify(opened, "identity", province, word),
        name=_name(load, province, word),
    )
    load.ledger.add(Identity, id=hand.identity_id, province_id=province, cccd_index=None)
    add_account(load, hand, f"{login}{load.suffix}", opened, known=True)
    return hand


def _opened(load: Load) -> datetime:
    return start_of(years_until(load.today)[0])


def _name(load: Load, province: int, word: str) -> str:
    random = dice_for(load.seed, "somebody", province, word)
    people = weighted(random, peoples_of(f"{province:02}", None))
    return make_name(random, people, is_female=random.random() < 0.5, birth_year=1972)  # noqa: PLR2004


def somebody(key: TenantKey, role: Role) -> Actor | None:
    """Return who acts in a role in the agency in scope, if anybody does."""
    account = db.session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.role == role)
        .order_by(Account.login)
        .limit(1)
    ).one_or_none()
    if account is None:
        return None
    return Actor(
        account_id=account.id,
        identity_id=account.identity_id,
        name=account.name,
        tenant=key,
        roles=frozenset({role}),
    )
