"""Separation of duties: it compares human beings, never accounts.

Nobody confirms, appraises, proposes alone or decides on himself; who appraised a dossier does not
decide it; the head's own dossier is decided one level up.
"""

from collections.abc import Collection
from uuid import UUID

from app.domain.dossiers import TRANSITIONS, Event
from app.domain.permissions import Actor, Role
from app.domain.refusals import RefusedError, Rule


def require_hands_off(event: Event, subject: UUID, *, by: Actor) -> None:
    """Raise ``RefusedError`` when ``by`` would act on a dossier of their own."""
    if TRANSITIONS[event].keeps_hands_off and subject == by.identity_id:
        raise RefusedError(Rule.SELF_DEALING, event=event)


def conflict_of_interest(
    subject: UUID,
    *,
    appraisers: Collection[UUID],
    heads: Collection[UUID],
    decider: UUID,
    roles: Collection[Role],
) -> Rule | None:
    """Return the rule that keeps ``decider`` from deciding the dossier of ``subject``, or None.

    ``appraisers`` and ``heads`` are identities: who scored or agreed this dossier, and who heads
    the agency today.
    """
    if subject == decider:
        return Rule.SELF_DEALING
    if decider in appraisers:
        return Rule.APPRAISER_DECIDES
    stands_above = Role.SUPERIOR in roles and Role.HEAD not in roles
    return None if (subject in heads) is stands_above else Rule.HEAD_DECIDED_ONE_LEVEL_UP


def require_may_decide(
    subject: UUID, *, appraisers: Collection[UUID], heads: Collection[UUID], by: Actor
) -> None:
    """Raise ``RefusedError`` unless ``by`` may decide the dossier of ``subject``."""
    rule = conflict_of_interest(
        subject, appraisers=appraisers, heads=heads, decider=by.identity_id, roles=by.roles
    )
    if rule is not None:
        raise RefusedError(rule, event=Event.DECIDE)


def require_other_than_appraisers(appraisers: Collection[UUID], *, by: Actor) -> None:
    """Raise ``RefusedError`` when ``by`` would rule on an appeal against their own scores."""
    if by.identity_id in appraisers:
        raise RefusedError(Rule.APPEAL_NEEDS_OTHERS)
