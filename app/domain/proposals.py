"""A list sealed by its hash: what the head signs is what the secretary sealed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from app.domain.dossiers import Outcome
from app.domain.scoring import Scores


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
