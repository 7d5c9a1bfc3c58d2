"""Counting anew while somebody waits, to hold the figures that are shown against it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from app.domain.alarms import AlarmKind
from app.domain.audit import Act
from app.domain.comparisons import (
    Against,
    Apart,
    Compared,
    Comparison,
    FigureDifference,
    differences_between,
    differences_in,
    official_differences,
)
from app.domain.permissions import Actor, Permission
from app.domain.tenants import TenantKey
from app.persistence.queries.comparisons import (
    agencies_waiting,
    compared,
    officials_apart,
    sums_apart,
)
from app.persistence.queries.official_figures import official_of, sources_of
from app.persistence.queries.overlaps import overlap_differences
from app.persistence.queries.periodic import alarms_in_hand
from app.persistence.queries.tenants import tenants_below
from app.persistence.tenancy import tenant_in_scope, tenant_scope
from app.services.alarms import raise_alarm, tell_agencies
from app.services.record import record_act
from app.services.report_reviews import recount_official
from app.services.results import mark_below


def compare_official(year: int, *, by: Actor) -> tuple[FigureDifference, ...]:
    """Count the official figures of the agency in scope again, from the versions that count.

    What differed is then as it was counted now.
    """
    by.require(Permission.BOARD_READ)
    key = tenant_in_scope()
    names = {one.agency_id: one.name for one in sources_of(key, year)}
    before = official_of(key, year)
    recount_official(year)
    differences = official_differences(before.parts, official_of(key, year).parts, names)
    if differences:
        raise_alarm(AlarmKind.OFFICIAL_REPAIRED, len(differences), year=year)
    _record(year, differences, by=by)
    return differences


def compare_figures(year: int, *, by: Actor, doubted: UUID | None = None) -> Comparison:
    """Hold the figures of the agency in scope, and of all below it, against what they are made of.

    The rows against their dossiers, the sums against the rows, the official figures against the
    versions that count. Repairs nothing itself: whatever differs is marked, so that a worker
    computes it again, and the alarm is raised at the agency whose figures they are, which those
    above it see. ``doubted`` is an agency, this one or one below, of which a figure was seen not
    to add up to what it is made of: so is it with that one, should nothing else be found there.
    """
    by.require(Permission.BOARD_READ)
    waiting = agencies_waiting(year)
    rows, apart = compared(year), (*sums_apart(year), *officials_apart(year))
    differences = (*differences_in(rows), *differences_between(apart))
    wrong = _wrong_places(rows, apart)
    is_unexplained = doubted is not None and all(agency != doubted for agency, _ in wrong)
    if doubted is not None and is_unexplained:
        wrong[doubted, AlarmKind.FIGURES_REPAIRED] = 1
    _have_computed_again(year, wrong, _overlaps_apart(year, rows))
    _record(year, differences, by=by)
    return Comparison(differences=differences, waiting=waiting, is_unexplained=is_unexplained)


Wrong: TypeAlias = Counter[tuple[UUID, AlarmKind]]
"""In how many places an agency's figures are wrong."""

_ALARMS = {
    Against.DOSSIERS: AlarmKind.FIGURES_REPAIRED,
    Against.OVERLAPS: AlarmKind.OVERLAPS_REPAIRED,
    Against.UNITS: AlarmKind.FIGURES_REPAIRED,
    Against.VERSIONS: AlarmKind.OFFICIAL_REPAIRED,
}


def _wrong_places(rows: Iterable[Compared], apart: Iterable[Apart]) -> Wrong:
    found = [(row.place.agency_id, Against.DOSSIERS) for row in rows]
    found += [(row.place.agency_id, row.against) for row in apart]
    return Counter((agency, _ALARMS[against]) for agency, against in found if agency)


Meeting: TypeAlias = Mapping[UUID, Mapping[UUID, int]]
"""In how many places an agency's people are not counted once, by where it meets the other."""


def _overlaps_apart(year: int, rows: Iterable[Compared]) -> Meeting:
    """Find whose people those are who are not counted once: the rows say how many there are."""
    places = sum(1 for row in rows if row.place.agency_id is None)
    if not places:
        return {}
    own = tenant_in_scope()
    line = [own, *(one.key for one in tenants_below(own))]
    found = {key.tenant_id: _met_wrongly(year, key, line) for key in line}
    return {agency: met for agency, met in found.items() if met} or {
        own.tenant_id: {own.tenant_id: places}
    }


def _met_wrongly(year: int, key: TenantKey, line: Sequence[TenantKey]) -> Mapping[UUID, int]:
    with tenant_scope(key):
        found = overlap_differences(year)
    return {above.tenant_id: found[above] for above in line if above in found}


def _have_computed_again(year: int, wrong: Wrong, meeting: Meeting) -> None:
    """Mark what is wrong and say so, once until a worker has computed it again.

    Neither of two agencies that share people is told of the other: where both meet is.
    """
    for met in meeting.values():
        for above, places in met.items():
            wrong[above, AlarmKind.OVERLAPS_REPAIRED] += places
    in_hand = alarms_in_hand(year)
    told = {place: number for place, number in wrong.items() if place not in in_hand}
    if told:
        mark_below(year, sorted({agency for agency, _ in told} | meeting.keys()))
        tell_agencies(year, told)


def _record(year: int, differences: Sequence[FigureDifference], *, by: Actor) -> None:
    record_act(
        Act.FIGURES_COMPARED,
        by=by,
        object_kind="figures",
        year=year,
        differences=len(differences),
    )
