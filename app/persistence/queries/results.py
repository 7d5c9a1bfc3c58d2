"""Questions about rolled-up figures, and about which of them are out of date."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, text

from app.domain.dossiers import Outcome, State
from app.domain.results import Figures, Tally
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Dossier, UnitResult


def overdue_rollups(patience: timedelta) -> Sequence[tuple[TenantKey, int, datetime]]:
    """Return every agency and year whose oldest mark is older than ``patience``, oldest first."""
    rows = db.session.execute(
        text("SELECT province_id, tenant_id, year, oldest FROM overdue_rollups(:patience)"),
        {"patience": patience},
    )
    return [(TenantKey(province, tenant), year, oldest) for province, tenant, year, oldest in rows]


def figures_of(key: TenantKey, year: int) -> Figures:
    """Return the rolled-up figures of one agency, this one or one below it."""
    rows = db.session.execute(
        select(
            UnitResult.state,
            UnitResult.outcome,
            func.sum(UnitResult.people),
            func.sum(UnitResult.outstanding),
            func.sum(UnitResult.with_digital_skills),
            func.sum(UnitResult.digitally_fluent),
        )
        .where(UnitResult.tenant_id == key.tenant_id, UnitResult.year == year)
        .group_by(UnitResult.state, UnitResult.outcome)
    )
    return Figures.of(_tally(row) for row in rows)


def figures_counted_directly(year: int) -> Figures:
    """Count the figures of the agency in scope from its dossiers, past the rolled-up rows."""
    rows = db.session.execute(
        select(
            Dossier.state,
            func.coalesce(Dossier.outcome, ""),
            func.count(),
            func.count().filter(Dossier.is_outstanding),
            func.count().filter(Dossier.has_digital_skills),
            func.count().filter(Dossier.is_digitally_fluent),
        )
        .where(Dossier.year == year)
        .group_by(Dossier.state, Dossier.outcome)
    )
    return Figures.of(_tally(row) for row in rows)


def _tally(row: Row[Any]) -> Tally:
    state, outcome, people, outstanding, skilled, fluent = row
    return Tally(
        state=State(state),
        outcome=Outcome(outcome) if outcome else None,
        people=int(people),
        outstanding=int(outstanding),
        with_digital_skills=int(skilled),
        digitally_fluent=int(fluent),
    )
