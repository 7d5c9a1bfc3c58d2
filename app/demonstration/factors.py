"""The code apps of the accounts that newcomers sign in with: the page shows what they would."""

import pyotp
from sqlalchemy import exists, select, update

from app.domain.factors import NEED_FACTOR
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.factor_sealing import FactorSeal
from app.persistence.models import Account, Membership, TotpFactor
from app.services.factors import add_totp


def give_apps(seal: FactorSeal) -> int:
    """Give a code app to each account that is shown to newcomers and needs one; return how many.

    Runs as the owner, in the caller's transaction.
    """
    held, app = Membership.__table__.c, TotpFactor.__table__.c
    without = db.session.scalars(
        select(Account.id).where(
            Account.is_demonstration,
            Account.password_hash.is_not(None),
            exists().where(held.account_id == Account.id, held.role.in_(NEED_FACTOR)),
            ~exists().where(app.account_id == Account.id),
        )
    ).all()
    given = [add_totp(account_id, pyotp.random_base32(), seal).id for account_id in without]
    db.session.execute(
        update(TotpFactor).where(TotpFactor.id.in_(given)).values(confirmed_at=transaction_time())
    )
    return len(given)
