"""What people say of themselves: which indicators stand open to them, and what must be shown."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from app.domain.dossiers import OPEN_TO_SELF_SCORES, Event, State
from app.domain.refusals import RefusedError, Rule
from app.domain.scoring import INDICATORS
from app.domain.vietnamese import clean
from tenants.schema import EvidenceDemand


LONGEST_EVIDENCE = 2000
"""How many characters may be written for one indicator."""

EVERY_INDICATOR = frozenset(range(1, INDICATORS + 1))


def open_indicators(state: State, returned: Collection[int] = ()) -> frozenset[int]:
    """Return the numbers of the indicators that the person may still change."""
    if state is State.RETURNED:
        return frozenset(returned)
    return EVERY_INDICATOR if state in OPEN_TO_SELF_SCORES else frozenset()


def require_open(state: State, returned: Collection[int], changed: Collection[int]) -> None:
    """Raise ``RefusedError`` unless every one of ``changed`` stands open to the person."""
    if state not in OPEN_TO_SELF_SCORES:
        raise RefusedError(Rule.ACT_OUT_OF_ORDER, event=Event.SUBMIT, state=state)
    closed = sorted(set(changed) - open_indicators(state, returned))
    if closed:
        raise RefusedError(Rule.INDICATOR_NOT_RETURNED, changed=tuple(closed))


def require_evidence(demands: Mapping[int, EvidenceDemand], evidence: Sequence[str]) -> None:
    """Raise ``RefusedError`` naming each indicator that asks for evidence and has no words."""
    missing = tuple(
        number
        for number, words in enumerate(evidence, start=1)
        if demands.get(number, EvidenceDemand.OPTIONAL) is not EvidenceDemand.OPTIONAL
        and not clean(words)
    )
    if missing:
        raise RefusedError(Rule.EVIDENCE_NEEDED, missing=missing)


def require_short(indicator: int, words: str) -> str:
    """Return ``words``, or raise ``RefusedError`` when they are too many."""
    if len(words) > LONGEST_EVIDENCE:
        raise RefusedError(
            Rule.EVIDENCE_TOO_LONG, indicator=indicator, length=len(words), most=LONGEST_EVIDENCE
        )
    return words


def require_day_has_come(day: date, *, today: date) -> None:
    """Raise ``RefusedError`` for a day that is still to come."""
    if day > today:
        raise RefusedError(Rule.DAY_NOT_COME, day=day)
