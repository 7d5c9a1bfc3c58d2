"""Who belongs to several agencies, and at which one they are counted above them all.

The database finds the same with a function of its own; this is what its rows are proved against.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.dossiers import LEFT, Outcome, State
from app.domain.results import Tally
from tenants.schema import TenantKind


class CountedFirst(StrEnum):
    """Which of two agencies comes first where somebody takes part in both."""

    WORKPLACE = "workplace"
    HOME = "home"


FIRST_YEAR = 2020
"""The first assessment year that a province may have."""

Choices = Sequence[Mapping[str, Any]]
"""What a province has chosen, in order: ``from_year`` on, ``first`` comes first."""

FURTHEST = (
    State.APPEALED,
    State.PUBLISHED,
    State.DECIDED,
    State.PROPOSED,
    State.APPRAISED,
    State.IN_APPRAISAL,
    State.RETURNED,
    State.CONFIRMED,
    State.SUBMITTED,
    State.REGISTERED,
    State.LISTED,
)
"""The states of those who may be counted, the furthest first."""

Lines = Mapping[UUID, Sequence[UUID]]
"""Each agency's line: itself first, the province's last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one human being stands in one agency."""

    identity_id: UUID
    dossier_id: UUID
    agency: UUID
    kind: TenantKind
    group: int
    state: State
    outcome: Outcome | None
    is_outstanding: bool = False
    has_digital_skills: bool | None = None
    is_digitally_fluent: bool | None = None

    def precedence(self, first: CountedFirst) -> tuple[bool, bool, int, UUID]:
        """Who took part before who is only listed, then ``first``, then the further."""
        is_home = self.kind is TenantKind.COMMUNE
        is_second = is_home != (first is CountedFirst.HOME)
        is_listed = self.state is State.LISTED
        return (is_listed, is_second, FURTHEST.index(self.state), self.dossier_id)


class Place(NamedTuple):
    """People of an agency who stand here, and are counted at another above both."""

    agency: UUID
    kept_at: UUID
    counted_at: UUID
    group: int


def counted_first(choices: Choices, year: int) -> CountedFirst:
    """Return what comes first in a year: the workplace, assumed, where nothing was chosen."""
    chosen = [one["first"] for one in choices if one["from_year"] <= year]
    return CountedFirst(chosen[-1]) if chosen else CountedFirst.WORKPLACE


def choose_first(choices: Choices, first: CountedFirst, *, since: int) -> Choices:
    """Return what a province has chosen once ``first`` holds from ``since`` on.

    Earlier years are closed, and keep what they were counted by.
    """
    earlier = [one for one in choices if one["from_year"] < since]
    if earlier and earlier[-1]["first"] == first:
        return earlier
    return [*earlier, {"from_year": since, "first": first.value}]


def first_open_year(newest_closed: int | None) -> int:
    """Return the first year whose figures may still change."""
    return FIRST_YEAR if newest_closed is None else newest_closed + 1


def find_overlaps(
    standings: Iterable[Standing],
    lines: Lines,
    first: CountedFirst = CountedFirst.WORKPLACE,
) -> Mapping[Place, list[Tally]]:
    """Return who is not counted where they stand, from ``counted_at`` upwards; one tally each."""
    by_person: dict[UUID, list[Standing]] = defaultdict(list)
    for one in standings:
        if one.state not in LEFT:
            by_person[one.identity_id].append(one)
    found: dict[Place, list[Tally]] = defaultdict(list)
    for known in by_person.values():
        ordered = sorted(known, key=lambda one: one.precedence(first))
        for place, one in _overlaps_of(ordered, lines):
            found[place].append(_tally_of(one))
    return found


def _overlaps_of(ordered: Sequence[Standing], lines: Lines) -> Iterator[tuple[Place, Standing]]:
    for number, one in enumerate(ordered):
        for ancestor in lines[one.agency]:
            kept = next((each for each in ordered[:number] if ancestor in lines[each.agency]), None)
            if kept:
                yield Place(one.agency, kept.agency, ancestor, one.group), one
                break


def _tally_of(one: Standing) -> Tally:
    return Tally(
        state=one.state,
        outcome=one.outcome,
        people=1,
        outstanding=int(one.is_outstanding),
        with_digital_skills=int(bool(one.has_digital_skills)),
        digitally_fluent=int(bool(one.is_digitally_fluent)),
    )
