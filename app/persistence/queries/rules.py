"""What is in effect in the agency in scope: its criteria, quorum, deadlines and other rules."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.deadlines import Term, term_of
from app.domain.refusals import RefusedError, Rule
from app.domain.settings import Held, SettingName, deadlines_in_effect, in_effect
from app.persistence.database import db
from app.persistence.models import CriteriaRule, Dossier
from app.persistence.queries.calendar import working_days
from app.persistence.queries.criteria import find_criteria
from app.persistence.queries.settings import held_deadlines, held_settings
from tenants.schema import CriteriaSet, DeadlineKind, GroupCriteria


DEFAULT_QUORUM = 2
"""How many of the team must have scored a dossier, where no setting says otherwise. Assumed."""


def setting_in_effect(name: SettingName) -> Held | None:
    """Return the value that binds the agency in scope, and from whom."""
    return in_effect(held_settings(name=name), name)


def value_in_effect(name: SettingName, default: Any = None) -> Any:
    """Return the bare value that binds the agency in scope."""
    held = setting_in_effect(name)
    return default if held is None else held.value


def quorum() -> int:
    """Return how many appraisers a dossier needs."""
    return int(value_in_effect(SettingName.QUORUM, DEFAULT_QUORUM))


def is_confirmation_used() -> bool:
    """Tell whether heads of unit confirm dossiers before they are appraised."""
    return bool(value_in_effect(SettingName.CONFIRMATION, default=False))


def criteria_reference(group: int, year: int) -> str:
    """Return the criteria set that a group is assessed against in a year, ``qd-324-2023@1``.

    Raises ``RefusedError`` when the agency has chosen none for it.
    """
    choices = [
        one
        for one in value_in_effect(SettingName.CRITERIA, [])
        if one["group"] == group and one["from_year"] <= year
    ]
    if not choices:
        raise RefusedError(Rule.UNKNOWN_GROUP, group=group, year=year)
    return str(max(choices, key=lambda one: int(one["from_year"]))["reference"])


def groups_in_effect(year: int) -> tuple[int, ...]:
    """Return the numbers of the groups that the agency recognises in a year."""
    choices = value_in_effect(SettingName.CRITERIA, [])
    return tuple(sorted({int(one["group"]) for one in choices if one["from_year"] <= year}))


def load_criteria(reference: str) -> CriteriaSet:
    """Return the texts of a published criteria set."""
    criteria = find_criteria(reference)
    if criteria is None:
        raise LookupError(reference)
    return criteria


def criteria_of(dossier: Dossier) -> CriteriaSet:
    """Return the texts that a dossier is scored by."""
    return load_criteria(dossier.criteria_set)


def group_of(dossier: Dossier) -> GroupCriteria:
    """Return the group that a dossier belongs to, as the texts that it is scored by have it."""
    return criteria_of(dossier).group(dossier.group_number)


def load_rule(reference: str, group: int) -> CriteriaRule:
    """Return the rule that the dossiers of a group are pinned to."""
    return db.session.scalars(
        select(CriteriaRule).where(
            CriteriaRule.criteria_set == reference, CriteriaRule.group_number == group
        )
    ).one()


def deadline_term(kind: DeadlineKind, year: int) -> Term | None:
    """Return until when the deadline that binds the agency in scope is met; None: there is none."""
    calendar = working_days()
    for held in deadlines_in_effect(held_deadlines(), year, calendar):
        if held.deadline.kind is kind:
            return term_of(held.deadline, year, calendar)
    return None


def require_before_deadline(kind: DeadlineKind, year: int, *, at: datetime) -> None:
    """Raise ``RefusedError`` when the deadline that binds the agency in scope has ended."""
    term = deadline_term(kind, year)
    if term is not None and at >= term.ends_at:
        raise RefusedError(Rule.DEADLINE_PASSED, last_day=term.last_day)
