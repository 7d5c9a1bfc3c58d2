"""What a figure is made of: its value, and ways to cut it into parts that each add up to it.

A figure and its explanation come from the same board. Each way of cutting leads one storey down:
to agencies less those counted twice, to units, to groups, to how far people have come, and last to
decisions. Where nobody may know who they are, the parts are counts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from app.domain.boards import AgencyLine, Board, ByGroup, Twice, UnitLine
from app.domain.dossiers import Outcome, State
from app.domain.results import Figures, Tally
from tenants.schema import TenantKind


class Counted(StrEnum):
    """A count of people that can be explained, by the name that figures and addresses call it."""

    ELIGIBLE = "eligible"
    REGISTERED = "registered"
    SELF_ASSESSED = "self_assessed"
    APPRAISED = "appraised"
    DECIDED = "decided"
    UNDECIDED = "undecided"
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"
    OUTSTANDING = "outstanding"
    WITH_DIGITAL_SKILLS = "with_digital_skills"
    DIGITALLY_FLUENT = "digitally_fluent"

    def of(self, figures: Figures) -> int:
        """Return this count out of figures."""
        return int(getattr(figures, self.value))


WHOLES: Mapping[Counted, tuple[Counted, ...]] = {
    Counted.REGISTERED: (Counted.ELIGIBLE,),
    Counted.SELF_ASSESSED: (Counted.REGISTERED,),
    Counted.APPRAISED: (Counted.REGISTERED,),
    Counted.UNDECIDED: (Counted.REGISTERED,),
    Counted.RECOGNISED: (Counted.REGISTERED, Counted.ELIGIBLE),
    Counted.NOT_RECOGNISED: (Counted.REGISTERED,),
    Counted.OUTSTANDING: (Counted.RECOGNISED,),
    Counted.WITH_DIGITAL_SKILLS: (Counted.RECOGNISED,),
    Counted.DIGITALLY_FLUENT: (Counted.WITH_DIGITAL_SKILLS,),
}
"""Of whom a count is shown as a share."""

DENOMINATORS = (
    Counted.ELIGIBLE,
    Counted.REGISTERED,
    Counted.RECOGNISED,
    Counted.WITH_DIGITAL_SKILLS,
)
"""Of whom a share may be taken."""

BY_DECISION = frozenset(
    {
        Counted.DECIDED,
        Counted.RECOGNISED,
        Counted.NOT_RECOGNISED,
        Counted.OUTSTANDING,
        Counted.WITH_DIGITAL_SKILLS,
        Counted.DIGITALLY_FLUENT,
    }
)
"""What only a decision makes true of somebody."""


class Cut(StrEnum):
    """Into what a figure is cut, in the order in which a page shows it."""

    REPORTS = "reports"
    AGENCIES = "agencies"
    UNITS = "units"
    DECISIONS = "decisions"
    KINDS = "kinds"
    GROUPS = "groups"
    STATES = "states"


@dataclass(frozen=True, slots=True)
class Stand:
    """How far people have come, and with what outcome."""

    state: State
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A decision. Above its agency, one not published yet has neither number nor date."""

    id: UUID | None = None
    number: str | None = None
    signed_on: date | None = None
    is_published: bool = False


class Gap(StrEnum):
    """What stands between a figure and the decisions behind it."""

    NO_DECISION = "no_decision"
    NOT_COUNTED_YET = "not_counted_yet"
    COUNTED_ELSEWHERE = "counted_elsewhere"
    DOES_NOT_ADD_UP = "does_not_add_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An accepted version of the report of an agency right below."""

    name: str
    slug: str
    version: int
    hash: str


@dataclass(frozen=True, slots=True)
class OwnPeople:
    """The people of the agency itself: those about whom a decision is in force, or everybody."""

    name: str
    is_decided_only: bool = True


@dataclass(frozen=True, slots=True)
class TakenOff:
    """Everybody who is found in two agencies: which these are is an explanation of its own."""


