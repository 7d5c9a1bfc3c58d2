"""The columns of the board's table, and its order by any of them."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias, TypeVar

from app.domain.boards import AgencyLine, UnitLine
from app.domain.results import percent
from app.labels import boards as labels


Line: TypeAlias = AgencyLine | UnitLine
L = TypeVar("L", AgencyLine, UnitLine)
Measure: TypeAlias = Callable[[Line], int | Fraction | None]


def _figure(name: str) -> Measure:
    return lambda line: int(getattr(line.figures, name))


def _lateness(line: Line) -> int | None:
    """Count days late or overdue as positive, and days left as negative."""
    if not isinstance(line, AgencyLine):
        return None
    return line.report.days_over if line.report else None


COLUMNS: Mapping[str, Measure] = {
    "name": lambda _line: None,
    **{name: _figure(name) for name in labels.COLUMNS},
    "of_registered": lambda line: percent(line.figures.recognised, line.figures.registered),
    "of_eligible": lambda line: percent(line.figures.recognised, line.figures.eligible),
    "report": _lateness,
}


def in_order(lines: Iterable[L], column: str, *, is_descending: bool) -> list[L]:
    """Sort by a column, then by name as a dictionary would; lines without a value come last."""
    by_name = sorted(lines, key=lambda line: line.sort_key)
    if column == "name":
        return by_name[::-1] if is_descending else by_name
    measured = [(COLUMNS[column](line), line) for line in by_name]
    known = [(value, line) for value, line in measured if value is not None]
    # Sorting is stable, also backwards: equal values keep the order of their names.
    known.sort(key=lambda pair: pair[0], reverse=is_descending)
    return [line for _, line in known] + [line for value, line in measured if value is None]
