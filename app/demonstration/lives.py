"""What a person brings to five years: zeal, ability, skill with machines, luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from app.demonstration.dice import chance
from app.demonstration.people import PUPILS, RESIDENTS, STAFF, WORKERS, SyntheticPerson
from app.domain.digital_skills import DigitalSkill


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One human being over the years, whichever agency looks on.

    ``reluctance`` is held against the share of people who register in a year.
    """

    is_steady: bool
    reluctance: Mapping[int, float]
    passing_years: frozenset[int]
    distance_from_machines: float
    needs_help: bool

    def registers(self, year: int, share: float) -> bool:
        """Tell whether the person registers in a year in which ``share`` of all people do."""
        return self.is_steady or self.reluctance[year] < share


# Hải Dương published 43.4 % of farmers, 64.7 % of workers and 86.7 % of staff for 2023, of those
# registered (baohaiduong.vn, article 386832). Nobody published a figure for pupils.
PUBLISHED_SHARES: Mapping[int, float] = {RESIDENTS: 0.434, WORKERS: 0.647, STAFF: 0.867}
_PASSING: Mapping[int, float] = {RESIDENTS: 0.405, WORKERS: 0.61, STAFF: 0.83, PUPILS: 0.72}
_ABILITY_SPREAD: Mapping[int, float] = {RESIDENTS: 0.35, WORKERS: 0.25, STAFF: 0.14, PUPILS: 0.2}
_STEADY: Mapping[int, float] = {RESIDENTS: 0.029, WORKERS: 0.062, STAFF: 0.148, PUPILS: 0.0}

_SHARES_BY_YEARS_AGO = (0.9, 0.86, 0.8, 0.72, 0.62)
_ZEAL: Mapping[int, float] = {RESIDENTS: 0.9, WORKERS: 0.95, STAFF: 1.08, PUPILS: 1.0}

_DIGITAL: Mapping[int, float] = {RESIDENTS: 0.5, WORKERS: 0.72, STAFF: 0.93, PUPILS: 0.97}
_FLUENT: Mapping[int, float] = {RESIDENTS: 0.22, WORKERS: 0.38, STAFF: 0.66, PUPILS: 0.8}
_LEARNT_A_YEAR = 0.03
_UNSTATED, _FLUENCY_UNSTATED = 0.04, 0.05

_OLD_AGE = 60
_HELPED_IN_OLD_AGE = 0.85
_HELPED: Mapping[int, float] = {RESIDENTS: 0.45, WORKERS: 0.2, STAFF: 0.0, PUPILS: 0.0}


def share_registering(group_number: int, years_ago: int) -> float:
    """Return which share of a group registers in a year; it grew as the movement did."""
    return _SHARES_BY_YEARS_AGO[years_ago] * _ZEAL[group_number]


def make_life(random: Random, person: SyntheticPerson, years: Sequence[int]) -> Life:
    """Draw a life.

    The steady register and pass every year. Nobody else is let to pass five times running, so
    that the share of outstanding people is what was meant and not what luck adds.
    """
    group = person.group_number
    is_steady = chance(random, _STEADY[group])
    ability = _PASSING[group] + random.uniform(-1, 1) * _ABILITY_SPREAD[group]
    reluctance = {year: random.random() for year in years}
    passing = frozenset(year for year in years if chance(random, ability))
    skipped = random.choice(years[:-1]) if len(years) > 1 else years[0]
    if passing == frozenset(years) and _always_registers(reluctance, group):
        reluctance[skipped] = 1.0
    return Life(
        is_steady=is_steady,
        reluctance=reluctance,
        passing_years=frozenset(years) if is_steady else passing,
        distance_from_machines=random.random(),
        needs_help=chance(random, _help_needed(person, years[-1])),
    )


def _always_registers(reluctance: Mapping[int, float], group: int) -> bool:
    last = max(reluctance)
    return all(value < share_registering(group, last - year) for year, value in reluctance.items())


def _help_needed(person: SyntheticPerson, year: int) -> float:
    is_old = year - person.birth_year >= _OLD_AGE
    if person.group_number == RESIDENTS and is_old:
        return _HELPED_IN_OLD_AGE
    return _HELPED[person.group_number]


def digital_skill_of(life: Life, group_number: int, years_ago: int) -> DigitalSkill:
    """Return what a meeting writes down of somebody's digital skills; what is learnt is kept.

    Of some the meeting writes down nothing, or not whether they are fluent.
    """
    learnt = years_ago * _LEARNT_A_YEAR
    forgotten = life.distance_from_machines * 1000 % 1
    if forgotten < _UNSTATED:
        return DigitalSkill.UNSTATED
    if life.distance_from_machines >= _DIGITAL[group_number] - learnt:
        return DigitalSkill.NO
    if forgotten < _UNSTATED + _FLUENCY_UNSTATED:
        return DigitalSkill.SKILLED
    is_fluent = life.distance_from_machines < _FLUENT[group_number] - learnt
    return DigitalSkill.FLUENT if is_fluent else DigitalSkill.NOT_FLUENT