Subject: TypeAlias = (
    AgencyLine
    | UnitLine
    | Twice
    | TakenOff
    | Stand
    | Paper
    | Gap
    | Signed
    | OwnPeople
    | TenantKind
    | int
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a figure is made of, and how many people it brings; what is taken off, less.

    A number as the subject is a group of people.
    """

    subject: Subject
    value: int

    @property
    def gap(self) -> Gap | None:
        """What stands between the figure and its decisions, if the part is about that."""
        return self.subject if isinstance(self.subject, Gap) else None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to cut a figure into parts; ``silent`` parts bring nobody and are not listed."""

    cut: Cut
    parts: tuple[Part, ...]
    silent: int = 0

    @property
    def total(self) -> int:
        """What the parts add up to."""
        return sum(part.value for part in self.parts)

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left that nobody can say where it comes from."""
        return all(part.gap is not Gap.DOES_NOT_ADD_UP for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A figure, the ways to cut it, and who is not in it because of where they stand."""

    counted: Counted
    value: int
    ways: tuple[Way, ...]
    left_out: tuple[Part, ...] = ()

    def sums(self) -> bool:
        """Tell whether each way adds up to the figure, of parts that are known."""
        return all(way.total == self.value and way.is_whole for way in self.ways)


@dataclass(frozen=True, slots=True)
class Ruled:
    """How many people stand at one place by the word of one decision; None: of none on file."""

    paper: Paper | None
    tally: Tally


def explain_board(
    board: Board,
    counted: Counted,
    stands: Iterable[Tally],
    ruled: Iterable[Ruled] | None = None,
    *,
    is_waiting: bool = False,
) -> Explanation:
    """Explain what the board of an agency adds up to.

    ``stands`` are its people by how far they have come, whoever is counted twice taken off;
    ``ruled`` the same people by decision, where one agency alone is looked at; ``is_waiting``
    while changes there wait to be counted.
    """
    value = counted.of(board.total)
    ways = [_by_unit(board, counted) if board.is_by_unit else _by_agency(board, counted)]
    if ruled is not None and counted in BY_DECISION:
        ways.append(by_decision(ruled, counted, value, is_waiting=is_waiting))
    if len(board.by_kind) > 1:
        ways.append(cut_into(Cut.KINDS, board.by_kind.items(), counted))
    return _explanation(counted, value, ways, board.by_group, tuple(stands))


def explain_unit(
    unit: UnitLine,
    counted: Counted,
    stands: Iterable[Tally],
    ruled: Iterable[Ruled],
    *,
    is_waiting: bool = False,
) -> Explanation:
    """Explain the figure of one unit, as that of a board is."""
    value, ways = counted.of(unit.figures), []
    if counted in BY_DECISION:
        ways.append(by_decision(ruled, counted, value, is_waiting=is_waiting))
    return _explanation(counted, value, ways, unit.by_group, tuple(stands))


def explain_overlap(board: Board, counted: Counted) -> Explanation:
    """Explain what is taken off because it is counted in two agencies: a number below zero."""
    off = {group: Figures() - of for group, of in board.overlap_by_group.items()}
    by_group = cut_into(Cut.GROUPS, off.items(), counted)
    pairs = ((pair, counted.of(of)) for pair, of in board.overlap_by_pair.items())
    between = tuple(Part(pair, -people) for pair, people in pairs if people)
    ways = (Way(Cut.AGENCIES, between), by_group)
    return Explanation(counted=counted, value=-counted.of(board.overlap), ways=ways)


def explain_official(
    counted: Counted,
    total: Figures,
    brought: Iterable[tuple[Signed | OwnPeople, Figures]],
    twice: Iterable[tuple[Twice, Figures]],
) -> Explanation:
    """Explain an official figure: accepted versions and own decisions, everybody once."""
    lines = cut_into(Cut.REPORTS, brought, counted)
    off = tuple(Part(pair, -counted.of(of)) for pair, of in twice if counted.of(of))
    way = Way(Cut.REPORTS, lines.parts + off, lines.silent)
    return Explanation(counted=counted, value=counted.of(total), ways=(way,))


def explain_own(
    counted: Counted, brought: Figures, ruled: Iterable[Ruled], *, is_waiting: bool
) -> Explanation:
    """Explain what an agency's own decisions bring to its official figure."""
    value = counted.of(brought)
    way = by_decision(ruled, counted, value, is_waiting=is_waiting)
    return Explanation(counted=counted, value=value, ways=(way,))


def _explanation(
    counted: Counted, value: int, ways: list[Way], by_group: ByGroup, stands: tuple[Tally, ...]
) -> Explanation:
    ways.append(cut_into(Cut.GROUPS, by_group.items(), counted))
    reached = Way(Cut.STATES, by_state(stands, lambda one: counted.of(Figures.of([one]))))
    left = by_state(stands, lambda one: one.people - counted.of(Figures.of([one])))
    return Explanation(counted=counted, value=value, ways=(*ways, reached), left_out=left)


def _by_agency(board: Board, counted: Counted) -> Way:
    lines = cut_into(Cut.AGENCIES, ((line, line.figures) for line in board.lines), counted)
    twice = counted.of(board.overlap)
    off = (Part(TakenOff(), -twice),) if twice else ()
    return Way(Cut.AGENCIES, lines.parts + off, lines.silent)


def _by_unit(board: Board, counted: Counted) -> Way:
    return cut_into(Cut.UNITS, ((unit, unit.figures) for unit in board.units), counted)


def by_decision(
    ruled: Iterable[Ruled],
    counted: Counted,
    value: int,
    *,
    elsewhere: int = 0,
    is_waiting: bool = False,
) -> Way:
    """Cut by decision; what lies between the decisions and the figure is a part of its own.

    While changes wait to be counted they explain it. Otherwise nothing does, and the part says so.
    Of those ``elsewhere``, behind a signed version, nobody knows what was decided about them.
    """
    people: dict[Paper | None, int] = {}
    for one in ruled:
        brought = counted.of(Figures.of([one.tally]))
        people[one.paper] = people.get(one.paper, 0) + brought
    parts = [Part(paper or Gap.NO_DECISION, number) for paper, number in people.items() if number]
    if elsewhere:
        parts.append(Part(Gap.COUNTED_ELSEWHERE, elsewhere))
    between = value - sum(part.value for part in parts)
    if between:
        gap = Gap.NOT_COUNTED_YET if is_waiting else Gap.DOES_NOT_ADD_UP
        parts.append(Part(gap, between))
    return Way(Cut.DECISIONS, tuple(parts))


def by_state(stands: Iterable[Tally], measure: Callable[[Tally], int]) -> tuple[Part, ...]:
    """Return how many people, by some measure, stand at each place."""
    people: dict[Stand, int] = {}
    for one in stands:
        stand = Stand(one.state, one.outcome)
        people[stand] = people.get(stand, 0) + measure(one)
    order = tuple(State)
    found = sorted(
        people.items(), key=lambda each: (order.index(each[0].state), each[0].outcome or "")
    )
    return tuple(Part(stand, number) for stand, number in found if number)


def cut_into(cut: Cut, lines: Iterable[tuple[Subject, Figures]], counted: Counted) -> Way:
    """Cut a figure by what brings it; whoever brings nobody is only counted."""
    parts = [Part(subject, counted.of(figures)) for subject, figures in lines]
    told = tuple(part for part in parts if part.value)
    return Way(cut, told, len(parts) - len(told))
