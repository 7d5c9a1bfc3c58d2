"""Invented people: a name, a year of birth, a group, and mostly a personal number of nobody's.

The numbers have the form of Nghị định 137/2015/NĐ-CP: three digits for the province where the birth
was registered (as numbered before 2025), one for century and sex, two for the year, six drawn at
random. Ours always begin those six with ``999``, so that every invented number can be told at a
glance, and so that no more than one real number in a thousand could look like one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from app.demonstration.dice import between, chance, weighted
from app.demonstration.names import make_name
from app.demonstration.regions import KON_TUM_CODES, peoples_of
from tenants.schema import TenantKind


SYNTHETIC_SERIAL = "999"
"""How the last six digits of every invented personal number begin."""

CORE_STAFF = 7
"""How many of an agency's first people are staff, from whom those who run the cycle are taken."""

RESIDENTS, WORKERS, STAFF, PUPILS = 1, 2, 3, 4

_PATIENCE = 100
_SHARE_OF_WOMEN = 0.5
_SHARE_WITH_NUMBER = 0.7
_SHARE_BORN_IN_KON_TUM = 0.28
_CENTURY = 100
_FIRST_CENTURY = 19
_QUANG_NGAI = "051"
_KON_TUM = "062"

_AGES: Mapping[int, tuple[int, int]] = {
    RESIDENTS: (18, 85),
    WORKERS: (18, 60),
    STAFF: (23, 61),
    PUPILS: (16, 22),
}
_SENIOR_AGES = (36, 59)
_OFFICE_GROUPS: Mapping[int, float] = {STAFF: 93, WORKERS: 7}
_COMMUNE_GROUPS: Mapping[int, float] = {RESIDENTS: 56, WORKERS: 21, STAFF: 12, PUPILS: 11}


@dataclass(frozen=True, slots=True)
class SyntheticPerson:
    """Somebody who does not exist. ``cccd`` is a personal number or None."""

    name: str
    birth_year: int
    is_female: bool
    group_number: int
    cccd: str | None


@dataclass(frozen=True, slots=True)
class Locality:
    """Where people are drawn: a province by its code, perhaps a commune of it, a sort of agency.

    ``groups`` are those that the agency recognises; None stands for all.
    """

    province: str
    commune_code: str | None
    kind: TenantKind
    groups: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """The invented registry: ages are as of ``year``; no number in ``taken`` is given again."""

    year: int
    taken: set[str] = field(default_factory=set)


def make_people(
    random: Random, locality: Locality, count: int, register: Register
) -> tuple[SyntheticPerson, ...]:
    """Draw ``count`` people of an agency, aged 16 to 85; the staff who run it come first.

    An office has staff and a few workers; a commune has residents, workers and pupils as well.
    """
    return tuple(
        _make_person(random, locality, register, place=place, group=group)
        for place, group in enumerate(_groups(random, count, locality))
    )


def _groups(random: Random, count: int, locality: Locality) -> list[int]:
    shares = _COMMUNE_GROUPS if locality.kind is TenantKind.COMMUNE else _OFFICE_GROUPS
    if locality.groups is not None:
        shares = {group: share for group, share in shares.items() if group in locality.groups}
    core = [STAFF] * min(count, CORE_STAFF)
    return core + [weighted(random, shares) for _ in range(count - len(core))]


def _make_person(
    random: Random, locality: Locality, register: Register, *, place: int, group: int
) -> SyntheticPerson:
    people = weighted(random, peoples_of(locality.province, locality.commune_code))
    is_female = chance(random, _SHARE_OF_WOMEN)
    ages = _SENIOR_AGES if place < CORE_STAFF else _AGES[group]
    birth_year = register.year - between(random, *ages)
    name = make_name(random, people, is_female=is_female, birth_year=birth_year)
    cccd = None
    if chance(random, _SHARE_WITH_NUMBER):
        start = cccd_start(_birthplace(random, locality), birth_year, is_female=is_female)
        cccd = _number(random, start, register)
    return SyntheticPerson(name, birth_year, is_female, group, cccd)


def _birthplace(random: Random, locality: Locality) -> str:
    """Return the province, as numbered before 2025, where a birth was registered."""
    own = f"0{locality.province}"
    if own != _QUANG_NGAI:
        return own
    if locality.commune_code is None:
        return _KON_TUM if chance(random, _SHARE_BORN_IN_KON_TUM) else own
    return _KON_TUM if locality.commune_code.startswith(KON_TUM_CODES) else own


def cccd_start(birthplace: str, birth_year: int, *, is_female: bool) -> str:
    """Return the six digits that a personal number begins with.

    The fourth is even for men and odd for women: 0 and 1 for births of the twentieth century,
    2 and 3 for those of the twenty-first.
    """
    century, year_of_century = divmod(birth_year, _CENTURY)
    return f"{birthplace}{2 * (century - _FIRST_CENTURY) + is_female}{year_of_century:02}"


def _number(random: Random, start: str, register: Register) -> str | None:
    """Draw a number that nobody has; None where a million people have used nearly all up."""
    for _ in range(_PATIENCE):
        cccd = f"{start}{SYNTHETIC_SERIAL}{between(random, 0, 999):03}"
        if cccd not in register.taken:
            register.taken.add(cccd)
            return cccd
    return None
