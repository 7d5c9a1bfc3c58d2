"""Cuts a long list into parts, each of which can be read and brought in by itself."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from app.domain.roster import SortedRow
from app.intake.sheets import Sheet


def cut_into_parts(sheet: Sheet, rows: Sequence[SortedRow], most: int) -> Iterator[Sheet]:
    """Yield the good rows of a sheet, so many at a time, and never a namesake without the others.

    Which of two namesakes on the roster a row means depends on the rows of both: they go into one
    part, should it grow a little longer for it. Nothing else in a row depends on another.
    """
    cells = dict(sheet.rows)
    for numbers in _numbers_of(rows, most):
        yield Sheet(name=sheet.name, rows=tuple((one, cells[one]) for one in sorted(numbers)))


def _numbers_of(rows: Sequence[SortedRow], most: int) -> Iterator[Sequence[int]]:
    part: list[int] = []
    for _, namesakes in groupby(sorted(rows, key=_alike), key=_alike):
        numbers = [one.row.number_in_file for one in namesakes]
        if part and len(part) + len(numbers) > most:
            yield part
            part = []
        part += numbers
    if part:
        yield part


def _alike(one: SortedRow) -> tuple[str, int]:
    return one.alike
