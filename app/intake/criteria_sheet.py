"""The texts of a criteria set, read from the workbook that they were typed into."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.criteria import Cells
from app.domain.criteria_faults import CellFault, Fault, sift
from app.intake.sheets import Cell, Sheet


_PLACE = re.compile(r"[a-z_]+(\.[a-z_0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A cell of a file that was not taken over, as its reader finds it; row 0: in no row."""

    row: int
    column: str
    fault: CellFault


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaReading:
    """The good cells of a file, and what was wrong with the others."""

    cells: Cells
    problems: tuple[FileProblem, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    row: int
    column: str
    path: str
    value: str


def read_criteria_sheets(sheets: Iterable[Sheet], current: Cells) -> CriteriaReading:
    """Return what a workbook says otherwise than a draft, cell by cell."""
    first: dict[str, _Told] = {}
    problems = []
    for told in _told(sheets, current):
        if told.path not in current:
            problems.append(_problem(told, Fault.UNKNOWN_PLACE))
        elif told.path in first:
            row = first[told.path].row
            problems.append(_problem(told, Fault.TWICE, first_row=row))
        else:
            first[told.path] = told
    good, faults = sift(current, {path: told.value for path, told in first.items()})
    nowhere = _Told(0, "", "", "")
    for fault in faults:
        told = first.get(fault.path, nowhere)
        problems.append(FileProblem(row=told.row, column=told.column, fault=fault))
    in_order = sorted(problems, key=lambda one: (one.row, one.column))
    return CriteriaReading(cells=good, problems=tuple(in_order))


def _problem(told: _Told, fault: Fault, **facts: object) -> FileProblem:
    return FileProblem(row=told.row, column=told.column, fault=CellFault(told.path, fault, facts))


def _told(sheets: Iterable[Sheet], current: Cells) -> Iterator[_Told]:
    for sheet in sheets:
        for row, cells in sheet.rows:
            key, value, english = (_text(cells, place) for place in (0, 2, 3))
            if not _PLACE.fullmatch(key):
                continue
            if f"{key}.vi" in current:
                yield _Told(row, "C", f"{key}.vi", value)
                yield _Told(row, "D", f"{key}.en", english)
            else:
                yield _Told(row, "C" if key in current else "A", key, value)


def _text(cells: tuple[Cell, ...], place: int) -> str:
    value = cells[place] if place < len(cells) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
