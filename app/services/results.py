"""Keeping the rolled-up figures true: recomputed from the source rows, never incremented.

The protocol: a change appends a mark in its own transaction; a job takes the marks and recomputes
under a lock; ancestors add up their children when they are read, and take off who is counted in
two of them. Doing it twice, late or after a crash gives the same figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, func, select, text, update

from app.domain.deadlines import start_of
from app.domain.tenants import TenantKey
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import RollupMark, UnitResult
from app.persistence.tenancy import tenant_in_scope, tenant_scope


# The days of which a pace is taken, with room for one that begins in the middle of a week.
_DAYS_COUNTED = 35

# The first keys of two advisory locks. The second of one's own is made from agency and year;
# whoever counts a whole province keeps all of them away with the other, that each of them shares.
_LOCK_FAMILY = 7
_PROVINCE_FAMILY = 13


@dataclass(frozen=True, slots=True)
class RollupKey:
    """What a job recomputes: one agency's figures of one year."""

    tenant: TenantKey
    year: int


class OvertakenError(Exception):
    """Newer figures than these have been written meanwhile: these may not replace them."""


def mark_out_of_date(year: int) -> None:
    """Say that the figures of the agency in scope must be recomputed."""
    db.session.add(RollupMark(year=year))


def mark_below(year: int, agencies: Sequence[UUID]) -> None:
    """Say that the figures of these must be recomputed: the agency in scope, or any below it."""
    db.session.execute(
        text("SELECT mark_below(CAST(:year AS smallint), :agencies)"),
        {"year": year, "agencies": list(agencies)},
    )


