"""What is done every night: figures held against dossiers, chains followed, the old forgotten.

Any number of tickers may run: of each slot one of them is the runner.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from app.domain.alarms import AlarmKind
from app.domain.periodic import Periodic
from app.domain.tenants import TenantKey
from app.persistence.queries.audit_chain import agencies_on_record
from app.persistence.queries.results import years_with_figures
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.alarms import raise_alarm
from app.services.audit_chain import Progress, verify_chain
from app.services.exports import forget_old_exports
from app.services.outbox import forget_done
from app.services.periodic import Slot, claim, forget_old_runs, say_alive, settle
from app.services.reconciliation import find_differences, repair, tell_of_overlaps
from app.services.report_reviews import lapse_review, reviews_left_lying
from app.services.roster_uploads import forget_old_uploads
from app.services.sessions import forget_long_over


log = logging.getLogger(__name__)

_LINES_KEPT_FOR = timedelta(days=30)
_RUNS_KEPT_FOR = timedelta(days=400)


class OvertakenRunError(Exception):
    """The run was taken for dead, and another goes on with its slot."""


def tick() -> int:
    """Run what is due and nobody else runs; return how many slots that were."""
    done = 0
    for name in Periodic:
        with unit_of_work():
            slot = claim(name)
        if slot is not None:
            _run(slot)
            done += 1
    return done


def _run(slot: Slot) -> None:
    try:
        found = _TASKS[slot.name](slot)
    except OvertakenRunError:
        log.warning("%s of %s is run by another", slot.name.value, slot.at)
    except Exception as error:
        log.exception("%s of %s failed at try %s", slot.name.value, slot.at, slot.attempts)
        with unit_of_work():
            settle(slot, error=type(error).__name__)
    else:
        with unit_of_work():
            settle(slot, found=found)


def _through_agencies(slot: Slot, look_at: Callable[[str], int]) -> int:
    """Look at each agency in its scope, and say each time that the run goes on; add up.

    One that cannot be looked at keeps the others from nothing: the run has failed in the end.
    """
    total, errors = 0, []
    for slug, key in _from_behind(slot.stood_at):
        with unit_of_work():
            if not say_alive(slot, key.tenant_id):
                raise OvertakenRunError
        try:
            with tenant_scope(key):
                total += look_at(slug)
        except Exception as error:
            log.exception("%s failed at %s", slot.name.value, slug)
            errors.append(error)
    if errors:
        raise errors[0]
    return total


def _from_behind(stood_at: UUID | None) -> Sequence[tuple[str, TenantKey]]:
    """Return all agencies, beginning behind the one at which the try before ended.

    That one comes last: should looking at it end every process, all others have been looked at.
    """
    with unit_of_work():
        agencies = agencies_on_record()
    ends = (place for place, (_, key) in enumerate(agencies, 1) if key.tenant_id == stood_at)
    first = next(ends, 0)
    return [*agencies[first:], *agencies[:first]]


def reconcile(slug: str) -> int:
    """Repair every figure of the agency in scope that is not what its dossiers say."""
    with unit_of_work():
        years = years_with_figures()
    return sum(_reconcile_year(slug, year) for year in years)


def _reconcile_year(slug: str, year: int) -> int:
    found = find_differences(year)
    if found.places:
        log.error("figures of %s, %s, differed in %s places", slug, year, found.places)
        # Said before it is done: what is repaired and not said would never be found again.
        for above, places in found.overlaps.items():
            with tenant_scope(above), unit_of_work():
                tell_of_overlaps(year, places)
        with unit_of_work():
            repair(year, found)
    return found.places


def verify_record(slug: str) -> int:
    """Follow the record of the agency in scope; return in how many places it was touched."""
    found = sum(1 for _ in verify_chain(Progress()))
    if found:
        log.error("the record of %s was touched in %s places", slug, found)
        with unit_of_work():
            raise_alarm(AlarmKind.CHAIN_BROKEN, found)
    return found


def release_reviews(_slug: str) -> int:
    """End what the agency in scope left under review for too long. Nothing of it is a fault."""
    with unit_of_work():
        left = reviews_left_lying()
    for slug, year in left:
        with unit_of_work():
            lapse_review(slug, year)
    return 0


def forget_old(_slug: str) -> int:
    """Forget what the agency in scope keeps for a time only. Nothing of it is a fault."""
    with unit_of_work():
        forget_old_exports()
        forget_old_uploads()
        forget_done(_LINES_KEPT_FOR)
    return 0


def _purge(slot: Slot) -> int:
    found = _through_agencies(slot, forget_old)
    with unit_of_work():
        forget_long_over()
        forget_old_runs(_RUNS_KEPT_FOR)
    return found


_TASKS: Mapping[Periodic, Callable[[Slot], int]] = {
    Periodic.PURGE: _purge,
    Periodic.RECONCILE: lambda slot: _through_agencies(slot, reconcile),
    Periodic.RELEASE_REVIEWS: lambda slot: _through_agencies(slot, release_reviews),
    Periodic.VERIFY_CHAINS: lambda slot: _through_agencies(slot, verify_record),
}
