"""Who belongs to several agencies, and at which one they are counted above them all.

The database finds the same with a function of its own; this is what its rows are proved against.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from app.domain.dossiers import LEFT, Outcome, State
from app.domain.results import Tally
from tenants.schema import TenantKind


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
    has_digital_skills: bool = False
    is_digitally_fluent: bool = False

    @property
    def precedence(self) -> tuple[bool, bool, int, UUID]:
        """Who took part before who is only listed, workplace before residence, then the further."""
        is_residence = self.kind is TenantKind.COMMUNE
        is_listed = self.state is State.LISTED
        return (is_listed, is_residence, FURTHEST.index(self.state), self.dossier_id)


class Place(NamedTuple):
    """People of an agency who stand here, and are counted at another above both."""

    agency: UUID
    kept_at: UUID
    counted_at: UUID
    group: int


def find_overlaps(standings: Iterable[Standing], lines: Lines) -> Mapping[Place, list[Tally]]:
    """Return who is not counted where they stand, from ``counted_at`` upwards; one tally each."""
    by_person: dict[UUID, list[Standing]] = defaultdict(list)
    for one in standings:
        if one.state not in LEFT:
            by_person[one.identity_id].append(one)
    found: dict[Place, list[Tally]] = defaultdict(list)
    for known in by_person.values():
        for place, one in _overlaps_of(sorted(known, key=lambda each: each.precedence), lines):
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
        with_digital_skills=int(one.has_digital_skills),
        digitally_fluent=int(one.is_digitally_fluent),
    )
