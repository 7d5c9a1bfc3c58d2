"""What the public reads of a province: how many people each agency has recognised, by group.

Pupils, whose lists are internal, are one number for the whole province and stand in no line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.domain.public_tables import PublicTable, is_small
from app.domain.suppression import hidden_places


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """People recognised by published decisions of one agency, by group."""

    name: str
    people: Mapping[int, int]
    slug: str = ""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as the public may see it; None is hidden."""

    name: str
    cells: tuple[int | None, ...]
    total: int | None
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The lines of a province's agencies, who is counted in two of them, and pupils."""

    lines: Sequence[PublishedLine]
    twice: Mapping[int, int]
    groups: Sequence[int]
    pupils: int

    @cached_property
    def shown_lines(self) -> tuple[ShownLine, ...]:
        """The lines of the agencies."""
        return tuple(self._line(row, line.name, line.slug) for row, line in enumerate(self.lines))

    @cached_property
    def shown_twice(self) -> ShownLine | None:
        """What is taken off because it is counted in two agencies; None when nobody is."""
        row = len(self.lines)
        if not any(self._table.rows[row]):
            return None
        return self._line(row)

    @cached_property
    def shown_sums(self) -> ShownLine:
        """What the agencies add up to, everybody counted once."""
        return self._line(len(self._table.rows))

    @cached_property
    def shown_pupils(self) -> int | None:
        """How many pupils the province has recognised."""
        return None if is_small(self.pupils) else self.pupils

    @cached_property
    def is_anything_hidden(self) -> bool:
        """Tell whether a number is hidden, so that the page says why."""
        return bool(self._hidden) or self.shown_pupils is None

    @cached_property
    def _table(self) -> PublicTable:
        everything = (*(line.people for line in self.lines), self.twice)
        rows = (tuple(people.get(group, 0) for group in self.groups) for people in everything)
        # Whom an agency has recognised stands on its honour roll, name by name: it can be counted.
        on_rolls = frozenset(range(len(self.lines)))
        return PublicTable(tuple(rows), frozenset({len(self.lines)}), on_rolls)

    @cached_property
    def _hidden(self) -> frozenset[tuple[int, int]]:
        return hidden_places(self._table)

    def _line(self, row: int, name: str = "", slug: str = "") -> ShownLine:
        *cells, total = (
            None if (row, column) in self._hidden else self._table.count((row, column))
            for column in range(len(self.groups) + 1)
        )
        return ShownLine(name, tuple(cells), total, slug)
