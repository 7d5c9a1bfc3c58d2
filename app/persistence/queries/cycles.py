"""Questions about assessment years of the agency in scope."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, bindparam, func, select

from app.domain.refusals import RefusedError, Rule
from app.persistence.database import db
from app.persistence.models import Cycle
from app.persistence.tenancy import tenant_in_scope


def newest_year() -> int | None:
    """Return the newest year that the agency has opened and not closed."""
    return db.session.scalar(_newest_open(), {"agency": tenant_in_scope().tenant_id})


@cache
def _newest_open() -> Select[int]:
    return select(func.max(Cycle.year)).where(
        Cycle.tenant_id == bindparam("agency"), Cycle.closed_at.is_(None)
    )


def newest_closed_year() -> int | None:
    """Return the newest year that the agency has closed."""
    return db.session.scalar(
        select(func.max(Cycle.year)).where(
            Cycle.tenant_id == tenant_in_scope().tenant_id, Cycle.closed_at.is_not(None)
        )
    )


def years_opened() -> Sequence[int]:
    """Return every year that the agency has opened, newest first."""
    return db.session.scalars(
        select(Cycle.year)
        .where(Cycle.tenant_id == tenant_in_scope().tenant_id)
        .order_by(Cycle.year.desc())
    ).all()


def find_cycle(year: int) -> Cycle | None:
    """Return the agency's own assessment year."""
    values = {"agency": tenant_in_scope().tenant_id, "year": year}
    return db.session.scalars(_cycle_of_a_year(), values).one_or_none()


@cache
def _cycle_of_a_year() -> Select[Cycle]:
    return select(Cycle).where(
        Cycle.tenant_id == bindparam("agency"), Cycle.year == bindparam("year")
    )


def require_open_cycle(year: int) -> Cycle:
    """Return the year's cycle; raise ``RefusedError`` when it was not opened, or is closed."""
    cycle = find_cycle(year)
    if cycle is None or cycle.closed_at is not None:
        raise RefusedError(Rule.CYCLE_NOT_OPEN, year=year)
    return cycle
