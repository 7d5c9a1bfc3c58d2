"""How far a dossier has come in its year, and by which days people must act."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from app.domain.dossiers import LEFT, State
from app.domain.streaks import streak_ending
from app.persistence.clock import today
from app.persistence.models import Dossier
from app.persistence.queries.dossiers import recognised_years_of
from app.persistence.queries.rules import deadline_term, is_confirmation_used
from app.web.language import show_date
from app.web.own.mine import PUBLISHED
from tenants.schema import DeadlineKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stop on the way, for ``macros/stages.html``."""

    label: str
    date: str | None
    state: str


_ORDER = (
    frozenset({State.LISTED}),
    frozenset({State.REGISTERED, State.RETURNED}),
    frozenset({State.SUBMITTED}),
    frozenset({State.CONFIRMED, State.IN_APPRAISAL}),
    frozenset({State.APPRAISED, State.PROPOSED}),
    frozenset({State.DECIDED}),
    PUBLISHED,
)
_CONFIRMED_AT = 2
"""Where in the order a dossier waits to be confirmed by its unit, if the agency does that."""


def last_day_of(kind: DeadlineKind, year: int) -> date | None:
    """Return the last day on which a deadline of this agency is still met."""
    term = deadline_term(kind, year)
    return term.last_day if term else None


def stages_of(dossier: Dossier) -> list[Stage]:
    """Return the stops of a dossier's year; none once its person has left."""
    if dossier.state in LEFT:
        return []
    stops: list[tuple[str, date | None]] = [
        (gettext("Registration"), last_day_of(DeadlineKind.REGISTRATION, dossier.year)),
        (gettext("Self-assessment"), _due(dossier)),
        (gettext("Confirmed by the unit"), None),
        (gettext("Appraisal"), None),
        (gettext("Decision"), last_day_of(DeadlineKind.COMPLETION, dossier.year)),
        (gettext("Publication"), None),
    ]
    place = next(n for n, states in enumerate(_ORDER) if dossier.state in states)
    shown = [n for n in range(len(stops)) if n != _CONFIRMED_AT or is_confirmation_used()]
    if place == _CONFIRMED_AT and _CONFIRMED_AT not in shown:
        place += 1
    return [
        Stage(
            label=stops[n][0],
            date=show_date(stops[n][1]) if stops[n][1] else None,
            state=_state(n, place, stops[n][1]),
        )
        for n in shown
    ]


def _due(dossier: Dossier) -> date | None:
    return dossier.return_due_on or last_day_of(DeadlineKind.SELF_ASSESSMENT, dossier.year)


def _state(number: int, place: int, due: date | None) -> str:
    if number < place:
        return "done"
    if number > place:
        return "todo"
    return "late" if due and due < today() else "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """How many years in a row somebody was recognised, and what the next one would make."""

    years: tuple[int, ...]
    length: int
    needed: int

    @property
    def is_outstanding(self) -> bool:
        """Tell whether the row is long enough already."""
        return self.length >= self.needed

    @property
    def is_next_outstanding(self) -> bool:
        """Tell whether one more year makes it long enough."""
        return self.length + 1 >= self.needed


def streak_of(dossier: Dossier) -> Streak:
    """Return the years in a row up to the newest that the person may know of."""
    known = recognised_years_of([dossier.person_id])[dossier.person_id]
    is_out = dossier.state in PUBLISHED
    years = frozenset(
        one for one in known if one < dossier.year or (is_out and one == dossier.year)
    )
    newest = dossier.year if is_out else dossier.year - 1
    return Streak(
        years=tuple(sorted(years)),
        length=streak_ending(newest, years),
        needed=dossier.outstanding_years,
    )