def note_try(year: int) -> int | None:
    """Note that counting begins, to be committed before it does; return the how-manieth try it is.

    None if nothing waits to be counted, or another is at it. A process that dies over its work can
    say nothing afterwards: what it noted before is how the next one knows. The mark goes with
    whoever counts it, and the tries with the mark.
    """
    key = RollupKey(tenant_in_scope(), year)
    if not _lock_if_free(key):
        return None
    oldest = (
        select(RollupMark.id)
        .where(RollupMark.tenant_id == key.tenant.tenant_id, RollupMark.year == year)
        .order_by(RollupMark.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return db.session.execute(
        update(RollupMark)
        .where(RollupMark.id == oldest)
        .values(tries=RollupMark.tries + 1)
        .returning(RollupMark.tries)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def recompute_result(year: int, *, is_forced: bool = False) -> bool:
    """Recompute the figures of the agency in scope, if marks ask for it or ``is_forced``.

    Returns whether anything was recomputed. Runs in the caller's transaction, at READ COMMITTED:
    each statement sees what was committed before it, and the lock makes recomputations of one
    agency follow each other. One that is not forced does not wait for another that is at it: it
    leaves the marks, and a worker that stands still holds up no other agency. Should the lock ever
    fail, the fence decides: ``OvertakenError`` leaves the newer figures as they are, and the marks
    to the next job.
    """
    key = RollupKey(tenant_in_scope(), year)
    if is_forced:
        _lock(key)
    elif not _lock_if_free(key):
        return False
    newest = _take_marks(year)
    if newest is None and not is_forced:
        return False
    _pass_fence(key, max(newest or 0, _fence_of(key)))
    db.session.execute(delete(UnitResult).where(UnitResult.year == year))
    db.session.execute(text(_COUNT), _parameters(key))
    since = _first_moment_counted()
    for statement in _FOLLOWING:
        db.session.execute(statement, {"year": year, "since": since})
    return True


# What the last days brought, and what looks beyond the agency: who is counted at another too, and
# what was signed for a year. Sums follow the rows by themselves, and are looked at in between
# should one have been changed alone.
_ADD_UP_AGAIN = text("SELECT add_up_again(CAST(:year AS smallint))")
_FOLLOWING = (
    text("SELECT recompute_days(CAST(:year AS smallint), :since, true)"),
    text("SELECT recompute_overlaps(CAST(:year AS smallint))"),
    _ADD_UP_AGAIN,
    text("SELECT recount_official(CAST(:year AS smallint))"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """In how many places the figures of one agency and year stood wrong."""

    tenant_id: UUID
    year: int
    places: int


def recompute_province(year: int | None = None) -> Sequence[Correction]:
    """Recompute all agencies of the province in scope from their dossiers, in one pass.

    Of one year or of all. The figures are those that each agency's own recomputation gives, and so
    are their sums; only what stood wrong is written. Locks every agency until the transaction ends.
    Returns what stood wrong, whether a mark had said so or not.
    """
    rows = db.session.execute(
        text("SELECT * FROM recompute_province(CAST(:year AS smallint), :since)"),
        {"year": year, "since": _first_moment_counted()},
    )
    corrections = []
    for tenant_id, year_of, places, is_sum in rows.all():
        corrections.append(Correction(tenant_id=tenant_id, year=year_of, places=places))
        if is_sum:
            with tenant_scope(TenantKey(tenant_in_scope().province_id, tenant_id)):
                db.session.execute(_ADD_UP_AGAIN, {"year": year_of})
    return corrections


def _first_moment_counted() -> datetime:
    """Return since when what each day brought is counted again; earlier days stay as they are."""
    return start_of(today() - timedelta(days=_DAYS_COUNTED))


def _lock(key: RollupKey) -> None:
    shared = func.pg_advisory_xact_lock_shared(_PROVINCE_FAMILY, key.tenant.province_id)
    db.session.execute(select(shared))
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK_FAMILY, _hash_of(key))))


def _lock_if_free(key: RollupKey) -> bool:
    shared = func.pg_try_advisory_xact_lock_shared(_PROVINCE_FAMILY, key.tenant.province_id)
    own = func.pg_try_advisory_xact_lock(_LOCK_FAMILY, _hash_of(key))
    return bool(db.session.execute(select(case((shared, own), else_=False))).scalar_one())


def _hash_of(key: RollupKey) -> ColumnElement[int]:
    return func.hashtext(f"{key.tenant.tenant_id}:{key.year}")


def _take_marks(year: int) -> int | None:
    taken = db.session.execute(
        delete(RollupMark)
        .where(RollupMark.year == year)
        .returning(RollupMark.id)
        .execution_options(synchronize_session=False)
    )
    return max(taken.scalars(), default=None)


def _fence_of(key: RollupKey) -> int:
    """Return the newest mark that the figures that stand there account for."""
    return db.session.execute(text(_FENCE), _parameters(key)).scalar_one_or_none() or 0


def _pass_fence(key: RollupKey, fence: int) -> None:
    """Keep the row of the fence until the end of the transaction, unless it is ahead already."""
    passed = db.session.execute(text(_ADVANCE), {**_parameters(key), "fence": fence})
    if passed.one_or_none() is None:
        raise OvertakenError(f"agency {key.tenant.tenant_id}, year {key.year}, mark {fence}")


def _parameters(key: RollupKey) -> dict[str, object]:
    return {"province": key.tenant.province_id, "tenant": key.tenant.tenant_id, "year": key.year}


_FENCE = """
    SELECT fence FROM result_status
    WHERE province_id = :province AND tenant_id = :tenant AND year = :year
"""
_ADVANCE = """
    INSERT INTO result_status (province_id, tenant_id, year, computed_at, fence)
    VALUES (:province, :tenant, :year, clock_timestamp(), :fence)
    ON CONFLICT (province_id, tenant_id, year) DO UPDATE SET fence = excluded.fence
    WHERE result_status.fence <= excluded.fence
    RETURNING fence
"""

# An agency has completed its year when everybody who submitted has a published decision; the
# moment is that of the last publication. One statement: the dossiers are read once.
_COUNT = """
    WITH counted AS MATERIALIZED (
        SELECT unit_id, group_number, state, coalesce(outcome, '') AS outcome,
            count(*) AS people, count(*) FILTER (WHERE is_outstanding) AS outstanding,
            count(*) FILTER (WHERE has_digital_skills) AS with_digital_skills,
            count(*) FILTER (WHERE is_digitally_fluent) AS digitally_fluent,
            max(decided_at) AS decided_at, max(published_at) AS published_at
        FROM dossier
        WHERE province_id = :province AND tenant_id = :tenant AND year = :year
        GROUP BY unit_id, group_number, state, coalesce(outcome, '')
    ), written AS (
        INSERT INTO unit_result (
            province_id, tenant_id, year, unit_id, group_number, state, outcome,
            people, outstanding, with_digital_skills, digitally_fluent
        )
        SELECT :province, :tenant, :year, unit_id, group_number, state, outcome,
            people, outstanding, with_digital_skills, digitally_fluent
        FROM counted
    )
    UPDATE result_status SET
        computed_at = clock_timestamp(),
        last_decided_at = whole.decided_at,
        completed_at = CASE
            WHEN whole.open IS NULL AND whole.closed > 0 THEN whole.published_at
        END
    FROM (
        SELECT max(decided_at) AS decided_at, max(published_at) AS published_at,
            sum(people) FILTER (WHERE state NOT IN (
                'listed', 'registered', 'published', 'appealed', 'withdrawn', 'transferred'
            )) AS open,
            sum(people) FILTER (WHERE state IN ('published', 'appealed')) AS closed
        FROM counted
    ) AS whole
    WHERE result_status.province_id = :province AND result_status.tenant_id = :tenant
    AND result_status.year = :year
"""
