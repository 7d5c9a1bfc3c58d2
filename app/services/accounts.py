"""Signing in, and what an account keeps for itself."""

import os
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
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
_T = TypeVar("_T")
_CORES = os.cpu_count() or 1
# Hashing at most once per core bounds memory when a thousand people sign in at eight o'clock.
_SLOTS = threading.BoundedSemaphore(_CORES)
PATIENCE = 10.0
"""How many seconds somebody waits for their turn before they are told that there is none."""
# Checked when there is no such account, so that the answer takes as long.
_NOBODY = _HASHER.hash("nobody has this password")


class BusyError(Exception):
    """So many people sign in at once that one of them has waited in vain."""


class _Hashers:
    """As many threads as there are cores: memory that one has hashed in is not given back soon."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_CORES, thread_name_prefix="hash")

    def __call__(self, work: Callable[[], _T]) -> _T:
        """Do ``work`` when it is its turn; raise ``BusyError`` if that does not come in time."""
        if not _SLOTS.acquire(timeout=PATIENCE):
            raise BusyError
        try:
            return self._threads.submit(work).result()
        finally:
            _SLOTS.release()


_in_turn = _Hashers()
# A process that was forked has none of its parent's threads.
os.register_at_fork(after_in_child=_in_turn.__init__)  # type: ignore[misc]


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    return _in_turn(partial(_HASHER.hash, as_compared(password)))


def find_account_by_password(login: str, password: str) -> Account | None:
    """Return the account that the two open, or None without saying which is wrong."""
    account = find_account_by_login(login)
    stored = account.password_hash if account and account.password_hash else _NOBODY
    is_right = _matches(stored, password)
    return account if is_right and account and not account.is_disabled else None


def _matches(stored: str, password: str) -> bool:
    try:
        return _in_turn(partial(_HASHER.verify, stored, as_compared(password)))
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_hash_old(account: Account) -> bool:
    """Tell whether passwords are hashed with other parameters since this one was."""
    stored = account.password_hash
    return stored is not None and _HASHER.check_needs_rehash(stored)


def renew_hash(account: Account, password: str) -> None:
    """Hash a password that was right once more, as it is done now."""
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
