"""Who is on which agency's list in which years, who moved, and who is on two lists at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from random import Random

from app.demonstration.dice import between, chance, dice_for
from app.demonstration.lives import Life, make_life
from app.demonstration.people import (
    CORE_STAFF,
    PUPILS,
    STAFF,
    Locality,
    Register,
    SyntheticPerson,
    make_people,
)
from app.demonstration.records import Move, Overlap, TenantFacts
from app.demonstration.timetable import FIRST_YEAR, after_working_days
from tenants.schema import TenantKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody on an agency's list, from ``first_year`` to ``last_year``."""

    identity: int
    person: SyntheticPerson
    life: Life
    unit_number: int
    first_year: int
    last_year: int
    joined_on: date | None = None
    left_on: date | None = None

    @property
    def is_settled(self) -> bool:
        """Tell whether the person neither came nor went."""
        return self.joined_on is None and self.left_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rosters:
    """The lists of all agencies by path; an entry's place in its list never changes."""

    entries: Mapping[str, Sequence[Entry]]
    unit_counts: Mapping[str, int]
    moves: Sequence[Move]
    overlaps: Sequence[Overlap]


@dataclass(slots=True)
class _Drawing:
    """What is at hand while lists are drawn up."""

    seed: int
    today: date
    years: Sequence[int]
    tenants: Sequence[TenantFacts]
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    unit_counts: dict[str, int] = field(default_factory=dict)


DOSSIERS = 20_000
"""How many dossiers all agencies have together, when there are some two hundred of them."""

_YEARS_A_PERSON = 4.66
_FEWEST, _MOST = 12, 45
_PEOPLE_A_UNIT = 8
_FEWEST_UNITS = 3

_ADULT = 18
_GROWN: Mapping[int, int] = {STAFF: 22, PUPILS: 16}
_SHARE_JOINING = 0.08
_SHARE_LEAVING = 0.03
_SHARE_MOVING = 0.016
_SHARE_OF_STEADY_MOVING = 0.08
_SHARE_MOVING_BETWEEN_YEARS = 0.5
_SHARE_ON_TWO_LISTS = 0.1
_YEARS_ON_TWO_LISTS = 3


def draw_rosters(
    tenants: Sequence[TenantFacts], years: Sequence[int], *, seed: int, today: date
) -> Rosters:
    """Draw the lists of all agencies.

    People who are on two lists, and after them those who moved in, stand behind the agency's own,
    the latest arrival last: whoever stands before is not disturbed by who comes later.
    """
    drawing = _Drawing(seed, today, years, tenants)
    _draw_own_people(drawing)
    overlaps = tuple(_draw_overlaps(drawing))
    moves = tuple(_draw_moves(drawing))
    return Rosters(
        entries=drawing.entries,
        unit_counts=drawing.unit_counts,
        moves=moves,
        overlaps=overlaps,
    )


def _head_counts(drawing: _Drawing) -> dict[str, int]:
    """Return how many people each agency has; who states no number shares what is left."""
    wanted = DOSSIERS / _YEARS_A_PERSON
    stated = {one.path: one.head_count for one in drawing.tenants if one.head_count is not None}
    others = [one.path for one in drawing.tenants if one.head_count is None]
    weights = {path: dice_for(drawing.seed, "size", path).uniform(0.7, 1.5) for path in others}
    scale = (wanted - sum(stated.values())) / (sum(weights.values()) or 1)
    drawn = {path: round(min(_MOST, max(_FEWEST, scale * weights[path]))) for path in others}
    return stated | drawn


