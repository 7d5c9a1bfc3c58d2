"""The ten indicators of a dossier, each with everything that stands beside it on a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.persistence.models import Dossier, TeamScore
from app.persistence.queries.rules import group_of
from app.web.language import text_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One indicator: its words, its scores, and what is typed beside it."""

    number: int
    text: str
    guidance: str
    own: int | None
    evidence: str
    given: tuple[int, ...]
    middle: int | None
    agreed: int | None
    agreed_reason: str
    returned_reason: str
    typed: str = ""
    typed_reason: str = ""

    @property
    def is_disputed(self) -> bool:
        """Tell whether a member gave something else than the person."""
        return any(score != self.own for score in self.given)

    @property
    def is_changed(self) -> bool:
        """Tell whether the agreed score is another than the person's."""
        return self.agreed is not None and self.agreed != self.own


def lines_of(
    dossier: Dossier,
    *,
    given: Sequence[TeamScore] = (),
    typed: Sequence[str] = ("",) * 10,
    reasons: Mapping[int, str] | None = None,
) -> list[Line]:
    """Return the lines of a dossier, with what each member gave and what somebody has typed."""
    indicators = group_of(dossier).indicators
    middle: Sequence[int | None] = dossier.unit_scores or [None] * len(indicators)
    agreed: Sequence[int | None] = dossier.agreed_scores or [None] * len(indicators)
    return [
        Line(
            number=one.number,
            text=text_in(dict(one.text)),
            guidance=text_in(dict(one.guidance)) if one.guidance else "",
            own=dossier.self_scores[place],
            evidence=dossier.evidence[place],
            given=tuple(score.scores[place] for score in given),
            middle=middle[place],
            agreed=agreed[place],
            agreed_reason=dossier.agreed_reasons.get(str(one.number), ""),
            returned_reason=dossier.returned_reasons.get(str(one.number), ""),
            typed=typed[place],
            typed_reason=(reasons or {}).get(one.number, ""),
        )
        for place, one in enumerate(indicators)
    ]
