"""Who may stand on a list, and its seal: what the head signs is what the secretary sealed."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from app.domain.decisions import Addressee
from app.domain.dossiers import Outcome, State
from app.domain.scoring import Scores


class Obstacle(StrEnum):
    """Why somebody cannot be put on a list."""

    ALREADY_DECIDED = "already-decided"
    ALREADY_ON_LIST = "already-on-list"
    LEFT = "left"
    NOT_APPRAISED = "not-appraised"
    NOT_THE_HEAD = "not-the-head"
    ONE_LEVEL_UP = "one-level-up"
    OWN_DOSSIER = "own-dossier"


_OBSTACLE_OF_STATE = {
    State.PROPOSED: Obstacle.ALREADY_ON_LIST,
    State.DECIDED: Obstacle.ALREADY_DECIDED,
    State.PUBLISHED: Obstacle.ALREADY_DECIDED,
    State.APPEALED: Obstacle.ALREADY_DECIDED,
    State.WITHDRAWN: Obstacle.LEFT,
    State.TRANSFERRED: Obstacle.LEFT,
}


def obstacle_to_proposing(
    state: State,
    subject: UUID,
    *,
    addressee: Addressee,
    heads: Collection[UUID],
    proposer: UUID,
) -> Obstacle | None:
    """Return why the dossier of ``subject`` cannot go on a list, or None when it can.

    Nobody proposes himself, and the head's own dossier goes to the level above on a list without
    anybody else.
    """
    if state is not State.APPRAISED:
        return _OBSTACLE_OF_STATE.get(state, Obstacle.NOT_APPRAISED)
    if subject == proposer:
        return Obstacle.OWN_DOSSIER
    if addressee is Addressee.HEAD and subject in heads:
        return Obstacle.ONE_LEVEL_UP
    if addressee is Addressee.SUPERIOR and subject not in heads:
        return Obstacle.NOT_THE_HEAD
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """One person on a list, with the agreed scores that the proposal rests on."""

    position: int
    dossier_id: UUID
    name: str
    agreed: Scores
    criteria: str
    verdict: Outcome


def seal(year: int, version: int, lines: Iterable[ProposalLine]) -> str:
    """Return the SHA-256 of the list, in hex: any change of a name, score or order changes it."""
    document = {
        "year": year,
        "version": version,
        "lines": [
            [
                line.position,
                str(line.dossier_id),
                line.name,
                list(line.agreed),
                line.criteria,
                line.verdict,
            ]
            for line in lines
        ],
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sha256(text.encode()).hexdigest()
