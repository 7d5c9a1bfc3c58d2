"""Where figures and the dossiers behind them disagree: which unit, which figure, by how many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.domain.explanations import Counted
from app.domain.results import Figures, Tally


@dataclass(frozen=True, slots=True)
class ComparedPlace:
    """A unit of an agency; without an agency, those who are counted in two of them."""

    agency_id: UUID | None = None
    agency: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many people stand at one place by the figures, and by the dossiers."""

    place: ComparedPlace
    shown: Tally
    found: Tally


class Against(StrEnum):
    """What a figure is held against."""

    DOSSIERS = "dossiers"
    OVERLAPS = "overlaps"
    UNITS = "units"
    VERSIONS = "versions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What an agency shows, and what it should: a sum of its units or overlaps, or officially."""

    place: ComparedPlace
    against: Against
    shown: Figures
    found: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureDifference:
    """One figure of one place that is not what it is held against says."""

    place: ComparedPlace
    counted: Counted
    shown: int
    found: int
    against: Against = Against.DOSSIERS


class OfficialPlace(Protocol):
    """What one agency brings to official figures, or takes off: its own place among them."""

    @property
    def agency_id(self) -> UUID:
        """Whose people they are."""

    @property
    def kept_at(self) -> UUID:
        """Where they count."""

    @property
    def is_overlap(self) -> bool:
        """Whether they are taken off."""

    @property
    def figures(self) -> Figures:
        """How many they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a comparison found, and how many agencies it left out because changes wait there.

    ``is_unexplained``: a figure was seen not to add up, and nothing that was found says why.
    """

    differences: tuple[FigureDifference, ...]
    waiting: int
    is_unexplained: bool = False


def differences_in(rows: Iterable[Compared]) -> tuple[FigureDifference, ...]:
    """Return each figure that differs, place by place."""
    shown: dict[ComparedPlace, Figures] = {}
    found: dict[ComparedPlace, Figures] = {}
    for row in rows:
        for side, tally in ((shown, row.shown), (found, row.found)):
            side[row.place] = side.get(row.place, Figures()) + Figures.of([tally])
    return tuple(
        FigureDifference(
            place=place,
            counted=counted,
            shown=counted.of(shown[place]),
            found=counted.of(found[place]),
        )
        for place in shown
        for counted in Counted
        if counted.of(shown[place]) != counted.of(found[place])
    )


def differences_between(rows: Iterable[Apart]) -> tuple[FigureDifference, ...]:
    """Return each figure of an agency as a whole that differs, by what it is held against."""
    sides: dict[tuple[ComparedPlace, Against], tuple[Figures, Figures]] = {}
    for row in rows:
        shown, found = sides.get((row.place, row.against), (Figures(), Figures()))
        sides[row.place, row.against] = (shown + row.shown, found + row.found)
    return tuple(
        FigureDifference(
            place=place,
            counted=counted,
            shown=counted.of(shown),
            found=counted.of(found),
            against=against,
        )
        for (place, against), (shown, found) in sides.items()
        for counted in Counted
        if counted.of(shown) != counted.of(found)
    )


def official_differences(
    shown: Iterable[OfficialPlace], found: Iterable[OfficialPlace], names: Mapping[UUID, str]
) -> tuple[FigureDifference, ...]:
    """Return each official figure that differs, part by part; ``names`` are those below."""
    before, after = (
        {(one.agency_id, one.kept_at, one.is_overlap): one.figures for one in parts}
        for parts in (shown, found)
    )
    nobody = Figures()
    return tuple(
        FigureDifference(
            place=ComparedPlace(place[0], names.get(place[0], "")),
            counted=counted,
            shown=counted.of(before.get(place, nobody)),
            found=counted.of(after.get(place, nobody)),
        )
        for place in (*before, *(one for one in after if one not in before))
        for counted in Counted
        if counted.of(before.get(place, nobody)) != counted.of(after.get(place, nobody))
    )
