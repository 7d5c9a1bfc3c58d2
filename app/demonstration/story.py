"""The story of five years: every agency, person, dossier and decision, as of one day.

The year under way looks as it should on that day: nearly everybody only listed before March, at
work on self-assessment in summer, before the team in autumn, mostly decided in November, with the
late agencies plain to see. The four years before are over. Nothing is drawn but from the seed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from random import Random

from app.demonstration.dice import chance, dice_for, weighted
from app.demonstration.dossiers import tell_year
from app.demonstration.habits import TEMPERAMENTS, Progress, habits_of
from app.demonstration.intents import Office, Subject
from app.demonstration.records import (
    Batch,
    BatchKind,
    Cast,
    Demonstration,
    Happening,
    Move,
    Overlap,
    PersonStory,
    Stage,
    Temperament,
    TenantFacts,
    TenantStory,
    TenantYear,
    YearStory,
)
from app.demonstration.rosters import Entry, Rosters, draw_rosters
from app.demonstration.showcase import SEALED_LIST, arrange
from app.demonstration.telling import (
    ABOVE_BATCH,
    CHAIRS_BATCH,
    CORRECTING_BATCH,
    SECOND_BATCH,
)
from app.demonstration.timetable import (
    FIRST_YEAR,
    Agenda,
    groups_of,
    make_agenda,
    plan_of,
)
from app.domain.deadlines import VIETNAM
from app.domain.dossiers import Event


__all__ = [
    "Demonstration",
    "Happening",
    "Move",
    "Overlap",
    "PersonStory",
    "Stage",
    "Temperament",
    "TenantFacts",
    "TenantStory",
    "TenantYear",
    "YearStory",
    "digest",
    "tell_story",
    "tell_tenants",
    "years_until",
]

_YEARS = 5
_SHARE_CONFIRMING = 0.6
_PAPERS_A_DAY = 3
_KINDS = {
    SECOND_BATCH: BatchKind.SECOND,
    ABOVE_BATCH: BatchKind.ABOVE,
    CHAIRS_BATCH: BatchKind.CHAIRS,
    SEALED_LIST: BatchKind.SEALED,
}


def years_until(today: date) -> tuple[int, ...]:
    """Return the year under way and up to four before it, none earlier than 2022."""
    return tuple(range(max(FIRST_YEAR, today.year - _YEARS + 1), today.year + 1))


def tell_story(tenants: Sequence[TenantFacts], *, today: date, seed: int) -> Demonstration:
    """Tell the five years of ``tenants`` as of the first moment of ``today``, in Việt Nam.

    The same tenants, day and seed give the same story. On a later day of the same year it is the
    same story, farther on.
    """
    rosters = draw_rosters(tenants, years_until(today), seed=seed, today=today)
    return Demonstration(
        today=today,
        seed=seed,
        tenants=tuple(tell_tenants(tenants, rosters, today=today, seed=seed)),
        moves=tuple(rosters.moves),
        overlaps=tuple(rosters.overlaps),
    )


def tell_tenants(
    tenants: Sequence[TenantFacts], rosters: Rosters, *, today: date, seed: int
) -> Iterator[TenantStory]:
    """Tell of one agency after the other, so that a million people need not be in mind at once."""
    years = years_until(today)
    return (_tell_tenant(facts, rosters, years, seed, today) for facts in tenants)


def digest(demonstration: Demonstration) -> str:
    """Return the SHA-256 of a whole story, in hex."""
    total = sha256(repr((demonstration.moves, demonstration.overlaps)).encode())
    for tenant in demonstration.tenants:
        total.update(repr(tenant).encode())
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class _Desk:
    """What an agency's dossiers have in common."""

    facts: TenantFacts
    seed: int
    agendas: Sequence[Agenda]
    office: Office
    until: datetime


def _tell_tenant(
    facts: TenantFacts, rosters: Rosters, years: Sequence[int], seed: int, today: date
) -> TenantStory:
    random = dice_for(seed, "tenant", facts.path)
    drawn, confirms = weighted(random, TEMPERAMENTS), chance(random, _SHARE_CONFIRMING)
    temperament = facts.temperament or drawn
    agendas = [_agenda(facts, temperament, year, seed, today) for year in years]
    confirms = confirms if facts.confirms is None else facts.confirms
    office = Office(cast=Cast(), confirms=confirms, current_year=today.year)
    desk = _Desk(facts, seed, agendas, office, datetime.combine(today, time(), VIETNAM))
    entries = rosters.entries[facts.path]
    people = tuple(_tell_person(desk, entry, place) for place, entry in enumerate(entries))
    if facts.is_showcase:
        people = arrange(people, agendas[-1].plan, office.cast, desk.until)
    return TenantStory(
        facts=facts,
        temperament=temperament,
        confirms=confirms,
        cast=office.cast,
        unit_count=rosters.unit_counts[facts.path],
        years=tuple(_tell_office(agenda, people, desk.until) for agenda in agendas),
        people=people,
    )


