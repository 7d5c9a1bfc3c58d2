"""What hidden numbers of a table may be, for all that somebody sees who knows what is shown.

Rows, columns, their sums and the sum of all are a net of pipes: what is hidden flows, what is shown
is fixed. A hidden number can be greater by whatever else can flow from where its pipe ends to where
it begins, and less by what can flow the other way. No count is broken in two by this, so that what
is found is exact. Whoever looks is taken to know that a hidden number is not zero, unless nothing
is shown of its row.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from app.domain.public_tables import SMALLEST_SHOWN, Place, PublicTable, is_small


CHOICES = SMALLEST_SHOWN - 1
"""So many values a small count may have at the least, where it cannot be a great one: all that
stand behind the sign that it is hidden."""
_FEW_CHOICES = 2
"""The same in a row of which others tell that it is small."""

_Node: TypeAlias = tuple[str, int]
_SUMS: _Node = ("sums", 0)
_TOTALS: _Node = ("totals", 0)


class _Step(NamedTuple):
    """A pipe that is gone along, or against, and where that leads."""

    place: Place
    to: _Node
    is_along: bool


class Leeway:
    """By how much each hidden number of a table may be another."""

    def __init__(self, table: PublicTable, hidden: Collection[Place]) -> None:
        self._table = table
        self._blank = _blank_rows(table, hidden)
        self.unknown = sorted(place for place in hidden if not table.is_told(place))
        self._spare = {one: max(table.count(one) - self._least(one), 0) for one in self.unknown}
        self._steps: defaultdict[_Node, list[_Step]] = defaultdict(list)
        for place in self.unknown:
            start, end = _pipe(table, place)
            self._steps[start].append(_Step(place, end, is_along=True))
            self._steps[end].append(_Step(place, start, is_along=False))

    def _least(self, place: Place) -> int:
        return 0 if place[0] in self._blank and place[1] < self._table.last[1] else 1

    def gives_away(self, place: Place) -> bool:
        """Tell whether a hidden number can be worked out, or is known to be one of few."""
        count = self._table.count(place)
        if not is_small(count):
            return not (self.more(place, 1) or self.less(place, 1))
        more = self.more(place, SMALLEST_SHOWN - count)
        may_be_great = count + more >= SMALLEST_SHOWN
        return not may_be_great and more + self.less(place, count) < self._choices(place) - 1

    def _choices(self, place: Place) -> int:
        total = (place[0], self._table.last[1])
        is_known_small = self._table.is_told(total) and is_small(self._table.count(total))
        return _FEW_CHOICES if is_known_small else CHOICES

    def more(self, place: Place, wanted: int) -> int:
        """Return by how much a number may be greater, as far as that is wanted."""
        start, end = _pipe(self._table, place)
        return self._flow(end, start, place, wanted)

    def less(self, place: Place, wanted: int) -> int:
        """Return by how much a number may be less, as far as that is wanted."""
        start, end = _pipe(self._table, place)
        return self._flow(start, end, place, min(wanted, self._spare[place]))

    def _flow(self, start: _Node, end: _Node, without: Place, wanted: int) -> int:
        flows: defaultdict[Place, int] = defaultdict(int)
        found = 0
        while found < wanted and (way := self._way(start, end, without, flows)):
            narrowest = [
                self._spare[one.place] + flows[one.place] for one in way if not one.is_along
            ]
            amount = min([*narrowest, wanted - found])
            for one in way:
                flows[one.place] += amount if one.is_along else -amount
            found += amount
        return found

    def _way(
        self, start: _Node, end: _Node, without: Place, flows: Mapping[Place, int]
    ) -> Sequence[_Step]:
        """Return the shortest way on which something more may flow, from its end; empty if none."""
        came: dict[_Node, tuple[_Node, _Step]] = {}
        waiting = deque([start])
        while waiting and end not in came:
            node = waiting.popleft()
            for step in self._steps[node]:
                is_open = step.is_along or self._spare[step.place] + flows.get(step.place, 0) > 0
                if step.place != without and is_open and step.to not in came and step.to != start:
                    came[step.to] = (node, step)
                    waiting.append(step.to)
        return list(_back(came, start, end)) if end in came else []


def _back(came: Mapping[_Node, tuple[_Node, _Step]], start: _Node, end: _Node) -> Iterator[_Step]:
    node = end
    while node != start:
        node, step = came[node]
        yield step


def _blank_rows(table: PublicTable, hidden: Collection[Place]) -> frozenset[int]:
    """Return the rows of which nothing is shown: zeros may be among what is hidden there.

    Of the sums, the grand total may be.
    """
    last, width = table.last
    return frozenset(
        row
        for row in range(last + 1)
        if all((row, column) in hidden for column in range(width))
        and (row == last or (row, width) in hidden)
    )


def _pipe(table: PublicTable, place: Place) -> tuple[_Node, _Node]:
    """Return where the pipe of a place begins and ends.

    It leads from its row to its column. Sums of columns are pipes that go on from there, those of
    rows are pipes that lead to a row; rows that are taken off flow the other way.
    """
    row, column = place
    last, width = table.last
    start: _Node = _SUMS if row == last else ("row", row)
    end: _Node = _TOTALS if column == width else ("column", column)
    is_sum = (row == last) != (column == width)
    return (end, start) if is_sum != (row in table.taken_off) else (start, end)
