"""What is drawn about a dossier before anything happens to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from app.demonstration.dice import between, chance
from app.demonstration.lives import Life, share_registering
from app.demonstration.people import CORE_STAFF, SyntheticPerson
from app.demonstration.records import Cast
from app.demonstration.scores import (
    RULE,
    claimed_scores,
    earns_title,
    failing_scores,
    passing_scores,
    raised,
    weakest,
)
from app.demonstration.timetable import Agenda
from app.domain.scoring import INDICATORS, Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose dossier it is: place in the agency's people, person, life; when they came and went."""

    place: int
    person: SyntheticPerson
    life: Life
    joined_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """How an agency handles dossiers, and which year is the one under way."""

    cast: Cast
    confirms: bool
    current_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """How one dossier would go if nothing cut the year short.

    ``first_claims`` are submitted at first, ``claims`` in the end; they differ where the team
    sends the dossier back over ``returned`` indicators.
    """

    registers: bool
    agreed: Scores
    claims: Scores
    first_claims: Scores
    returned: tuple[int, ...]
    resubmits: bool
    gives_up_after: int | None
    withdraws: bool
    appeals: bool
    is_appeal_granted: bool

    @property
    def is_recognised(self) -> bool:
        """Tell whether the agreed scores earn the title."""
        return earns_title(self.agreed)


_SHARE_GIVING_UP = 0.04
_SHARE_WITHDRAWING = 0.016
_SHARE_RESUBMITTING = 0.95
_SHARE_APPEALING = 0.12
_SHARE_GRANTED = 0.6
_FARTHEST_APPEAL = 8
GRANTED_POINTS = 2
APPEALED_INDICATORS = 2


def draw_intent(random: Random, subject: Subject, agenda: Agenda, office: Office) -> Intent:
    """Draw how a dossier would go. The steady meet with no mishap."""
    year, group = agenda.plan.year, subject.person.group_number
    passes = year in subject.life.passing_years
    agreed = (passing_scores if passes else failing_scores)(random, group)
    claims = claimed_scores(random, agreed, is_bold=not passes)
    mishaps = 0.0 if subject.life.is_steady else 1.0
    returned = _returned(random, agreed, mishaps * agenda.habits.returned)
    gives_up = chance(random, mishaps * _SHARE_GIVING_UP)
    filled = between(random, 0, INDICATORS - 3)
    return Intent(
        registers=_registers(subject, agenda, office),
        agreed=agreed,
        claims=claims,
        first_claims=raised(claims, returned, by=between(random, 1, 2)),
        returned=returned,
        resubmits=chance(random, _SHARE_RESUBMITTING),
        gives_up_after=filled if gives_up else None,
        withdraws=chance(random, mishaps * _SHARE_WITHDRAWING),
        appeals=_may_appeal(subject, agreed) and chance(random, _SHARE_APPEALING),
        is_appeal_granted=_may_be_granted(agreed) and chance(random, _SHARE_GRANTED),
    )


def _registers(subject: Subject, agenda: Agenda, office: Office) -> bool:
    year = agenda.plan.year
    share = share_registering(subject.person.group_number, office.current_year - year)
    return agenda.has_begun and subject.life.registers(year, share * agenda.habits.registration)


def _returned(random: Random, agreed: Scores, probability: float) -> tuple[int, ...]:
    """Draw the indicators over which a dossier is sent back: mostly the weakest."""
    is_returned, count = chance(random, probability), between(random, 1, 3)
    return weakest(agreed, count) if is_returned else ()


def _may_appeal(subject: Subject, agreed: Scores) -> bool:
    """Tell whether somebody who nearly passed may ask again; those who run the year do not."""
    return subject.place >= CORE_STAFF and _is_short_by(agreed, _FARTHEST_APPEAL)


def _may_be_granted(agreed: Scores) -> bool:
    """Tell whether what an appeal can bring would be enough."""
    return _is_short_by(agreed, GRANTED_POINTS * APPEALED_INDICATORS)


def _is_short_by(agreed: Scores, points: int) -> bool:
    short = RULE.pass_total - sum(agreed)
    return 0 < short <= points and min(agreed) >= RULE.pass_floor


def appealed_indicators(agreed: Scores) -> Sequence[int]:
    """Return what an appeal is about."""
    return weakest(agreed, APPEALED_INDICATORS)
