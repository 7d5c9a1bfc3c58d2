"""Second factors: setting one up, giving it, and taking it away."""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import pyotp
from sqlalchemy import delete, update

from app.domain.factors import (
    RECOVERY_CODES,
    SECONDS_PER_CODE,
    new_recovery_code,
    steps_around,
    tidy_code,
)
from app.domain.ids import new_id
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.sessions import Ending
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.factor_sealing import FactorSeal
from app.persistence.models import Account, Passkey, RecoveryCode, TotpFactor
from app.persistence.queries.factors import count_factors, find_pending_totp, find_totp
from app.persistence.queries.sessions import must_have_factor
from app.services.sessions import end_all


ISSUER = "Bảng Vàng"


def begin_totp(account_id: UUID, seal: FactorSeal) -> None:
    """Draw a secret for a code app; it counts for nothing until a code of it is typed."""
    db.session.execute(
        delete(TotpFactor).where(
            TotpFactor.account_id == account_id, TotpFactor.confirmed_at.is_(None)
        )
    )
    add_totp(account_id, pyotp.random_base32(), seal)


def add_totp(account_id: UUID, secret: str, seal: FactorSeal) -> TotpFactor:
    """Keep the secret of a code app that nobody has typed a code of."""
    row = new_id()
    totp = TotpFactor(
        id=row,
        account_id=account_id,
        secret_sealed=seal.seal(secret, row=row),
        last_step=0,
        created_at=transaction_time(),
    )
    db.session.add(totp)
    db.session.flush()
    return totp


def pending_secret(account_id: UUID, seal: FactorSeal) -> str | None:
    """Return the secret that a code app is being set up with."""
    totp = find_pending_totp(account_id)
    return seal.open(totp.secret_sealed, row=totp.id) if totp else None


def address_for_app(secret: str, login: str) -> str:
    """Return what the picture says that a code app photographs."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def confirm_totp(account_id: UUID, typed: str, seal: FactorSeal) -> bool:
    """Let the app that is being set up count, in place of an earlier one, if its code is right."""
    totp = find_pending_totp(account_id)
    if totp is None or not _takes_code(totp, tidy_code(typed), seal):
        return False
    db.session.execute(
        delete(TotpFactor).where(TotpFactor.account_id == account_id, TotpFactor.id != totp.id)
    )
    db.session.execute(
        update(TotpFactor).where(TotpFactor.id == totp.id).values(confirmed_at=transaction_time())
    )
    return True


def accept_code(account_id: UUID, typed: str, seal: FactorSeal) -> bool:
    """Tell whether a code is right, of the app or a printed one; it is not right again."""
    code, totp = tidy_code(typed), find_totp(account_id)
    if totp is not None and _takes_code(totp, code, seal):
        return True
    return _use_recovery_code(account_id, code)


def _takes_code(totp: TotpFactor, code: str, seal: FactorSeal) -> bool:
    app = pyotp.TOTP(seal.open(totp.secret_sealed, row=totp.id))
    for step in steps_around(transaction_time()):
        if hmac.compare_digest(app.at(step * SECONDS_PER_CODE), code):
            return _use_step(totp.id, step)
    return False


def _use_step(totp_id: UUID, step: int) -> bool:
    # Two who type one code at once: the row is taken by the first alone.
    used = db.session.execute(
        update(TotpFactor)
        .where(TotpFactor.id == totp_id, TotpFactor.last_step < step)
        .values(last_step=step)
        .returning(TotpFactor.id)
    ).one_or_none()
    return used is not None


def _use_recovery_code(account_id: UUID, code: str) -> bool:
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == _hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=transaction_time())
        .returning(RecoveryCode.id)
    ).one_or_none()
    return used is not None


def _hash(code: str) -> bytes:
    # More than 112 random bits: no slow hash is needed, and none would help.
    return sha256(code.encode()).digest()


def make_recovery_codes(account_id: UUID) -> Sequence[str]:
    """Return new codes to be printed, in the clear for this once; the old ones stop working."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(
            id=new_id(),
            account_id=account_id,
            code_hash=_hash(tidy_code(code)),
            created_at=transaction_time(),
        )
        for code in codes
    )
    db.session.flush()
    return codes


def remove_totp(account_id: UUID) -> None:
    """Take the code app away; raise ``RefusedError`` where no other factor would be left."""
    _require_another(account_id)
    db.session.execute(delete(TotpFactor).where(TotpFactor.account_id == account_id))


def remove_passkey(account_id: UUID, passkey_id: UUID) -> str:
    """Take a passkey away and return its name; refuse where no other factor would be left."""
    passkey = db.session.get(Passkey, passkey_id)
    if passkey is None or passkey.account_id != account_id:
        raise MissingError(passkey_id)
    _require_another(account_id)
    name = passkey.name
    db.session.delete(passkey)
    return name


def _require_another(account_id: UUID) -> None:
    # Held until the end of the transaction: two who remove one each must not leave none.
    db.session.get(Account, account_id, with_for_update={"key_share": True})
    if count_factors(account_id) <= 1 and must_have_factor(account_id):
        raise RefusedError(Rule.FACTOR_NEEDED)


def reset_factors(account_id: UUID) -> None:
    """Take every factor and printed code away, and sign the account out everywhere."""
    for table in (TotpFactor, Passkey, RecoveryCode):
        db.session.execute(delete(table).where(table.account_id == account_id))
    end_all(account_id, Ending.FACTOR_CHANGED)


def demonstration_code(account: Account, seal: FactorSeal, *, is_demonstration: bool) -> str | None:
    """Return a code to be shown on the page: to a made-up account of a demonstration alone."""
    if not (is_demonstration and account.is_demonstration):
        return None
    totp = find_pending_totp(account.id) or find_totp(account.id)
    if totp is None:
        return None
    _, now, soon = steps_around(transaction_time())
    unused = [step for step in (now, soon) if step > totp.last_step]
    app = pyotp.TOTP(seal.open(totp.secret_sealed, row=totp.id))
    return app.at(unused[0] * SECONDS_PER_CODE) if unused else None
