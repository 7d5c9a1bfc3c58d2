"""Signing in, and what an account keeps for itself."""

import threading
from os import cpu_count
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.queries.accounts import find_account_by_login


# Argon2id with the parameters of OWASP ASVS 5.0, appendix C: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Hashing at most once per core bounds memory when a thousand people sign in at eight o'clock.
_SLOTS = threading.BoundedSemaphore(cpu_count() or 1)
# Checked when there is no such account, so that the answer takes as long.
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    with _SLOTS:
        return _HASHER.hash(password)


def find_account_by_password(login: str, password: str) -> Account | None:
    """Return the account that the two open, or None without saying which is wrong."""
    account = find_account_by_login(login)
    stored = account.password_hash if account and account.password_hash else _NOBODY
    is_right = _matches(stored, password)
    return account if is_right and account and not account.is_disabled else None


def _matches(stored: str, password: str) -> bool:
    with _SLOTS:
        try:
            return _HASHER.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def choose_language(account_id: UUID, locale: str) -> None:
    """Keep the language that somebody wants to read."""
    db.session.get_one(Account, account_id).locale = locale
