"""Separation of duties: it compares human beings, never accounts.

Nobody confirms, appraises, proposes or decides on himself; who appraised a dossier or put it on a
list does not decide it; the head's own dossier is decided one level up. The table below is also a
table of the database, which refuses what it holds even when no service was asked.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from uuid import UUID

from app.domain.dossiers import Event
from app.domain.permissions import Actor, Role
from app.domain.refusals import RefusedError, Rule


class Conflict(StrEnum):
    """What somebody is to a dossier that keeps them from an act on it."""

    SUBJECT = "subject"
    APPRAISER = "appraiser"
    PROPOSER = "proposer"


Hands = Mapping[Conflict, Collection[UUID]]
"""The human beings who had a hand in one dossier before, by what it made them."""

_OWN = frozenset({Conflict.SUBJECT})
_APPRAISED = _OWN | {Conflict.APPRAISER}
_PREPARED = _APPRAISED | {Conflict.PROPOSER}

DUTIES: Mapping[Event, frozenset[Conflict]] = {
    Event.CONFIRM: _OWN,
    Event.SCORE: _OWN,
    Event.RETURN: _OWN,
    Event.UNRETURN: _OWN,
    Event.AGREE: _OWN,
    Event.REOPEN: _OWN,
    Event.PROPOSE: _OWN,
    Event.DECIDE: _PREPARED,
    Event.ANNUL: _OWN,
    Event.UPHOLD: _APPRAISED,
    Event.CORRECT: _PREPARED,
    # Accepted or undone, it chooses who will judge: not for the one who is judged.
    Event.TRANSFER: _OWN,
    Event.UNTRANSFER: _OWN,
}
"""Which conflicts keep somebody from bringing an event about; an event not named has none."""

MADE_BY: Mapping[Event, Conflict] = {
    Event.SCORE: Conflict.APPRAISER,
    Event.AGREE: Conflict.APPRAISER,
    Event.PROPOSE: Conflict.PROPOSER,
}
"""What bringing an event about makes of somebody, for the acts that follow on the same dossier."""

_RULES: Mapping[Conflict, Rule] = {
    Conflict.SUBJECT: Rule.SELF_DEALING,
    Conflict.APPRAISER: Rule.APPRAISER_DECIDES,
    Conflict.PROPOSER: Rule.PROPOSER_DECIDES,
}


def is_kept_off_own(event: Event) -> bool:
    """Tell whether nobody may bring ``event`` about on a dossier of their own."""
    return Conflict.SUBJECT in DUTIES.get(event, ())


def require_hands_off(event: Event, subject: UUID, *, by: Actor) -> None:
    """Raise ``RefusedError`` when ``by`` would act on a dossier of their own."""
    if is_kept_off_own(event) and subject == by.identity_id:
        raise RefusedError(Rule.SELF_DEALING, event=event)


def conflict_of_interest(
    subject: UUID,
    *,
    hands: Hands,
    heads: Collection[UUID],
    decider: UUID,
    roles: Collection[Role],
) -> Rule | None:
    """Return the rule that keeps ``decider`` from deciding the dossier of ``subject``, or None.

    ``heads`` are the human beings who head the agency today.
    """
    barred = {Conflict.SUBJECT: {subject}, **hands}
    for conflict, rule in _RULES.items():
        if conflict in DUTIES[Event.DECIDE] and decider in barred.get(conflict, ()):
            return rule
    stands_above = Role.SUPERIOR in roles and Role.HEAD not in roles
    return None if (subject in heads) is stands_above else Rule.HEAD_DECIDED_ONE_LEVEL_UP


def require_may_decide(subject: UUID, *, hands: Hands, heads: Collection[UUID], by: Actor) -> None:
    """Raise ``RefusedError`` unless ``by`` may decide the dossier of ``subject``."""
    rule = conflict_of_interest(
        subject, hands=hands, heads=heads, decider=by.identity_id, roles=by.roles
    )
    if rule is not None:
        raise RefusedError(rule, event=Event.DECIDE)


def require_other_than_appraisers(hands: Hands, *, by: Actor) -> None:
    """Raise ``RefusedError`` when ``by`` would rule on an appeal against their own scores."""
    if by.identity_id in hands.get(Conflict.APPRAISER, ()):
        raise RefusedError(Rule.APPEAL_NEEDS_OTHERS)
