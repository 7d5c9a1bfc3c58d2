"""How far a dossier has come, as the rail on its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.dossiers import LEFT, State
from app.labels.words import STATES
from app.persistence.models import Dossier, DossierEvent
from app.persistence.queries.rules import is_confirmation_used
from app.web.language import show_date


_WAY = (
    State.REGISTERED,
    State.SUBMITTED,
    State.CONFIRMED,
    State.IN_APPRAISAL,
    State.APPRAISED,
    State.PROPOSED,
    State.DECIDED,
    State.PUBLISHED,
)
# States off the way stand where the dossier was before.
_STANDS_AT = {State.RETURNED: State.IN_APPRAISAL, State.APPEALED: State.PUBLISHED}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way."""

    label: str
    date: str | None
    state: str


def stages_of(dossier: Dossier, history: Sequence[DossierEvent]) -> list[Stage]:
    """Return the stages with the day on which each was last reached; none once somebody left."""
    if dossier.state in LEFT:
        return []
    way = [one for one in _WAY if one is not State.CONFIRMED or _needs_confirmation(dossier)]
    stands_at = _STANDS_AT.get(dossier.state, dossier.state)
    place = way.index(stands_at) if stands_at in way else -1
    reached = {one.to_state: one.at for one in history}
    return [
        Stage(str(STATES[one]), _date(reached.get(one), number <= place), _word(number, place))
        for number, one in enumerate(way)
    ]


def _needs_confirmation(dossier: Dossier) -> bool:
    return is_confirmation_used() or dossier.state is State.CONFIRMED


def _date(at: datetime | None, is_reached: bool) -> str | None:  # noqa: FBT001 - a pair of facts
    return show_date(at) if at and is_reached else None


def _word(number: int, place: int) -> str:
    if number == place:
        return "current"
    return "done" if number < place else "todo"
