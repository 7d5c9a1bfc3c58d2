"""To whom a list goes, how far it has come, and what a decision on it must say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.domain.dossiers import Outcome
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.domain.scoring import Scores
from app.domain.vietnamese import clean


class Addressee(StrEnum):
    """Who decides on a list: the head, or for the head's own dossier the level above."""

    HEAD = "head"
    SUPERIOR = "superior"


def addressees_of(roles: Collection[Role]) -> frozenset[Addressee]:
    """Return as whom somebody with these roles decides on lists."""
    offices = {Role.HEAD: Addressee.HEAD, Role.SUPERIOR: Addressee.SUPERIOR}
    return frozenset(addressee for role, addressee in offices.items() if role in roles)


class ProposalState(StrEnum):
    """How far a list has come."""

    SEALED = "sealed"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Number, date and signer of a decision, as they stand on the paper.

    ``prefix`` is the whole line above the title ("KT. GIÁM ĐỐC"), empty for the head;
    ``authority`` is the line of the body or office that issues the decision.
    """

    number: str
    signed_on: date
    signer_name: str
    signer_title: str
    prefix: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the head decides of one person; a refusal gives its reason.

    ``scores`` are the agreed ones that a correction puts in place of those of the team.
    """

    outcome: Outcome
    reason: str = ""
    scores: Scores | None = None


def require_date_come(signed_on: date, *, today: date) -> None:
    """Raise ``RefusedError`` when a decision would be dated later than today."""
    if signed_on > today:
        raise RefusedError(Rule.DECISION_DATE_IN_FUTURE, signed_on=signed_on)


def require_ruling(name: str, verdict: Outcome, ruling: Ruling) -> None:
    """Raise ``RefusedError`` for a title not earned, and for a refusal without a reason."""
    if ruling.outcome is Outcome.RECOGNISED and verdict is not Outcome.RECOGNISED:
        raise RefusedError(Rule.TITLE_NOT_EARNED, name=name)
    if ruling.outcome is Outcome.NOT_RECOGNISED and not clean(ruling.reason):
        raise RefusedError(Rule.REFUSAL_NEEDS_REASON, name=name)


def require_all_ruled(
    lines: Mapping[UUID, str], rulings: Collection[UUID], struck: Mapping[UUID, str]
) -> None:
    """Raise ``RefusedError`` unless each line is either ruled on or struck, with a reason.

    ``lines`` holds the name on each line. A list is never decided in part.
    """
    if set(rulings) | set(struck) != set(lines) or set(rulings) & set(struck):
        left = [name for key, name in lines.items() if key not in rulings and key not in struck]
        raise RefusedError(Rule.LINE_UNDECIDED, names=left)
    for key, reason in struck.items():
        if not clean(reason):
            raise RefusedError(Rule.REFUSAL_NEEDS_REASON, name=lines[key])
    if not rulings:
        raise RefusedError(Rule.LIST_ALL_STRUCK)


def last_day_to_appeal(published_on: date, days: int | None) -> date:
    """Return the last day on which an appeal is in time; raise ``RefusedError`` if there is none.

    The day of publication does not count (Bộ luật Dân sự 2015, Điều 147).
    """
    if not days:
        raise RefusedError(Rule.APPEAL_NOT_OFFERED)
    return published_on + timedelta(days=days)
