"""Inviting somebody to an account: a link, once and for three days, to choose a password."""

import secrets
from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, text, update

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.sessions import Ending
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import Account, AuditEvent, Invitation, Membership
from app.persistence.queries.accounts import find_account_by_login
from app.services.accounts import choose_password
from app.services.sessions import end_all


_VALID_FOR = timedelta(hours=72)
_TOKEN_BYTES = 32


def add_invited_account(login: str, name: str, roles: Collection[Role], *, by_name: str) -> str:
    """Make an account without a password in the agency in scope; return the token of its link.

    Raises ``RefusedError`` when the sign-in name is taken.
    """
    wanted = login.strip().lower()
    if find_account_by_login(wanted) is not None:
        raise RefusedError(Rule.ACCOUNT_NAME_TAKEN, login=wanted)
    account = Account(identity_id=_new_identity(), login=wanted, name=" ".join(name.split()))
    db.session.add(account)
    db.session.flush()
    db.session.add_all(
        Membership(account_id=account.id, role=role, since=today()) for role in roles
    )
    db.session.add(
        AuditEvent(
            act=Act.ACCOUNT_INVITED,
            actor_name=by_name,
            object_kind="account",
            object_id=account.id,
            facts={"login": wanted, "roles": sorted(roles)},
        )
    )
    return invite(account.id)


def _new_identity() -> UUID:
    claimed = db.session.execute(text("SELECT claim_identity(:fresh, NULL)"), {"fresh": new_id()})
    identity: UUID = claimed.scalar_one()
    return identity


def invite(account_id: UUID) -> str:
    """Return the token of a new link to the account; links given before stop working."""
    now = transaction_time()
    db.session.execute(
        update(Invitation)
        .where(Invitation.account_id == account_id, Invitation.used_at.is_(None))
        .values(used_at=now)
    )
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    db.session.add(
        Invitation(account_id=account_id, token_hash=_hash(token), expires_at=now + _VALID_FOR)
    )
    db.session.flush()
    return token


def _hash(token: str) -> bytes:
    # The token is 256 random bits: it needs no slow hash, and is found by this one.
    return sha256(token.encode()).digest()


def find_invited(token: str) -> Account | None:
    """Return the account that a link is for, while the link works."""
    return db.session.scalars(
        select(Account)
        .join(Invitation, Invitation.account_id == Account.id)
        .where(
            Invitation.token_hash == _hash(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > transaction_time(),
            Account.is_disabled.is_(False),
        )
    ).one_or_none()


def accept_invitation(token: str, password: str) -> Account:
    """Use a link up and keep the password; raise ``MissingError`` when it does not work.

    A password that is refused leaves the link as it was.
    """
    account = find_invited(token)
    # Two who open one link at once: the row is taken by the first alone.
    used = db.session.execute(
        update(Invitation)
        .where(Invitation.token_hash == _hash(token), Invitation.used_at.is_(None))
        .values(used_at=transaction_time())
        .returning(Invitation.id)
    ).one_or_none()
    if account is None or used is None:
        raise MissingError(token)
    choose_password(account, password)
    end_all(account.id, Ending.PASSWORD_CHANGED)
    return account
