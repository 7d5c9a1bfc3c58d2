"""Signing in, and what an account keeps for itself."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import cpu_count
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.domain.passwords import as_compared, require_good_password
from app.domain.refusals import RefusedError, Rule
from app.domain.sessions import Ending
from app.persistence.common_passwords import common_passwords
from app.persistence.database import db
from app.persistence.models import Account
from app.persistence.queries.accounts import agencies_of, find_account_by_login
from app.services.sessions import end_all


# Argon2id with the parameters of OWASP ASVS 5.0, appendix C: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Hashing at most once per core bounds memory when a thousand people sign in at eight o'clock.
_SLOTS = threading.BoundedSemaphore(cpu_count() or 1)
PATIENCE = 10.0
"""How many seconds somebody waits for their turn before they are told that there is none."""
# Checked when there is no such account, so that the answer takes as long.
_NOBODY = _HASHER.hash("nobody has this password")


class BusyError(Exception):
    """So many people sign in at once that one of them has waited in vain."""


@contextmanager
def _turn() -> Iterator[None]:
    if not _SLOTS.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        yield
    finally:
        _SLOTS.release()


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    with _turn():
        return _HASHER.hash(as_compared(password))


def find_account_by_password(login: str, password: str) -> Account | None:
    """Return the account that the two open, or None without saying which is wrong."""
    account = find_account_by_login(login)
    stored = account.password_hash if account and account.password_hash else _NOBODY
    is_right = _matches(stored, password)
    return account if is_right and account and not account.is_disabled else None


def _matches(stored: str, password: str) -> bool:
    with _turn():
        try:
            return _HASHER.verify(stored, as_compared(password))
        except (VerifyMismatchError, InvalidHashError):
            return False


def renew_hash(account: Account, password: str) -> None:
    """Hash a password that was right once more, if that is done with other parameters by now."""
    if account.password_hash and _HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = hash_password(password)


def choose_password(account: Account, password: str, *, agencies: Collection[str] = ()) -> None:
    """Keep a new password; raise ``RefusedError`` when it is short, or easily guessed.

    ``agencies`` are names that its owner is known by, beside those of the account itself.
    """
    places = [word for one in agencies_of(account.id) for word in (one.name, one.slug)]
    require_good_password(
        password,
        about=(account.login, account.name, *agencies, *places),
        common=common_passwords(),
    )
    account.password_hash = hash_password(password)


def change_password(
    account_id: UUID, present: str, password: str, *, session_id: UUID | None
) -> None:
    """Change one's own password, and end every session but the one in hand."""
    account = db.session.get_one(Account, account_id)
    if not _matches(account.password_hash or _NOBODY, present):
        raise RefusedError(Rule.PASSWORD_WRONG)
    choose_password(account, password)
    end_all(account_id, Ending.PASSWORD_CHANGED, except_id=session_id)


def choose_language(account_id: UUID, locale: str) -> None:
    """Keep the language that somebody wants to read."""
    db.session.get_one(Account, account_id).locale = locale
