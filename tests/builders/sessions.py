"""Signs people in without the form, and knows the codes of their apps."""

from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from flask import Flask
from sqlalchemy import func, select, update

from app.domain.factors import SECONDS_PER_CODE, steps_around
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.factor_sealing import FactorSeal
from app.persistence.models import TotpFactor, WebSession
from app.persistence.queries.factors import find_totp
from app.persistence.queries.sessions import hash_of_token
from app.persistence.unit_of_work import unit_of_work
from app.services import factors, sessions


def open_session(app: Flask, account_id: UUID, *, factor_minutes: float | None = 0) -> str:
    """Sign an account in and return the token; the factor was given so many minutes ago."""
    with app.app_context(), unit_of_work():
        token = sessions.begin(account_id, address="127.0.0.1", agent="a test")
        if factor_minutes is not None:
            _change(token, factor_at=transaction_time() - timedelta(minutes=factor_minutes))
    return token


def open_for_an_hour(app: Flask, account_id: UUID) -> str:
    """Sign in somebody who may sit still, and decide, for an hour, however slow the machine is."""
    token = open_session(app, account_id)
    with app.app_context(), unit_of_work():
        later = transaction_time() + timedelta(hours=1)
        _change(token, factor_at=later, seen_at=later)
    return token


def _change(token: str, **values: datetime) -> None:
    begun = select(func.find_web_session(hash_of_token(token))).scalar_subquery()
    db.session.execute(update(WebSession).where(WebSession.id == begun).values(**values))


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
