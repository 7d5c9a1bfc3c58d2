"""The twelve digits of a citizen's personal number (số định danh cá nhân, printed on the CCCD).

Three digits say where the birth was registered, one the century and sex, two the year of birth,
six are drawn at random (Nghị định 137/2015/NĐ-CP). There is no check digit, so the year is what
finds most typing errors.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.domain.refusals import RefusedError, Rule


LENGTH = 12
_CMND_LENGTH = 9
_PADDABLE = range(10, LENGTH)

# The provinces of 2016 keep their numbers for life; numbers above are countries.
_PROVINCES = frozenset(
    f"{number:03}"
    for number in (
        *(1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34),
        *(35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67),
        *(68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96),
    )
)
_FIRST_COUNTRY = "100"
_SEPARATORS = re.compile(r"[\s.\-']")


class NumberUseKind(StrEnum):
    """What somebody does with numbers that is counted."""

    SHOWN = "shown"
    LOOKED_UP = "looked-up"


AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR: Mapping[NumberUseKind, int] = {NumberUseKind.SHOWN: 10, NumberUseKind.LOOKED_UP: 60}
"""How often an account may in any hour. A number that is typed tells in which years its owner was
recognised anywhere in the province: typing numbers on end would be asking for strangers."""

NUMBERS_IN_LOOK_UP = 1_000
"""A list counts as one look-up for every thousand of its numbers that is begun: whoever it names
comes onto the roster, where everybody sees them, and the record says so."""

_RULES = {
    NumberUseKind.SHOWN: Rule.TOO_MANY_NUMBERS_SHOWN,
    NumberUseKind.LOOKED_UP: Rule.TOO_MANY_LOOK_UPS,
}


def look_ups_of_list(numbers: int) -> int:
    """Return how many look-ups a list with so many numbers counts as."""
    return -(-numbers // NUMBERS_IN_LOOK_UP)


def require_within_limit(kind: NumberUseKind, *, used: int, more: int = 1) -> None:
    """Raise ``RefusedError`` when ``more`` would pass the limit; a large list alone may."""
    if used and used + more > MOST_AN_HOUR[kind]:
        raise RefusedError(_RULES[kind], most=MOST_AN_HOUR[kind])


class CccdFault(StrEnum):
    """Why a number is no personal number."""

    NOT_DIGITS = "not-digits"
    IS_CMND = "is-cmnd"
    WRONG_LENGTH = "wrong-length"
    UNKNOWN_PLACE = "unknown-place"
    OTHER_BIRTH_YEAR = "other-birth-year"


@dataclass(frozen=True, slots=True, kw_only=True)
class CccdReading:
    """A number as typed, read: its twelve digits, or the fault that was found."""

    digits: str | None = field(default=None, repr=False)
    fault: CccdFault | None = None
    zeros_added: int = 0
    length: int = 0  # how many digits were typed


def read_cccd(typed: str, *, birth_year: int | None, was_number: bool = False) -> CccdReading:
    """Read a personal number and hold it against the year of birth, if that is known.

    A spreadsheet that kept it as a number has dropped the zeros in front: with ``was_number`` they
    are put back. Nine digits are the old CMND, which cannot be turned into a personal number.
    """
    digits = _SEPARATORS.sub("", typed)
    if not (digits.isascii() and digits.isdigit()):
        return CccdReading(fault=CccdFault.NOT_DIGITS)
    zeros = LENGTH - len(digits) if was_number and len(digits) in _PADDABLE else 0
    fault = _fault_of("0" * zeros + digits, birth_year)
    if fault:
        return CccdReading(fault=fault, length=len(digits))
    return CccdReading(digits="0" * zeros + digits, zeros_added=zeros, length=len(digits))


def birth_year_in(digits: str) -> int:
    """Return the year of birth that a personal number speaks of."""
    # The fourth digit counts centuries, two to each: 0 a man, 1 a woman of 19xx, 2 and 3 of 20xx.
    return 1900 + int(digits[3]) // 2 * 100 + int(digits[4:6])


def _fault_of(digits: str, birth_year: int | None) -> CccdFault | None:
    if len(digits) == _CMND_LENGTH:
        return CccdFault.IS_CMND
    if len(digits) != LENGTH:
        return CccdFault.WRONG_LENGTH
    if digits[:3] not in _PROVINCES and digits[:3] < _FIRST_COUNTRY:
        return CccdFault.UNKNOWN_PLACE
    if birth_year is not None and birth_year_in(digits) != birth_year:
        return CccdFault.OTHER_BIRTH_YEAR
    return None
