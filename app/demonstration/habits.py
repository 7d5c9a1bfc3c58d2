"""What each temperament does to a year: how late, how thin, how unfinished."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from app.demonstration.dice import between, chance
from app.demonstration.records import Temperament


class Progress(StrEnum):
    """How far an agency takes the year."""

    NOT_BEGUN = "not-begun"
    STUCK_BEFORE_THE_MEETING = "stuck-before-the-meeting"
    STUCK_BEFORE_THE_DECISION = "stuck-before-the-decision"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """One year's manner. ``delay`` is in working days, from and to."""

    delay: tuple[int, int]
    stuck: float = 0.0
    registration: float = 1.0
    returned: float = 0.07


@dataclass(frozen=True, slots=True)
class YearHabits:
    """What was drawn for one agency and year."""

    delay: int
    progress: Progress
    registration: float
    returned: float


TEMPERAMENTS: Mapping[Temperament, float] = {
    Temperament.PUNCTUAL: 54,
    Temperament.IMPROVING: 19,
    Temperament.LATE: 14,
    Temperament.STRUGGLING: 9,
    Temperament.NOT_STARTED: 4,
}
"""How many agencies of a hundred are of each temperament."""

_PUNCTUAL = Habits(delay=(-3, 4))
_LATE = Habits(delay=(16, 28), stuck=0.03, registration=0.95, returned=0.09)
_SLOW = Habits(delay=(5, 12), stuck=0.06, registration=0.85, returned=0.12)
_STRUGGLING = Habits(delay=(20, 30), stuck=0.25, registration=0.7, returned=0.16)

_USUAL: Mapping[Temperament, Habits] = {
    Temperament.PUNCTUAL: _PUNCTUAL,
    Temperament.IMPROVING: _PUNCTUAL,
    Temperament.LATE: _LATE,
    Temperament.STRUGGLING: _STRUGGLING,
    Temperament.NOT_STARTED: _SLOW,
}
_YEARS_TO_IMPROVE = 2


def habits_of(random: Random, temperament: Temperament, years_ago: int) -> YearHabits:
    """Draw the manner of one year; ``years_ago`` is 0 for the year under way."""
    habits = _USUAL[temperament]
    if temperament is Temperament.IMPROVING and years_ago >= _YEARS_TO_IMPROVE:
        habits = _SLOW
    return YearHabits(
        delay=between(random, *habits.delay),
        progress=_progress(random, temperament, habits, years_ago),
        registration=habits.registration,
        returned=habits.returned,
    )


def _progress(random: Random, temperament: Temperament, habits: Habits, years_ago: int) -> Progress:
    is_stuck, is_early = chance(random, habits.stuck), chance(random, 0.5)
    if temperament is Temperament.NOT_STARTED and years_ago == 0:
        return Progress.NOT_BEGUN
    if not is_stuck:
        return Progress.COMPLETE
    return Progress.STUCK_BEFORE_THE_MEETING if is_early else Progress.STUCK_BEFORE_THE_DECISION
