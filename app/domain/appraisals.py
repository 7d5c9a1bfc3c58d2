"""What the appraisal team's meeting rests on: who scored, where they differ, and what is returned.

The meeting is about the differences only. Where every member gave what the person gave, the self
score is the agreed score; anywhere else the middle of the members' scores is where talk begins.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.dossiers import Event, State
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.scoring import (
    DraftScores,
    Scores,
    Shortfall,
    assess,
    changed_indicators,
    middle_scores,
)
from app.domain.vietnamese import clean
from tenants.schema import ScoreRule


LARGE_JUMP = 15
"""Points above last year's total from which a head of unit is asked to look twice.

Ours, no source names one: it moves a dossier to the top of a list and refuses nothing.
"""


SETTLED = frozenset(
    {State.APPRAISED, State.PROPOSED, State.DECIDED, State.PUBLISHED, State.APPEALED}
)
"""States in which the scores have been agreed."""


class Queue(StrEnum):
    """What a dossier in the team's hands waits for."""

    TO_SCORE = "to-score"
    TO_AGREE = "to-agree"
    WAITING = "waiting"
    RETURNED = "returned"
    AGREED = "agreed"


class Doubt(StrEnum):
    """Why a head of unit should look at a dossier before confirming it."""

    LOW_INDICATOR = "low-indicator"
    LOW_TOTAL = "low-total"
    NO_EVIDENCE = "no-evidence"
    LARGE_JUMP = "large-jump"


def require_settled(state: State) -> None:
    """Raise ``RefusedError`` unless the team has agreed, and found what it found."""
    if state not in SETTLED:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.AGREE, state=state)


def require_quorum(scored: int, quorum: int) -> None:
    """Raise ``RefusedError`` unless as many human beings as needed have scored."""
    if scored < quorum:
        raise RefusedError(Rule.QUORUM_NOT_REACHED, scored=scored, quorum=quorum)


def disputed_indicators(own: DraftScores, given: Sequence[Scores]) -> tuple[int, ...]:
    """Return the indicators on which a member disagrees with the person or with a colleague."""
    found = {n for scores in given for n in changed_indicators(own, scores)}
    return tuple(sorted(found))


def require_unanimous(own: DraftScores, given: Sequence[Scores]) -> None:
    """Raise ``RefusedError`` where a member disagrees: that dossier is for the meeting."""
    disputed = disputed_indicators(own, given)
    if disputed:
        raise RefusedError(Rule.MEMBERS_DIFFER, indicators=disputed)


def may_see_team_scores(dossier_of: UUID, state: State, *, has_scored: bool, by: Actor) -> bool:
    """Tell whether ``by`` may see what the team gave to the dossier of an identity.

    Members score independently: until the appraisal is closed, nobody but who leads the meeting
    sees a colleague's score before having scored too. Nobody sees what they were given themselves.
    """
    if by.identity_id == dossier_of:
        return False
    is_member = by.may(Permission.APPRAISAL_SCORE) and has_scored
    return state in SETTLED or is_member or by.may(Permission.APPRAISAL_AGREE)


def suggested_scores(own: Scores, given: Sequence[Scores]) -> Scores:
    """Return where the meeting begins: the middle of the members' scores, or the self scores.

    Where all members gave the self score the middle is the self score.
    """
    return middle_scores(given) if given else own


def require_reasons(
    own: DraftScores, agreed: Scores, reasons: Mapping[int, str]
) -> Mapping[int, str]:
    """Return the reason of each indicator whose agreed score differs from the self score.

    Raises ``RefusedError`` naming the indicators that lack one. Reasons beside unchanged scores
    are dropped: they explain nothing.
    """
    changed = changed_indicators(own, agreed)
    stated = {number: reasons.get(number, "").strip() for number in changed}
    missing = tuple(number for number, reason in stated.items() if not reason)
    if missing:
        raise RefusedError(Rule.AGREED_SCORE_NEEDS_REASON, missing=missing)
    return stated


def require_return(reasons: Mapping[int, str], due_on: date | None, *, today: date) -> date:
    """Return the due date of a return that names its indicators, each with a reason.

    Raises ``RefusedError`` when none is named, one lacks its reason, or the due date is not
    a day that is still to come.
    """
    missing = tuple(number for number, reason in reasons.items() if not clean(reason))
    if not reasons or missing or due_on is None or due_on <= today:
        raise RefusedError(Rule.RETURN_NEEDS_INDICATORS, missing=missing)
    return due_on


def doubts_about(
    rule: ScoreRule, own: DraftScores, evidence: Collection[str], *, last_total: int | None
) -> tuple[Doubt, ...]:
    """Return why a head of unit should look twice; nothing for a dossier that is clear."""
    standing = assess(rule, own)
    found = (
        (Doubt.LOW_INDICATOR, Shortfall.LOW_INDICATOR in standing.shortfalls),
        (Doubt.LOW_TOTAL, Shortfall.LOW_TOTAL in standing.shortfalls),
        (Doubt.NO_EVIDENCE, not any(text.strip() for text in evidence)),
        (Doubt.LARGE_JUMP, _is_jump(standing.total, last_total)),
    )
    return tuple(doubt for doubt, is_found in found if is_found)


def _is_jump(total: int, last_total: int | None) -> bool:
    return last_total is not None and total - last_total >= LARGE_JUMP


def states_open_to_scores(*, is_confirmation_used: bool) -> frozenset[State]:
    """Return the states in which a member may score, given what the agency has chosen."""
    after_confirmation = frozenset({State.CONFIRMED, State.IN_APPRAISAL})
    return after_confirmation if is_confirmation_used else after_confirmation | {State.SUBMITTED}


def require_confirmed(state: State, *, is_confirmation_used: bool) -> None:
    """Raise ``RefusedError`` when the head of the unit has to confirm first."""
    if is_confirmation_used and state is State.SUBMITTED:
        raise RefusedError(Rule.CONFIRMATION_COMES_FIRST)
