"""Counting from the dossiers while somebody waits, to hold the figures against it."""

from sqlalchemy import text

from app.domain.audit import Act
from app.domain.comparisons import Comparison, differences_in
from app.domain.permissions import Actor, Permission
from app.persistence.database import db
from app.persistence.queries.comparisons import agencies_waiting, compared
from app.services.record import record_act


def compare_figures(year: int, *, by: Actor) -> Comparison:
    """Hold the figures of the agency in scope, and of all below it, against their dossiers.

    Repairs nothing itself: whatever differs is marked, so that a worker computes it again.
    """
    by.require(Permission.BOARD_READ)
    rows = compared(year)
    differences = differences_in(rows)
    agencies = sorted({row.place.agency_id for row in rows if row.place.agency_id})
    if agencies:
        db.session.execute(
            text("SELECT mark_below(CAST(:year AS smallint), :agencies)"),
            {"year": year, "agencies": agencies},
        )
    record_act(
        Act.FIGURES_COMPARED,
        by=by,
        object_kind="figures",
        year=year,
        differences=len(differences),
    )
    return Comparison(differences=differences, waiting=agencies_waiting(year))
