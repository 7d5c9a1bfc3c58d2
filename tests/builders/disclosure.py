"""Tries to work out the hidden numbers of a public table, as a reader with pencil and paper would.

Knows nothing of how cells are hidden: only what is shown or told, that rows and columns add up, and
that a hidden count is not zero, but in a row of which nothing is shown (of the sums, none but the
grand total). Whole numbers and their bounds are enough for that: no solver of linear programs.
"""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from app.domain.public_tables import SMALLEST_SHOWN, Place, PublicTable, is_small


Line: TypeAlias = Sequence[tuple[Place, int]]
Equation: TypeAlias = list[Fraction]


def places_of(table: PublicTable) -> Iterator[Place]:
    """Yield every cell and every sum."""
    yield from product(range(len(table.rows) + 1), range(len(table.sums) + 1))


def small_found(table: PublicTable, hidden: Collection[Place]) -> list[Place]:
    """Return the small counts that are worked out.

    Where what all rows add up to is told, so is the grand total: it is nobody's secret.
    """
    grand_total = {(len(table.rows), len(table.sums))} if table.told else set()
    found = attacked(table, hidden) - grand_total
    return sorted(place for place in found if is_small(table.count(place)))


def attacked(table: PublicTable, hidden: Collection[Place]) -> set[Place]:
    """Return what is worked out: by differences, or by what a count can be at the least."""
    unknown = sorted(place for place in hidden if not table.is_told(place))
    equations = [equation(table, line, unknown) for line in lines_of(table)]
    between = bounds(table, equations, unknown)
    return worked_out(equations, unknown) | {one for one, (a, b) in between.items() if a == b}


def pinned(table: PublicTable, hidden: Collection[Place], choices: int) -> list[Place]:
    """Return the small counts that are known to be small, and one of fewer than so many values."""
    unknown = sorted(place for place in hidden if not table.is_told(place))
    between = bounds(table, [equation(table, line, unknown) for line in lines_of(table)], unknown)
    return [
        place
        for place, (lowest, highest) in between.items()
        if is_small(table.count(place))
        and highest < SMALLEST_SHOWN
        and highest - lowest + 1 < choices
    ]


def lines_of(table: PublicTable) -> Iterator[Line]:
    """Yield each row with its sum, and each column with its own, as places and signs."""
    rows, columns = len(table.rows), len(table.sums)
    for row in range(rows + 1):
        yield [((row, column), 1) for column in range(columns)] + [((row, columns), -1)]
    for column in range(columns + 1):
        signs = [-1 if row in table.taken_off else 1 for row in range(rows)]
        yield [((row, column), signs[row]) for row in range(rows)] + [((rows, column), -1)]


def equation(table: PublicTable, line: Line, unknown: Sequence[Place]) -> Equation:
    """Write a line as what its unknown places, by their signs, add up to."""
    signs = dict(line)
    known = sum(sign * table.count(place) for place, sign in line if place not in unknown)
    return [Fraction(signs.get(place, 0)) for place in unknown] + [Fraction(-known)]


def worked_out(equations: Sequence[Equation], unknown: Sequence[Place]) -> set[Place]:
    """Return the places that sums and differences of what is shown come down to."""
    rows, done = [list(one) for one in equations], 0
    for column in range(len(unknown)):
        pivot = next((row for row in range(done, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [one / rows[done][column] for one in rows[done]]
        for row in range(len(rows)):
            if row != done and rows[row][column]:
                times = rows[row][column]
                rows[row] = [a - times * b for a, b in zip(rows[row], rows[done], strict=True)]
        done += 1
    alone = [[place for place, one in zip(unknown, row, strict=False) if one] for row in rows]
    return {found[0] for found in alone if len(found) == 1}


def bounds(
    table: PublicTable, equations: Sequence[Equation], unknown: Sequence[Place]
) -> dict[Place, tuple[int, int]]:
    """Return between what each unknown place is, when lines are held against the others' bounds."""
    lowest = {place: int(place[0] in _shown_rows(table, unknown)) for place in unknown}
    lowest |= {place: 1 for place in unknown if place[1] == table.last[1]}
    highest = dict.fromkeys(unknown, 10**6)
    lines = [(_terms(signs, unknown), int(total)) for *signs, total in equations]
    for _, (terms, total) in product(range(6), lines):
        for place, sign in terms:
            others = [one for one in terms if one[0] != place]
            least, most = (
                total - sum(of * (one if of * way > 0 else other)[at] for at, of in others)
                for way, one, other in ((-1, lowest, highest), (1, lowest, highest))
            )
            values = sorted((least * sign, most * sign))
            lowest[place] = max(lowest[place], values[0])
            highest[place] = min(highest[place], values[1])
    return {place: (lowest[place], highest[place]) for place in unknown}


def _shown_rows(table: PublicTable, unknown: Sequence[Place]) -> set[int]:
    known = {place for place in places_of(table) if place not in unknown}
    return {place[0] for place in known - {table.last} if not table.is_told(place)}


def _terms(signs: Sequence[Fraction], unknown: Sequence[Place]) -> Line:
    return [(place, int(sign)) for place, sign in zip(unknown, signs, strict=True) if sign]
