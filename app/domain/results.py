"""Rolled-up figures: what is counted, and of what a percentage is a share.

Each figure counts people who got at least that far. People who withdrew or were transferred
count nowhere in this agency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
        return Figures(
            **{
                field.name: getattr(self, field.name) + getattr(other, field.name)
                for field in fields(self)
            }
        )

    def __sub__(self, other: "Figures") -> "Figures":
        """Take each figure off its namesake."""
        return Figures(
            **{
                field.name: getattr(self, field.name) - getattr(other, field.name)
                for field in fields(self)
            }
        )

    @classmethod
    def of(cls, tallies: Iterable[Tally]) -> Self:
        """Count the figures out of tallies."""
        counts = dict.fromkeys((field.name for field in fields(cls)), 0)
        for tally in tallies:
            for name, people in _contributions(tally).items():
                counts[name] += people
        return cls(**counts)

    @property
    def undecided(self) -> int:
        """How many self-assessed people still wait for a decision."""
        return self.self_assessed - self.decided


def _contributions(tally: Tally) -> Mapping[str, int]:
    if tally.state in LEFT:
        return {}
    is_recognised = tally.state in DECIDED_STATES and tally.outcome is Outcome.RECOGNISED
    reached = {
        "eligible": True,
        "registered": tally.state is not State.LISTED,
        "self_assessed": tally.state in _SELF_ASSESSED_FROM,
        "appraised": tally.state in _APPRAISED_FROM,
        "decided": tally.state in DECIDED_STATES,
        "recognised": is_recognised,
        "not_recognised": tally.state in DECIDED_STATES and not is_recognised,
    }
    counts = {name: tally.people for name, is_reached in reached.items() if is_reached}
    if is_recognised:
        counts["outstanding"] = tally.outstanding
        counts["with_digital_skills"] = tally.with_digital_skills
        counts["digitally_fluent"] = tally.digitally_fluent
    return counts


def percent(part: int, whole: int) -> Fraction | None:
    """Return ``part`` as an exact percentage of ``whole``; None of nothing, which is not zero."""
    return Fraction(100 * part, whole) if whole else None
