"""Says what a door must answer, from the access table alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.permissions import Role
from tests.isolation.access_table import AccessTable, Line
from tests.isolation.agencies import RELATIONS
from tests.isolation.recipes import ON_BEHALF, PERSONAL


class Verdict(StrEnum):
    """How a door may answer. ``OPEN`` includes that a rule of the house stands in the way."""

    OPEN = "open"
    REFUSED = "403"
    MISSING = "404"
    SIGN_IN = "sign in"


class Thing(StrEnum):
    """Whose object the address names."""

    OWN = "own"
    FOREIGN = "foreign"
    NONE = "none"
    UNNAMED = "unnamed"


FOREIGN = tuple(relation for relation in RELATIONS if relation != "own")

# Found by a secret, wherever its link is opened: it belongs to an account and to no agency.
_OPENED_BY_A_SECRET = frozenset({"invitation"})
# Leads on from the portal; below an agency it is nothing.
ONLY_AT_THE_PORTAL = frozenset({"portal.agency"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One try: who knocks where, naming whose object.

    ``place`` is whose address it is, and ``relation`` whose object is named.
    """

    line: Line
    role: Role | None
    place: str
    relation: str
    thing: Thing

    def __str__(self) -> str:
        """Name the cell in a list of failures."""
        who = self.role.value if self.role else "anonymous"
        what = f"{self.line.method} {self.line.endpoint}"
        return f"{what} as {who} at {self.place}, {self.thing} object ({self.relation})"


class Oracle:
    """What the table makes of every page."""

    def __init__(self, table: AccessTable, *, is_whole: bool = True) -> None:
        self.grants: Mapping[str, frozenset[str]] = table.grants
        self.is_whole = is_whole

    def cells_of(self, line: Line) -> Iterator[Cell]:
        """Yield every cell of a page.

        One role that may open it tries every relation; the others take turns, each with another
        relation on the next page: abroad everybody is a stranger, and who may not open a page is
        sent away before any object is looked at. When it is not the whole matrix, the others rest,
        all but strangers.
        """
        thorough = next((role for role in (*Role, None) if self.may(line, role)), None)
        for number, role in enumerate((None, *Role)):
            if not self.is_whole and role not in {thorough, None}:
                continue
            turn = number + len(line.endpoint)
            relations = FOREIGN if role is thorough else (FOREIGN[turn % len(FOREIGN)],)
            tries = _tries(line, relations, is_let_in=self.may(line, role), is_even=turn % 2 == 0)
            for place, relation, thing in tries:
                yield Cell(line=line, role=role, place=place, relation=relation, thing=thing)

    def may(self, line: Line, role: Role | None) -> bool:
        """Tell whether a role, or nobody in particular, may open a page in its own agency."""
        if role is None:
            return line.who == "public"
        needed = line.who if line.needs_permission else ON_BEHALF.get(line.endpoint)
        return needed is None or needed in self.grants[role.value]

    def verdict(self, cell: Cell) -> Verdict:
        """Return how the door must answer."""
        line = cell.line
        if cell.place == "suspended" or line.endpoint in ONLY_AT_THE_PORTAL:
            return Verdict.MISSING
        if line.who == "public":
            return self._by_object(cell)
        if cell.role is None:
            return Verdict.SIGN_IN
        if cell.place != "own":
            is_anywhere = not line.needs_permission and not line.kinds
            return Verdict.OPEN if is_anywhere else Verdict.MISSING
        if not self.may(line, cell.role):
            return Verdict.REFUSED if line.needs_permission else Verdict.MISSING
        return self._by_object(cell)

    def _by_object(self, cell: Cell) -> Verdict:
        if cell.thing is Thing.NONE or cell.line.kinds & PERSONAL:
            return Verdict.MISSING
        if cell.line.kinds & _OPENED_BY_A_SECRET:
            return Verdict.OPEN
        is_below = cell.line.object == "agency below" and cell.relation == "child"
        if cell.relation == cell.place or cell.thing is Thing.UNNAMED or is_below:
            return Verdict.OPEN
        return Verdict.MISSING


def _tries(
    line: Line, relations: Sequence[str], *, is_let_in: bool, is_even: bool
) -> Iterator[tuple[str, str, Thing]]:
    thing = Thing.OWN if line.kinds else Thing.UNNAMED
    yield "own", "own", thing
    if is_let_in or is_even or not line.kinds:
        for relation in relations:
            yield relation, relation, Thing.FOREIGN if line.kinds else thing
    if line.kinds and (is_let_in or not is_even):
        yield from (("own", relation, Thing.FOREIGN) for relation in relations)
    if line.kinds and is_let_in:
        yield "own", "own", Thing.NONE


def is_so(verdict: Verdict, status: int, location: str, rules: frozenset[int]) -> bool:
    """Tell whether an answer is what was said of it."""
    leads_to_sign_in = status == 302 and "/sign-in" in location
    if verdict is Verdict.OPEN:
        return (200 <= status < 400 and not leads_to_sign_in) or status in rules
    if verdict is Verdict.SIGN_IN:
        return leads_to_sign_in
    return status == int(verdict.value)
