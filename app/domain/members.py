"""Who holds a role in an agency: from when to when, and what roles sit badly together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.vietnamese import clean


TEAM = frozenset({Role.APPRAISER, Role.CHAIR, Role.SECRETARY})
"""Roles that score or agree dossiers."""

JUDGES = TEAM | {Role.HEAD, Role.SUPERIOR}
"""Roles that nobody may give himself."""


class Capacity(StrEnum):
    """In what right somebody decides (Nghị định 30/2020/NĐ-CP, Điều 13); empty for the head."""

    HEAD = ""
    DEPUTY = "KT."
    BY_ORDER = "TL."
    BY_AUTHORISATION = "TUQ."


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role of one account in one agency, with its dates; both days belong to it."""

    membership_id: UUID
    role: Role
    since: date
    until: date | None
    unit_id: UUID | None = None
    unit: str | None = None
    capacity: Capacity = Capacity.HEAD
    authorised_by: str = ""
    lent_by: str | None = None

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


def require_delegation_in_order(
    role: Role, capacity: Capacity, authorised_by: str, until: date | None
) -> None:
    """Raise ``RefusedError`` when the right to decide for the head lacks what it rests on.

    Signing by order or by authorisation rests on a document; an authorisation also ends on a day
    (Nghị định 30/2020/NĐ-CP, Điều 13).
    """
    if capacity is Capacity.HEAD:
        return
    if role is not Role.HEAD:
        raise RefusedError(Rule.DELEGATION_OF_HEAD_ONLY)
    if capacity is not Capacity.DEPUTY and not clean(authorised_by):
        raise RefusedError(Rule.DELEGATION_NEEDS_DOCUMENT, capacity=capacity.value)
    if capacity is Capacity.BY_AUTHORISATION and until is None:
        raise RefusedError(Rule.DELEGATION_NEEDS_LAST_DAY)


def require_signs_in_own_right(prefix: str, capacities: Collection[str]) -> None:
    """Raise ``RefusedError`` when the line above a signer claims a right that they do not hold.

    ``prefix`` is the whole line, "KT. GIÁM ĐỐC"; the head signs without one, or for a collective
    body (TM.), or as acting head (Q.).
    """
    claimed = prefix.split(" ", 1)[0]
    if (claimed if claimed in set(Capacity) else Capacity.HEAD) not in capacities:
        raise RefusedError(Rule.SIGNS_BEYOND_CAPACITY, prefix=prefix or "–")


def require_given_by_another(role: Role, subject: UUID, *, by: UUID) -> None:
    """Raise ``RefusedError`` when somebody would give himself a role that judges others."""
    if role in JUDGES and subject == by:
        raise RefusedError(Rule.ROLE_GIVEN_TO_ONESELF)


def require_lent_in_order(role: Role, *, works_above: bool, until: date | None) -> None:
    """Raise ``RefusedError`` unless a member of the team from elsewhere is properly lent.

    A small agency may borrow from one that stands above it, and only until a day.
    """
    if role not in TEAM:
        return
    if not works_above:
        raise RefusedError(Rule.LENT_FROM_ABOVE_ONLY)
    if until is None:
        raise RefusedError(Rule.LOAN_NEEDS_LAST_DAY)


def earliest_last_day(today: date) -> date:
    """Return the earliest last day of a role that ends now: what was, stays as it was."""
    return today - timedelta(days=1)
