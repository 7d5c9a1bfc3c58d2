"""Counting anew while somebody waits, to hold the figures that are shown against it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from app.domain.alarms import AlarmKind
from app.domain.audit import Act
from app.domain.comparisons import (
    Against,
    Comparison,
    FigureDifference,
    differences_between,
    differences_in,
    official_differences,
)
from app.domain.permissions import Actor, Permission
from app.persistence.queries.comparisons import (
    agencies_waiting,
    compared,
    officials_apart,
    sums_apart,
)
from app.persistence.queries.official_figures import official_of, sources_of
from app.persistence.tenancy import tenant_in_scope
from app.services.alarms import raise_alarm
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
    _raise_alarms(year, (Against.VERSIONS for _ in differences))
    _record(year, differences, by=by)
    return differences


def compare_figures(year: int, *, by: Actor) -> Comparison:
    """Hold the figures of the agency in scope, and of all below it, against what they are made of.

    The rows against their dossiers, the sums against the rows, the official figures against the
    versions that count. Repairs nothing itself: whatever differs is marked, so that a worker
    computes it again, and the alarm is raised.
    """
    by.require(Permission.BOARD_READ)
    waiting = agencies_waiting(year)
    rows, apart = compared(year), (*sums_apart(year), *officials_apart(year))
    differences = (*differences_in(rows), *differences_between(apart))
    places = [row.place.agency_id for row in rows] + [row.place.agency_id for row in apart]
    agencies = sorted({agency for agency in places if agency})
    if agencies:
        mark_below(year, agencies)
    # Who is counted in two agencies is not marked: the night repairs that, and tells of it.
    marked = [Against.DOSSIERS for row in rows if row.place.agency_id]
    _raise_alarms(year, (*marked, *(row.against for row in apart)))
    _record(year, differences, by=by)
    return Comparison(differences=differences, waiting=waiting)


_ALARMS = {
    Against.DOSSIERS: AlarmKind.FIGURES_REPAIRED,
    Against.OVERLAPS: AlarmKind.OVERLAPS_REPAIRED,
    Against.UNITS: AlarmKind.FIGURES_REPAIRED,
    Against.VERSIONS: AlarmKind.OFFICIAL_REPAIRED,
}


def _raise_alarms(year: int, apart: Iterable[Against]) -> None:
    """Say at the agency in scope in how many places something is computed again."""
    for kind, found in Counter(_ALARMS[against] for against in apart).items():
        raise_alarm(kind, found, year=year)


def _record(year: int, differences: Sequence[FigureDifference], *, by: Actor) -> None:
    record_act(
        Act.FIGURES_COMPARED,
        by=by,
        object_kind="figures",
        year=year,
        differences=len(differences),
    )
