"""Taking one year's roster over into the next: first who would be, then the copying itself."""

from dataclasses import dataclass

from app.domain.audit import Act
from app.domain.permissions import Actor, Permission
from app.domain.roster import NotCopied, why_not_copied
from app.persistence.queries.cycles import require_open_cycle
from app.persistence.queries.roster import Listed, people_listed
from app.persistence.queries.rules import groups_in_effect
from app.services.listing import list_crowd, lock_roster
from app.services.record import record_act


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """Who would be taken over, and who would not and why."""

    taken: tuple[Listed, ...]
    left: tuple[tuple[Listed, NotCopied], ...]


def plan_copy(from_year: int, to_year: int) -> CopyPlan:
    """Return who of one year's roster would be listed for another."""
    groups = groups_in_effect(to_year)
    taken: list[Listed] = []
    left: list[tuple[Listed, NotCopied]] = []
    for one in people_listed(from_year, listed_in=to_year):
        reason = why_not_copied(
            one.state,
            is_listed=one.is_listed,
            is_active=one.person.is_active,
            is_unit_open=one.unit.is_active,
            has_criteria=one.person.group_number in groups,
        )
        if reason is None:
            taken.append(one)
        else:
            left.append((one, reason))
    return CopyPlan(tuple(taken), tuple(left))


def copy_roster(from_year: int, to_year: int, *, by: Actor) -> int:
    """List for ``to_year`` whoever can be of the roster of ``from_year``; return how many."""
    by.require(Permission.ROSTER_EDIT)
    require_open_cycle(to_year)
    lock_roster()
    plan = plan_copy(from_year, to_year)
    if not plan.taken:
        return 0
    list_crowd([one.person for one in plan.taken], year=to_year)
    record_act(
        Act.ROSTER_COPIED,
        by=by,
        object_kind="roster",
        from_year=from_year,
        year=to_year,
        people=len(plan.taken),
    )
    return len(plan.taken)
