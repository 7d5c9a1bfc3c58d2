"""Rolled-up figures: what is counted, and of what a percentage is a share.

Each figure counts people who got at least that far. People who withdrew or were transferred
count nowhere in this agency.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from functools import cache
from operator import add, attrgetter, sub
from typing import Self

from app.domain.dossiers import LEFT, Outcome, State


class Figure(StrEnum):
    """A column of the golden board."""

    ELIGIBLE = "eligible"
    REGISTERED = "registered"
    SELF_ASSESSED = "self_assessed"
    APPRAISED = "appraised"
    RECOGNISED = "recognised"
    OUTSTANDING = "outstanding"


_SELF_ASSESSED_FROM = frozenset(
    {
        State.SUBMITTED,
        State.CONFIRMED,
        State.IN_APPRAISAL,
        State.RETURNED,
        State.APPRAISED,
        State.PROPOSED,
        State.DECIDED,
        State.PUBLISHED,
        State.APPEALED,
    }
)
_APPRAISED_FROM = frozenset(
    {State.APPRAISED, State.PROPOSED, State.DECIDED, State.PUBLISHED, State.APPEALED}
)
DECIDED_STATES = frozenset({State.DECIDED, State.PUBLISHED, State.APPEALED})
"""States in which a decision is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many people stand at one place: the grain at which results are stored."""

    state: State
    outcome: Outcome | None
    people: int
    outstanding: int = 0
    with_digital_skills: int = 0
    digitally_fluent: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a unit, an agency or a province. They add up."""

    eligible: int = 0
    registered: int = 0
    self_assessed: int = 0
    appraised: int = 0
    decided: int = 0
    recognised: int = 0
    not_recognised: int = 0
    outstanding: int = 0
    with_digital_skills: int = 0
    digitally_fluent: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Add each figure to its namesake."""
        return Figures(*map(add, _values(self), _values(other)))

    def __sub__(self, other: "Figures") -> "Figures":
        """Take each figure off its namesake."""
        return Figures(*map(sub, _values(self), _values(other)))

    @classmethod
    def total(cls, figures: Iterable["Figures"]) -> Self:
        """Add many figures up."""
        return cls(*map(sum, zip(*map(_values, figures), strict=True)))

    @classmethod
    def of(cls, tallies: Iterable[Tally]) -> Self:
        """Count the figures out of tallies."""
        counts = dict.fromkeys(FIGURES, 0)
        for tally in tallies:
            for name in _reached(tally.state, tally.outcome):
                counts[name] += getattr(tally, _COUNTED_BY.get(name, "people"))
        return cls(**counts)

    @property
    def undecided(self) -> int:
        """How many self-assessed people still wait for a decision."""
        return self.self_assessed - self.decided


FIGURES = tuple(field.name for field in fields(Figures))
"""The names of the figures, in their order."""

_values: Callable[[Figures], tuple[int, ...]] = attrgetter(*FIGURES)
_COUNTED_BY: Mapping[str, str] = {
    name: name for name in ("outstanding", "with_digital_skills", "digitally_fluent")
}
"""Figures of which a tally has a number of its own; of all others, it is everybody."""


@cache
def _reached(state: State, outcome: Outcome | None) -> tuple[str, ...]:
    """Return the figures in which somebody who stands here is counted."""
    if state in LEFT:
        return ()
    is_recognised = state in DECIDED_STATES and outcome is Outcome.RECOGNISED
    reached = {
        "eligible": True,
        "registered": state is not State.LISTED,
        "self_assessed": state in _SELF_ASSESSED_FROM,
        "appraised": state in _APPRAISED_FROM,
        "decided": state in DECIDED_STATES,
        "recognised": is_recognised,
        "not_recognised": state in DECIDED_STATES and not is_recognised,
        **dict.fromkeys(_COUNTED_BY, is_recognised),
    }
    return tuple(name for name, is_reached in reached.items() if is_reached)


def percent(part: int, whole: int) -> Fraction | None:
    """Return ``part`` as an exact percentage of ``whole``; None of nothing, which is not zero."""
    return Fraction(100 * part, whole) if whole else None
