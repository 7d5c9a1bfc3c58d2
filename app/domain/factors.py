"""Second factors: who needs one, how long it counts, and which codes of an app are accepted."""

import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.permissions import Role


NEED_FACTOR = frozenset(
    {
        Role.HEAD,
        Role.SUPERIOR,
        Role.CHAIR,
        Role.SECRETARY,
        Role.TENANT_ADMIN,
        Role.ASSOCIATION,
    }
)
"""Whoever holds one of these anywhere signs in with two factors."""


class FactorAsked(StrEnum):
    """Of whom an agency asks a second factor, the stricter word last."""

    DECIDERS = "deciders"
    EVERYBODY = "everybody"


FRESH_FOR = timedelta(minutes=10)
"""How long after giving the factor somebody may decide, unmask and export names."""

SECONDS_PER_CODE = 30
RECOVERY_CODES = 10
# 24 of 31 characters that nobody confuses on paper: more than 112 random bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 6, 4
_NOT_IN_CODES = re.compile(r"[^a-z0-9]")


def needs_factor(roles: Collection[Role], *, is_asked_of_all: bool = False) -> bool:
    """Tell whether somebody with these roles must have a second factor.

    ``is_asked_of_all``: an agency in which they hold one asks everybody.
    """
    return is_asked_of_all or bool(NEED_FACTOR & set(roles))


def is_fresh(factor_at: datetime | None, now: datetime) -> bool:
    """Tell whether the factor was given lately enough for a decision."""
    return factor_at is not None and now - factor_at < FRESH_FOR


def steps_around(now: datetime) -> tuple[int, int, int]:
    """Return the half minutes whose codes are accepted: clocks may differ by one."""
    step = int(now.timestamp()) // SECONDS_PER_CODE
    return step - 1, step, step + 1


def tidy_code(typed: str) -> str:
    """Return a code without what people write between its characters."""
    return _NOT_IN_CODES.sub("", typed.lower())


def new_recovery_code() -> str:
    """Return a code that opens an account once when the phone is lost."""
    groups = (
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)