def _draw_own_people(drawing: _Drawing) -> None:
    counts = _head_counts(drawing)
    register = Register(drawing.years[-1])
    identity = 0
    for tenant in drawing.tenants:
        random = dice_for(drawing.seed, "people", tenant.path)
        locality = Locality(tenant.province, tenant.commune_code, tenant.kind, groups=tenant.groups)
        people = make_people(random, locality, counts[tenant.path], register)
        units = max(_FEWEST_UNITS, len(people) // _PEOPLE_A_UNIT)
        drawing.unit_counts[tenant.path] = units
        drawing.entries[tenant.path] = [
            _enter(drawing, person, identity + place, place=place, units=units)
            for place, person in enumerate(people)
        ]
        identity += len(people)


def _enter(
    drawing: _Drawing, person: SyntheticPerson, identity: int, *, place: int, units: int
) -> Entry:
    random = dice_for(drawing.seed, "life", identity)
    years = drawing.years
    entry = Entry(
        identity=identity,
        person=person,
        life=make_life(random, person, years),
        unit_number=between(random, 1, units),
        first_year=years[0],
        last_year=years[-1],
    )
    if place < CORE_STAFF:
        return entry
    return _grown_up(_coming_and_going(random, entry, years))


def _coming_and_going(random: Random, entry: Entry, years: Sequence[int]) -> Entry:
    is_joining, is_leaving = chance(random, _SHARE_JOINING), chance(random, _SHARE_LEAVING)
    year = random.choice(years)
    if entry.life.is_steady or not years[0] < year < years[-1]:
        return entry
    if is_joining:
        return replace(entry, first_year=year, joined_on=date(year, 1, 15))
    if is_leaving:
        return replace(entry, last_year=year, left_on=date(year, 12, 31))
    return entry


def _grown_up(entry: Entry) -> Entry:
    """Let nobody be listed before coming of age."""
    group = entry.person.group_number
    grown = entry.person.birth_year + _GROWN.get(group, _ADULT)
    if grown <= entry.first_year:
        return entry
    joined = min(grown, entry.last_year)
    return replace(entry, first_year=joined, joined_on=date(joined, 1, 15))


def _elsewhere(drawing: _Drawing, home: TenantFacts, *, communes_only: bool) -> list[str]:
    """Return the other agencies of the province that have people of their own."""
    return [
        one.path
        for one in drawing.tenants
        if one.province == home.province
        and one.path != home.path
        and drawing.entries[one.path]
        and (one.kind is TenantKind.COMMUNE or not communes_only)
    ]


def _draw_overlaps(drawing: _Drawing) -> Iterator[Overlap]:
    """Let some office staff be listed in the commune where they live, for the last few years."""
    offices = [one for one in drawing.tenants if one.kind is TenantKind.DEPARTMENT]
    since = drawing.years[-min(len(drawing.years), _YEARS_ON_TWO_LISTS)]
    for office in offices:
        communes = _elsewhere(drawing, office, communes_only=True)
        for entry in drawing.entries[office.path][CORE_STAFF:]:
            random = dice_for(drawing.seed, "overlap", entry.identity)
            if communes and _can_be_recognised(entry) and chance(random, _SHARE_ON_TWO_LISTS):
                residence = random.choice(communes)
                drawing.entries[residence].append(
                    replace(entry, first_year=since, joined_on=date(since, 1, 15))
                )
                yield Overlap(identity=entry.identity, workplace=office.path, residence=residence)


def _can_be_recognised(entry: Entry) -> bool:
    """Tell whether the same person can be known again elsewhere: by the personal number."""
    return entry.is_settled and entry.person.cccd is not None


def _draw_moves(drawing: _Drawing) -> Iterator[Move]:
    """Carry out the moves that happen before today, in the order in which they happen."""
    moves = sorted(_planned_moves(drawing), key=attrgetter("moved_on", "identity"))
    for move in moves:
        if move.moved_on < drawing.today:
            _carry_out(drawing, move)
            yield move


def _planned_moves(drawing: _Drawing) -> Iterator[Move]:
    two_lists = _identities_on_two_lists(drawing)
    for home in drawing.tenants:
        for entry in drawing.entries[home.path][CORE_STAFF:]:
            if _can_be_recognised(entry) and entry.identity not in two_lists:
                move = _planned_move(drawing, home, entry)
                if move is not None:
                    yield move


def _identities_on_two_lists(drawing: _Drawing) -> set[int]:
    seen: set[int] = set()
    twice: set[int] = set()
    for entries in drawing.entries.values():
        identities = {entry.identity for entry in entries}
        twice |= seen & identities
        seen |= identities
    return twice


def _planned_move(drawing: _Drawing, home: TenantFacts, entry: Entry) -> Move | None:
    random = dice_for(drawing.seed, "move", entry.identity)
    share = _SHARE_OF_STEADY_MOVING if entry.life.is_steady else _SHARE_MOVING
    if entry.person.group_number == PUPILS or not chance(random, share):
        return None
    goals = _elsewhere(drawing, home, communes_only=entry.person.group_number != STAFF)
    if not goals or len(drawing.years) == 1:
        return None
    return Move(
        identity=entry.identity,
        from_path=home.path,
        to_path=random.choice(goals),
        moved_on=_moving_day(random, random.choice(drawing.years[1:])),
    )


def _moving_day(random: Random, year: int) -> date:
    """Draw a day in January, between two cycles, or one in early summer, amid a dossier."""
    if chance(random, _SHARE_MOVING_BETWEEN_YEARS) or year == FIRST_YEAR:
        return after_working_days(date(year, 1, between(random, 5, 25)), 0)
    return after_working_days(date(year, between(random, 5, 7), between(random, 1, 28)), 0)


def is_amid_the_year(moved_on: date) -> bool:
    """Tell whether somebody who moved that day left a dossier behind."""
    return moved_on.month > 1


def _carry_out(drawing: _Drawing, move: Move) -> None:
    entries = drawing.entries[move.from_path]
    place = next(at for at, entry in enumerate(entries) if entry.identity == move.identity)
    entry = entries[place]
    year = move.moved_on.year
    last_year = year if is_amid_the_year(move.moved_on) else year - 1
    entries[place] = replace(entry, last_year=last_year, left_on=move.moved_on)
    drawing.entries[move.to_path].append(
        replace(entry, first_year=year, joined_on=move.moved_on, unit_number=1)
    )
