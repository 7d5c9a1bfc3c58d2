"""Counting from the dossiers while somebody waits, to hold the figures against it."""

from collections.abc import Sequence

from app.domain.audit import Act
from app.domain.comparisons import (
    Comparison,
    FigureDifference,
    differences_in,
    official_differences,
)
from app.domain.permissions import Actor, Permission
from app.persistence.queries.comparisons import agencies_waiting, compared
from app.persistence.queries.official_figures import official_of, sources_of
from app.persistence.tenancy import tenant_in_scope
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
    _record(year, differences, by=by)
    return differences


def compare_figures(year: int, *, by: Actor) -> Comparison:
    """Hold the figures of the agency in scope, and of all below it, against their dossiers.

    Repairs nothing itself: whatever differs is marked, so that a worker computes it again.
    """
    by.require(Permission.BOARD_READ)
    rows = compared(year)
    differences = differences_in(rows)
    agencies = sorted({row.place.agency_id for row in rows if row.place.agency_id})
    if agencies:
        mark_below(year, agencies)
    _record(year, differences, by=by)
    return Comparison(differences=differences, waiting=agencies_waiting(year))


def _record(year: int, differences: Sequence[FigureDifference], *, by: Actor) -> None:
    record_act(
        Act.FIGURES_COMPARED,
        by=by,
        object_kind="figures",
        year=year,
        differences=len(differences),
    )
