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


def require_may_decide(
    subject: UUID, *, appraisers: Collection[UUID], heads: Collection[UUID], by: Actor
) -> None:
    """Raise ``RefusedError`` unless ``by`` may decide the dossier of ``subject``.

    ``appraisers`` and ``heads`` are identities: who scored or agreed this dossier, and who heads
    the agency today.
    """
    require_hands_off(Event.DECIDE, subject, by=by)
    if by.identity_id in appraisers:
        raise RefusedError(Rule.APPRAISER_DECIDES)
    if (subject in heads) is not (Role.SUPERIOR in by.roles and Role.HEAD not in by.roles):
        raise RefusedError(Rule.HEAD_DECIDED_ONE_LEVEL_UP)
