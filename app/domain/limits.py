"""How often somebody may do what: limits by person, agency and address, and pauses that grow.

Nobody is ever locked out: a lock would let anyone keep the head of an agency from signing in.
Whoever types wrong passwords waits, longer each time, and is told for how long.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Guarded(StrEnum):
    """What is counted. Keep the list alphabetical."""

    COMPARISON = "comparison"
    EXPORT = "export"
    FACTOR = "factor"
    IMPORT = "import"
    INVITATION = "invitation"
    LOOK_UP = "look-up"
    PASSWORD = "password"  # noqa: S105  (the name of a limit)
    REGISTRATION = "registration"
    SIGN_IN = "sign-in"


class Per(StrEnum):
    """By whom it is counted."""

    ADDRESS = "address"
    TENANT = "tenant"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be done in so many minutes; ``failures`` counts what was refused."""

    guarded: Guarded
    per: Per
    allowed: int
    minutes: int
    failures: bool = False


# A whole office, or a whole province, may stand behind one address at eight o'clock; an agency's
# own limits are so wide that only a machine reaches them.
LIMITS = (
    Limit(Guarded.SIGN_IN, Per.ADDRESS, 3_000, 10),
    Limit(Guarded.SIGN_IN, Per.ADDRESS, 600, 10, failures=True),
    Limit(Guarded.SIGN_IN, Per.TENANT, 6_000, 10),
    Limit(Guarded.FACTOR, Per.USER, 30, 10),
    Limit(Guarded.FACTOR, Per.TENANT, 6_000, 10),
    Limit(Guarded.FACTOR, Per.ADDRESS, 1_000, 10, failures=True),
    Limit(Guarded.PASSWORD, Per.USER, 10, 60, failures=True),
    Limit(Guarded.LOOK_UP, Per.USER, 200, 60),
    Limit(Guarded.LOOK_UP, Per.TENANT, 2_000, 60),
    Limit(Guarded.LOOK_UP, Per.ADDRESS, 2_000, 60),
    Limit(Guarded.EXPORT, Per.USER, 60, 60),
    Limit(Guarded.EXPORT, Per.TENANT, 300, 60),
    Limit(Guarded.EXPORT, Per.ADDRESS, 600, 60),
    Limit(Guarded.COMPARISON, Per.USER, 20, 60),
    Limit(Guarded.COMPARISON, Per.TENANT, 60, 60),
    Limit(Guarded.COMPARISON, Per.ADDRESS, 200, 60),
    Limit(Guarded.IMPORT, Per.USER, 120, 60),
    Limit(Guarded.IMPORT, Per.TENANT, 600, 60),
    Limit(Guarded.IMPORT, Per.ADDRESS, 1_200, 60),
    Limit(Guarded.REGISTRATION, Per.TENANT, 2_000, 60),
    Limit(Guarded.REGISTRATION, Per.ADDRESS, 300, 60),
    Limit(Guarded.INVITATION, Per.USER, 200, 60),
    Limit(Guarded.INVITATION, Per.TENANT, 600, 60),
    Limit(Guarded.INVITATION, Per.ADDRESS, 300, 60, failures=True),
)


class LimitsError(ValueError):
    """What was written about limits cannot be read; carries the part that is wrong."""


def read_limits(written: str) -> tuple[Limit, ...]:
    """Return the limits, those that ``written`` names changed: ``export/user=30/60 …``.

    A dash after the guarded thing, ``sign-in-failures/address=100/10``, is the limit of failures.
    Raises ``LimitsError`` on whatever is no limit of the house.
    """
    changed = dict(_parts(written))
    known = {_name(one): one for one in LIMITS}
    unknown = sorted(changed.keys() - known.keys())
    if unknown:
        raise LimitsError(unknown[0])
    return tuple(changed.get(name, one) for name, one in known.items())


def _name(limit: Limit) -> str:
    return f"{limit.guarded}{'-failures' if limit.failures else ''}/{limit.per}"


def _parts(written: str) -> Iterator[tuple[str, Limit]]:
    for part in written.split():
        name, _, numbers = part.partition("=")
        guarded, _, per = name.partition("/")
        allowed, _, minutes = numbers.partition("/")
        try:
            limit = Limit(
                Guarded(guarded.removesuffix("-failures")),
                Per(per),
                int(allowed),
                int(minutes),
                failures=guarded.endswith("-failures"),
            )
        except ValueError as error:
            raise LimitsError(part) from error
        yield name, limit


PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900)
)
"""How long to wait after the first wrong password, the second, and so on; then as the last."""

FORGOTTEN_AFTER = timedelta(hours=24)
"""How long after the last wrong password the count begins again."""


def pause_after(failures: int) -> timedelta:
    """Return how long somebody waits after so many wrong passwords in a row."""
    return PAUSES[min(failures, len(PAUSES)) - 1] if failures else timedelta(0)
