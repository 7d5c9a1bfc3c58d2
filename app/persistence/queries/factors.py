"""Reads about second factors."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.persistence.database import db
from app.persistence.models import Passkey, RecoveryCode, TotpFactor


def find_totp(account_id: UUID) -> TotpFactor | None:
    """Return the code app that an account signs in with."""
    return db.session.scalars(
        select(TotpFactor).where(
            TotpFactor.account_id == account_id, TotpFactor.confirmed_at.is_not(None)
        )
    ).one_or_none()


def find_pending_totp(account_id: UUID) -> TotpFactor | None:
    """Return the code app that is being set up: no code of it was typed yet."""
    return db.session.scalars(
        select(TotpFactor)
        .where(TotpFactor.account_id == account_id, TotpFactor.confirmed_at.is_(None))
        .order_by(TotpFactor.created_at.desc(), TotpFactor.id.desc())
        .limit(1)
    ).one_or_none()


def passkeys_of(account_id: UUID) -> Sequence[Passkey]:
    """Return the passkeys of an account, the oldest first."""
    return db.session.scalars(
        select(Passkey)
        .where(Passkey.account_id == account_id)
        .order_by(Passkey.created_at, Passkey.id)
    ).all()


def find_passkey(account_id: UUID, credential_id: bytes) -> Passkey | None:
    """Return the passkey that a browser names, if it is this account's."""
    return db.session.scalars(
        select(Passkey).where(
            Passkey.account_id == account_id, Passkey.credential_id == credential_id
        )
    ).one_or_none()


def count_recovery_codes(account_id: UUID) -> int:
    """Return how many printed codes an account has left."""
    counted = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.execute(counted).scalar_one()


def count_factors(account_id: UUID) -> int:
    """Return how many code apps and passkeys an account has."""
    return len(passkeys_of(account_id)) + (find_totp(account_id) is not None)
