"""Who holds a role in an agency: from when to when, and what roles sit badly together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule


TEAM = frozenset({Role.APPRAISER, Role.CHAIR, Role.SECRETARY})
"""Roles that score or agree dossiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role of one account in one agency, with its dates; both days belong to it."""

    membership_id: UUID
    role: Role
    since: date
    until: date | None
    unit_id: UUID | None = None
    unit: str | None = None

    def is_held_on(self, day: date) -> bool:
        """Tell whether the role is held on a day."""
        return self.since <= day and (self.until is None or self.until >= day)

    def has_ended_before(self, day: date) -> bool:
        """Tell whether the role is over."""
        return self.until is not None and self.until < day


def is_judge_in_two_places(roles: Collection[Role]) -> bool:
    """Tell whether one human being both appraises and heads.

    It is allowed, for small agencies have few people; but they decide on no dossier that they
    appraised, and somebody else has to sign for those.
    """
    return Role.HEAD in roles and bool(TEAM & set(roles))


def require_dates_in_order(since: date, until: date | None) -> None:
    """Raise ``RefusedError`` when a role would end before it begins."""
    if until is not None and until < since:
        raise RefusedError(Rule.ROLE_DATES_OUT_OF_ORDER, since=since, until=until)


def require_unit_of_head(role: Role, unit_id: UUID | None) -> None:
    """Raise ``RefusedError`` unless heads of unit, and they alone, come with a unit."""
    if (role is Role.UNIT_HEAD) is not (unit_id is not None):
        raise RefusedError(Rule.ROLE_NEEDS_UNIT)


def earliest_last_day(today: date) -> date:
    """Return the earliest last day of a role that ends now: what was, stays as it was."""
    return today - timedelta(days=1)
