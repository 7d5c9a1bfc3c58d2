"""What somebody may ask about their data, and until when the law wants it answered and done.

Luật 91/2025/QH15 and Nghị định 356/2025/NĐ-CP: an answer within two working days; withdrawing
consent, restricting and objecting done within fifteen days, which may be extended once by fifteen.
The split of the ten to twenty days for the rest is assumed until the official text is at hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.domain.refusals import RefusedError, Rule
from app.domain.working_days import WorkingDays


class RequestKind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    EXPORT = "export"
    CORRECT = "correct"
    RESTRICT = "restrict"
    OBJECT = "object"
    ERASE = "erase"
    WITHDRAW_CONSENT = "withdraw-consent"


class RequestChannel(StrEnum):
    """How the request came."""

    ONLINE = "online"
    PAPER = "paper"
    SPOKEN = "spoken"


class RequestState(StrEnum):
    """How far a request has come."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"


OPEN = frozenset({RequestState.RECEIVED, RequestState.ACCEPTED})
"""States in which a clock runs."""

ANSWER_WORKING_DAYS = 2
EXTENSION = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Clock:
    """How many days the law gives; ``is_assumed`` while the official text has not been seen."""

    days: int
    is_assumed: bool = False


CLOCKS: Mapping[RequestKind, Clock] = {
    RequestKind.ACCESS: Clock(10, is_assumed=True),
    RequestKind.EXPORT: Clock(10, is_assumed=True),
    RequestKind.CORRECT: Clock(10, is_assumed=True),
    RequestKind.RESTRICT: Clock(15),
    RequestKind.OBJECT: Clock(15),
    RequestKind.ERASE: Clock(20, is_assumed=True),
    RequestKind.WITHDRAW_CONSENT: Clock(15),
}


def answer_due_on(asked_on: date, calendar: WorkingDays) -> date:
    """Return the last day for an answer: the second working day after the day it was asked."""
    return calendar.later(asked_on, ANSWER_WORKING_DAYS)


def done_due_on(kind: RequestKind, asked_on: date, calendar: WorkingDays) -> date:
    """Return the last day to have it done; a day off moves to the next (BLDS 2015, Điều 148)."""
    return calendar.on_or_after(asked_on + timedelta(days=CLOCKS[kind].days))


def require_open(state: RequestState) -> None:
    """Raise ``RefusedError`` for a request that is settled."""
    if state not in OPEN:
        raise RefusedError(Rule.REQUEST_SETTLED)


def require_extendable(state: RequestState, extended_because: str) -> None:
    """Raise ``RefusedError`` unless time may still be given, which is once."""
    require_open(state)
    if extended_because:
        raise RefusedError(Rule.REQUEST_ALREADY_EXTENDED)
