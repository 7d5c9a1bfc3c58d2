"""Which cells of a public table are hidden, so that nobody works out a count of one to four.

A small count says something about the few people behind it. Hiding it alone is not enough: what is
left of a total gives it away, so further cells are hidden until no hidden one has a single value
that fits: cells, what rows and columns add up to, and what everything does. Whoever looks is taken
to know that a hidden number is not zero, unless its whole row is hidden; all that is shown; and
what other public pages tell of a row, so that hiding it again hides nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias


SMALLEST_SHOWN = 5
"""Counts below it are hidden, but for zero."""

Place: TypeAlias = tuple[int, int]
"""A row and a column; after the last of either stands what the others add up to."""
_Node: TypeAlias = tuple[str, int]
_Arc: TypeAlias = tuple[_Node, _Node]
_SUMS: _Node = ("sums", 0)
_TOTALS: _Node = ("totals", 0)


def is_small(count: int) -> bool:
    """Tell whether a count is so small that it speaks of persons."""
    return 0 < count < SMALLEST_SHOWN


@dataclass(frozen=True, slots=True)
class PublicTable:
    """Counts by row and column; the rows in ``taken_off`` are subtracted from the sums.

    What the rows in ``told`` add up to can be read elsewhere, hidden here or not.
    """

    rows: tuple[tuple[int, ...], ...]
    taken_off: frozenset[int] = frozenset()
    told: frozenset[int] = frozenset()

    @property
    def sums(self) -> tuple[int, ...]:
        """What the columns add up to."""
        signs = [-1 if row in self.taken_off else 1 for row in range(len(self.rows))]
        return tuple(
            sum(sign * count for sign, count in zip(signs, column, strict=True))
            for column in zip(*self.rows, strict=True)
        )

    def is_told(self, place: Place) -> bool:
        """Tell whether what stands at a place can be read elsewhere."""
        row, column = place
        return row in self.told and column == len(self.sums)

    def count(self, place: Place) -> int:
        """Return what stands at a place."""
        row, column = place
        counts = self.sums if row == len(self.rows) else self.rows[row]
        return sum(counts) if column == len(counts) else counts[column]


def hidden_places(table: PublicTable) -> frozenset[Place]:
    """Return which cells and which sums may not be shown."""
    hidden = {place for place in _places(table) if is_small(table.count(place))}
    whole = frozenset(row for row, counts in enumerate(table.rows) if is_small(sum(counts)))
    hidden |= {(row, column) for row in whole for column in range(len(table.sums))}
    # First for who reads this table alone, then for who has read elsewhere what is told of it.
    alone = _with_companions(replace(table, told=frozenset()), hidden, whole)
    both = _with_companions(table, alone, whole)
    # What was hidden for the second and gives itself away all the same protects nobody.
    vain = set(_told(table, both, whole)) - alone
    return frozenset(both - vain)


def _with_companions(table: PublicTable, small: set[Place], whole: frozenset[int]) -> set[Place]:
    """Return what is hidden so that nothing of it gives itself away, as far as that can be."""
    hidden = set(small)
    while told := _told(table, hidden, whole):
        more = next(_companions(table, hidden, told), None)
        if more is None:
            break
        hidden.add(more)
    return hidden


def _places(table: PublicTable) -> Iterator[Place]:
    for row in range(len(table.rows) + 1):
        for column in range(len(table.sums) + 1):
            yield row, column


def _told(table: PublicTable, hidden: set[Place], whole: frozenset[int]) -> list[Place]:
    """Return the hidden cells that give themselves away."""
    unknown = {place for place in hidden if not table.is_told(place)}
    arcs = dict(_arcs(table, unknown, whole))
    return [place for place in sorted(unknown) if not _may_differ(place, arcs)]


def _companions(table: PublicTable, hidden: set[Place], told: Sequence[Place]) -> Iterator[Place]:
    """Yield what to hide beside cells that give themselves away, the best first.

    A cell that is hidden alone in its row needs another there, and so in its column. After that,
    whatever stands in line with one; the sums of columns, and empty cells, go last.
    """
    last = len(table.rows)
    for by_row in (True, False):
        for place in told:
            line = _line(table, place, by_row=by_row)
            unknown = [one for one in line if one in hidden and not table.is_told(one)]
            if place[0] < last and len(unknown) == 1:
                yield from _best(table, hidden, line)
    for place in told:
        for by_row in (True, False):
            yield from _best(table, hidden, _line(table, place, by_row=by_row))
    yield from (place for place in _line(table, (last, 0), by_row=True) if place not in hidden)


def _line(table: PublicTable, place: Place, *, by_row: bool) -> list[Place]:
    row, column = place
    if by_row:
        return [(row, other) for other in range(len(table.sums) + 1)]
    return [(other, column) for other in range(len(table.rows) + 1)]


def _best(table: PublicTable, hidden: set[Place], line: Sequence[Place]) -> list[Place]:
    """Return the filled cells of a line: before sums, where others are hidden, the smallest."""
    last = (len(table.rows), len(table.sums))
    rows, columns = {row for row, _ in hidden}, {column for _, column in hidden}
    across = columns if len({row for row, _ in line}) == 1 else rows
    by_row = across is columns

    def cost(place: Place) -> tuple[bool, bool, int, Place]:
        meets = (place[1] if by_row else place[0]) in across
        is_sum = place[0] == last[0] or place[1] == last[1]
        return (is_sum, not meets, abs(table.count(place)), place)

    filled = [place for place in line if place not in hidden and table.count(place)]
    return sorted((place for place in filled if not table.is_told(place)), key=cost)


def _arcs(
    table: PublicTable, hidden: set[Place], whole: frozenset[int]
) -> Iterator[tuple[Place, tuple[_Arc, bool]]]:
    """Yield each hidden cell as a pipe from its row to its column, and whether it may carry less.

    Sums of columns are pipes that go on from there, those of rows are pipes that lead to a row.
    What is shown is fixed, so all that may differ goes round in circles through what is hidden.
    """
    for place in hidden:
        row, column = place
        start: _Node = _SUMS if row == len(table.rows) else ("row", row)
        end: _Node = _TOTALS if column == len(table.sums) else ("column", column)
        is_sum = (row == len(table.rows)) != (column == len(table.sums))
        is_turned = is_sum != (row in table.taken_off)
        arc: _Arc = (end, start) if is_turned else (start, end)
        least = 0 if row in whole and column < len(table.sums) else 1
        yield place, (arc, table.count(place) > least)


def _may_differ(place: Place, arcs: Mapping[Place, tuple[_Arc, bool]]) -> bool:
    """Tell whether one more, or one less, at a place fits everything that is shown."""
    (start, end), may_shrink = arcs[place]
    ways: dict[_Node, list[_Node]] = {}
    for other, ((one, two), may_carry_less) in arcs.items():
        if other != place:
            ways.setdefault(one, []).append(two)
            if may_carry_less:
                ways.setdefault(two, []).append(one)
    return _is_led(end, start, ways) or (may_shrink and _is_led(start, end, ways))


def _is_led(start: _Node, end: _Node, ways: Mapping[_Node, Sequence[_Node]]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == end:
            return True
        for other in ways.get(node, ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False
