"""Holds the figures of an agency and of all below it against their dossiers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text

from app.domain.comparisons import Compared, ComparedPlace
from app.domain.dossiers import Outcome, State
from app.domain.results import Tally
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


def agencies_waiting(year: int) -> int:
    """Return in how many agencies, here and below, changes wait to be counted."""
    return db.session.execute(
        select(func.count(RollupMark.tenant_id.distinct())).where(RollupMark.year == year)
    ).scalar_one()
