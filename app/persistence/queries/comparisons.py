"""Holds the figures of an agency and of all below it against what they are made of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause, func, select, text

from app.domain.comparisons import Against, Apart, Compared, ComparedPlace
from app.domain.dossiers import Outcome, State
from app.domain.results import Figures, Tally
from app.persistence.database import db
from app.persistence.models import RollupMark


def compared(year: int) -> Sequence[Compared]:
    """Return every place where the figures and the dossiers disagree, here and below."""
    rows = db.session.execute(
        text("SELECT * FROM compare_figures(CAST(:year AS smallint))"), {"year": year}
    )
    return [
        Compared(
            place=ComparedPlace(row.agency_id, row.agency or "", row.unit or ""),
            shown=_tally(row, row.shown),
            found=_tally(row, row.counted),
        )
        for row in rows
    ]


def _tally(row: Any, people: Sequence[int]) -> Tally:
    return Tally(
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        people=people[0],
        outstanding=people[1],
        with_digital_skills=people[2],
        digitally_fluent=people[3],
    )


def sums_apart(year: int, *, is_alone: bool = False) -> Sequence[Apart]:
    """Return each sum, here and perhaps below, that is not what it adds up."""
    return [
        Apart(
            place=ComparedPlace(row.agency_id, row.agency),
            against=Against.OVERLAPS if row.is_overlap else Against.UNITS,
            shown=Figures(*row.shown),
            found=Figures(*row.counted),
        )
        for row in _apart(_SUMS, year, is_alone=is_alone)
    ]


def officials_apart(year: int, *, is_alone: bool = False) -> Sequence[Apart]:
    """Return each part of official figures, here and perhaps below, that no version says."""
    return [
        Apart(
            place=ComparedPlace(row.agency_id, row.agency),
            against=Against.VERSIONS,
            shown=_official(row, row.shown),
            found=_official(row, row.counted),
        )
        for row in _apart(_OFFICIALS, year, is_alone=is_alone)
    ]


_SUMS = text("SELECT * FROM sums_apart(CAST(:year AS smallint), :is_alone)")
_OFFICIALS = text("SELECT * FROM officials_apart(CAST(:year AS smallint), :is_alone)")


def _apart(asked: TextClause, year: int, *, is_alone: bool) -> Sequence[Any]:
    return db.session.execute(asked, {"year": year, "is_alone": is_alone}).all()


def _official(row: Any, people: Sequence[int]) -> Figures:
    """Count who is found in two versions as taken off."""
    figures = Figures.of([_tally(row, people)])
    return Figures() - figures if row.is_overlap else figures


def agencies_waiting(year: int) -> int:
    """Return in how many agencies, here and below, changes wait to be counted."""
    return db.session.execute(
        select(func.count(RollupMark.tenant_id.distinct())).where(RollupMark.year == year)
    ).scalar_one()
