"""Signs people in without the form, and knows the codes of their apps."""

import secrets
from datetime import timedelta
from uuid import UUID

import pyotp
from flask import Flask
from sqlalchemy import update

from app.domain.factors import SECONDS_PER_CODE, steps_around
from app.domain.ids import new_id
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.factor_sealing import FactorSeal
from app.persistence.models import TotpFactor, WebSession
from app.persistence.queries.factors import find_totp
from app.persistence.queries.sessions import hash_of_token
from app.persistence.unit_of_work import unit_of_work
from app.services import factors


def open_session(
    app: Flask,
    account_id: UUID,
    *,
    factor_minutes: float | None = 0,
    ahead: timedelta = timedelta(0),
) -> str:
    """Sign an account in and return the token; the factor was given so many minutes ago.

    ``ahead`` lets somebody sit still for as long, whatever the clock says meanwhile.
    """
    token = secrets.token_urlsafe(32)
    with app.app_context(), unit_of_work():
        now = transaction_time() + ahead
        given = None if factor_minutes is None else now - timedelta(minutes=factor_minutes)
        db.session.add(
            WebSession(
                id=new_id(),
                account_id=account_id,
                token_hash=hash_of_token(token),
                created_at=now,
                seen_at=now,
                factor_at=given,
                address="127.0.0.1",
                agent="a test",
            )
        )
    return token


def give_totp(app: Flask, account_id: UUID) -> str:
    """Give an account a code app and return its secret."""
    secret = pyotp.random_base32()
    with app.app_context(), unit_of_work():
        totp = factors.add_totp(account_id, secret, seal_of(app))
        db.session.execute(
            update(TotpFactor)
            .where(TotpFactor.id == totp.id)
            .values(confirmed_at=transaction_time())
        )
    return secret


def code_of(secret: str, *, steps_later: int = 0) -> str:
    """Return the code that an app shows now, or some half minutes later."""
    step = steps_around(transaction_time())[1] + steps_later
    return pyotp.TOTP(secret).at(step * SECONDS_PER_CODE)


def code_for(app: Flask, account_id: UUID) -> str:
    """Return the code that somebody's app shows now."""
    with app.app_context():
        totp = find_totp(account_id)
        return code_of(seal_of(app).open(totp.secret_sealed, row=totp.id))


def seal_of(app: Flask) -> FactorSeal:
    """Return what opens the secrets of code apps."""
    return FactorSeal(app.extensions["bangvang"].secret_key)
