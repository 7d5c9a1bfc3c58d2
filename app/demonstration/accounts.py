"""The accounts that newcomers may sign in with, as the database holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from app.demonstration.roles import PREFIXES
from app.domain.permissions import Role
from app.domain.vietnamese import clean
from app.persistence.database import db
from app.persistence.models import Account, Membership, Tenant


_IN_ORDER: Mapping[Role, int] = {role: place for place, role in enumerate(Role)}
# Everybody is also a citizen, and whoever runs the office confirms the union's head: neither is
# what such an account is there to show.
_LEAST_TELLING = (Role.ASSOCIATION, Role.UNIT_HEAD, Role.CITIZEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """An account to try: where, as what, who it is, and the name to sign in with."""

    slug: str
    agency: str
    role: Role
    name: str
    login: str


def shown_accounts(*, on: date) -> Sequence[ShownAccount]:
    """Return the accounts with a password, by agency and role. Runs as the owner."""
    held = Membership.__table__.c
    rows = db.session.execute(
        select(Tenant.slug, Tenant.name, held.role, Account.name, Account.login)
        .join(held.account_id.table, held.account_id == Account.id)
        .join(Tenant, (Tenant.id == held.tenant_id) & (Tenant.province_id == held.province_id))
        .where(
            Account.is_demonstration,
            Account.password_hash.is_not(None),
            Tenant.slug.in_(PREFIXES),
            or_(held.until.is_(None), held.until >= on),
        )
    )
    telling: dict[tuple[str, str], ShownAccount] = {}
    for slug, agency, role, name, login in rows:
        one = ShownAccount(slug=slug, agency=agency, role=Role(role), name=clean(name), login=login)
        known = telling.setdefault((slug, login), one)
        if _rank(one.role) < _rank(known.role):
            telling[slug, login] = one
    return sorted(telling.values(), key=lambda one: (one.slug, _IN_ORDER[one.role], one.login))


def _rank(role: Role) -> int:
    return _LEAST_TELLING.index(role) + 1 if role in _LEAST_TELLING else 0
