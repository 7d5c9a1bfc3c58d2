"""A table that the public reads: counts by row and column, and which of them speak of persons."""

from dataclasses import dataclass
from typing import TypeAlias


SMALLEST_SHOWN = 5
"""Counts below it are hidden, but for zero."""

Place: TypeAlias = tuple[int, int]
"""A row and a column; after the last of either stands what the others add up to."""


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

    @property
    def last(self) -> Place:
        """The place of the grand total."""
        return len(self.rows), len(self.rows[0])

    def is_told(self, place: Place) -> bool:
        """Tell whether what stands at a place can be read elsewhere."""
        row, column = place
        return row in self.told and column == self.last[1]

    def count(self, place: Place) -> int:
        """Return what stands at a place."""
        row, column = place
        counts = self.sums if row == len(self.rows) else self.rows[row]
        return sum(counts) if column == len(counts) else counts[column]

    def line(self, place: Place, *, by_row: bool) -> list[Place]:
        """Return the row or the column of a place, with what it adds up to."""
        row, column = place
        if by_row:
            return [(row, other) for other in range(self.last[1] + 1)]
        return [(other, column) for other in range(self.last[0] + 1)]