def _agenda(
    facts: TenantFacts, temperament: Temperament, year: int, seed: int, today: date
) -> Agenda:
    random = dice_for(seed, "agenda", facts.path, year)
    habits = habits_of(random, temperament, today.year - year)
    return make_agenda(random, plan_of(year, facts.province), habits)


def _tell_person(desk: _Desk, entry: Entry, place: int) -> PersonStory:
    subject = Subject(
        place=place,
        person=entry.person,
        life=entry.life,
        joined_on=entry.joined_on,
        left_on=entry.left_on,
    )
    return PersonStory(
        identity=entry.identity,
        person=entry.person,
        unit_number=entry.unit_number,
        joined_on=entry.joined_on,
        left_on=entry.left_on,
        years=tuple(
            tell_year(_dice(desk, entry, agenda), subject, agenda, desk.office, _end(desk, agenda))
            for agenda in desk.agendas
            if _is_listed(entry, agenda)
        ),
    )


def _end(desk: _Desk, agenda: Agenda) -> datetime:
    """Return until when a year is told; a showcase's to its end, to be stopped afterwards."""
    if desk.facts.is_showcase and agenda is desk.agendas[-1]:
        return datetime(agenda.plan.year + 1, 1, 1, tzinfo=VIETNAM)
    return desk.until


def _dice(desk: _Desk, entry: Entry, agenda: Agenda) -> Random:
    return dice_for(desk.seed, desk.facts.path, entry.identity, agenda.plan.year)


def _is_listed(entry: Entry, agenda: Agenda) -> bool:
    plan = agenda.plan
    is_covered = entry.person.group_number in groups_of(plan)
    return is_covered and entry.first_year <= plan.year <= entry.last_year


def _tell_office(agenda: Agenda, people: Sequence[PersonStory], until: datetime) -> TenantYear:
    """Gather from the dossiers of one year which meetings and decisions there were."""
    plan = agenda.plan
    told = [
        happening
        for person in people
        for year in person.years
        if year.year == plan.year
        for happening in year.happenings
    ]
    opened_at = datetime.combine(plan.registration_opens_on, time(), VIETNAM)
    has_reported = agenda.habits.progress is Progress.COMPLETE and agenda.reported_at < until
    return TenantYear(
        plan=plan,
        has_begun=agenda.has_begun and opened_at < until,
        meetings=tuple(sorted({one.at for one in told if one.event is Event.AGREE})),
        batches=tuple(_batches(told, until)),
        reported_at=agenda.reported_at if has_reported else None,
    )


_DECISIONS = frozenset({Event.DECIDE, Event.CORRECT})


def _batches(told: Iterable[Happening], until: datetime) -> Iterator[Batch]:
    """Gather the lists and decisions, in their order, papers numbered as the year goes."""
    moments: dict[int, dict[Event, datetime]] = {}
    for one in told:
        if one.batch is not None:
            moments.setdefault(one.batch, {})[one.event] = one.at
    last_document = 0
    for number in sorted(moments, key=lambda batch: _signing_of(moments[batch]) or until):
        at = moments[number]
        decided_at = _signing_of(at)
        if decided_at is not None:
            last_document = max(last_document + 1, _PAPERS_A_DAY * decided_at.timetuple().tm_yday)
        yield Batch(
            number=number,
            kind=_kind_of(number),
            proposed_at=at.get(Event.PROPOSE),
            decided_at=decided_at,
            published_at=at.get(Event.PUBLISH) or at.get(Event.CORRECT),
            document_number=last_document if decided_at is not None else None,
        )


def _signing_of(at: Mapping[Event, datetime]) -> datetime | None:
    return at.get(Event.DECIDE) or at.get(Event.CORRECT)


def _kind_of(number: int) -> BatchKind:
    if number >= CORRECTING_BATCH:
        return BatchKind.CORRECTING
    return _KINDS.get(number, BatchKind.MAIN)
