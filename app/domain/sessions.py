"""How long somebody stays signed in, and what ends it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.permissions import Role


LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=30)
IDLE_OF_APPROVERS = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when somebody was last here: no page writes more often."""
KEPT_FOR = timedelta(days=90)
"""How long a session that is over stays on record."""
WRONG_CODES = 5
"""How many wrong codes end a session: whoever guesses starts again with the password."""

APPROVERS = frozenset({Role.HEAD, Role.SUPERIOR, Role.CHAIR})


class Ending(StrEnum):
    """Why a session was ended before its time. Keep the list alphabetical."""

    ACCOUNT_DISABLED = "account-disabled"
    ENDED_ELSEWHERE = "ended-elsewhere"
    FACTOR_CHANGED = "factor-changed"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  (the name of an ending)
    ROLES_CHANGED = "roles-changed"
    SIGNED_OUT = "signed-out"
    WRONG_CODES = "wrong-codes"


def idle_limit(roles: Collection[Role]) -> timedelta:
    """Return how long somebody with these roles may be away."""
    return IDLE_OF_APPROVERS if APPROVERS & set(roles) else IDLE


def is_over(
    now: datetime, *, created_at: datetime, seen_at: datetime, roles: Collection[Role]
) -> bool:
    """Tell whether a session has run out by itself."""
    return now - created_at >= LONGEST or now - seen_at >= idle_limit(roles)
