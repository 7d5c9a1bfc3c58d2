"""Reads about who has signed in, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, LargeBinary, Select, Text, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.domain.factors import is_fresh, needs_factor
from app.domain.permissions import Role
from app.domain.sessions import is_over
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import Account, Passkey, TotpFactor, WebSession


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that a token opens, with what its account must prove and can prove."""

    id: UUID
    account: Account
    created_at: datetime
    seen_at: datetime
    factor_at: datetime | None
    roles: frozenset[Role]
    is_factor_asked_of_all: bool
    has_factor: bool

    @property
    def needs_factor(self) -> bool:
        """Tell whether a role, or an agency that asks everybody, wants a second factor."""
        return needs_factor(self.roles, is_asked_of_all=self.is_factor_asked_of_all)

    @property
    def waits_for_factor(self) -> bool:
        """Tell whether there is more to prove before anything opens."""
        return self.factor_at is None and (self.has_factor or self.needs_factor)

    def has_fresh_factor(self, now: datetime) -> bool:
        """Tell whether the factor was given lately enough for a decision."""
        return is_fresh(self.factor_at, now)


def hash_of_token(token: str) -> bytes:
    """Return what is kept of a token: 256 random bits need no slow hash, and are found by this."""
    return sha256(token.encode()).digest()


def find_session(token: str) -> OpenSession | None:
    """Return the session that a token opens, while it lasts and its account may sign in."""
    row = db.session.execute(
        _session_of_token(), {"token_hash": hash_of_token(token), "today": today()}
    ).one_or_none()
    if row is None:
        return None
    found, account, role_names, is_asked_of_all, has_factor = row
    roles = frozenset(map(Role, role_names))
    if is_over(transaction_time(), created_at=found.created_at, seen_at=found.seen_at, roles=roles):
        return None
    return OpenSession(
        id=found.id,
        account=account,
        created_at=found.created_at,
        seen_at=found.seen_at,
        factor_at=found.factor_at,
        roles=roles,
        is_factor_asked_of_all=is_asked_of_all,
        has_factor=has_factor,
    )


@cache
def _session_of_token() -> Select[*tuple[Any, ...]]:
    account_id, day = WebSession.account_id, bindparam("today", type_=Date)
    return (
        select(
            WebSession,
            Account,
            func.roles_anywhere(account_id, day, type_=ARRAY(Text)),
            func.is_factor_asked_of_all(account_id, day, type_=Boolean),
            or_(
                select(TotpFactor.id)
                .where(TotpFactor.account_id == account_id, TotpFactor.confirmed_at.is_not(None))
                .exists(),
                select(Passkey.id).where(Passkey.account_id == account_id).exists(),
            ),
        )
        .join(Account, Account.id == account_id)
        .where(
            WebSession.id == func.find_web_session(bindparam("token_hash", type_=LargeBinary)),
            Account.is_disabled.is_(False),
        )
    )


def sessions_of(account_id: UUID) -> Sequence[WebSession]:
    """Return the sessions of an account that still last, the newest first."""
    now = transaction_time()
    roles = roles_of_account(account_id)
    rows = db.session.scalars(
        select(WebSession)
        .where(WebSession.account_id == account_id, WebSession.ended_at.is_(None))
        .order_by(WebSession.created_at.desc(), WebSession.id.desc())
    )
    return [
        one
        for one in rows
        if not is_over(now, created_at=one.created_at, seen_at=one.seen_at, roles=roles)
    ]


def roles_of_account(account_id: UUID) -> frozenset[Role]:
    """Return the roles that an account holds today, in whatever agency."""
    names = db.session.execute(
        select(func.roles_anywhere(account_id, today(), type_=ARRAY(Text)))
    ).scalar_one()
    return frozenset(map(Role, names))


def must_have_factor(account_id: UUID) -> bool:
    """Tell whether a role of the account, or an agency where it has one, wants a second factor."""
    is_asked_of_all = db.session.execute(
        select(func.is_factor_asked_of_all(account_id, today(), type_=Boolean))
    ).scalar_one()
    return needs_factor(roles_of_account(account_id), is_asked_of_all=is_asked_of_all)
