"""The board's plots: which rows they draw, already written for the reader."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

from app.domain.boards import UNITS_MERGED_IN, AgencyLine, Board
from app.domain.report_standings import ReportStanding
from app.domain.reports import ReportTimeliness
from app.domain.results import Figures
from app.domain.targets import recognition_target
from app.domain.timeliness import Punctuality, Timeliness
from app.labels.boards import KINDS, describe_punctuality
from app.labels.reports import REPORT_TIMELINESS, TIMELINESS_LOOKS, describe_report
from app.web.board.filters import Filters
from app.web.language import show_number, show_percent
from tenants.schema import Target, TenantKind


_TOP, _BOTTOM = 6, 4
_YEARS_DRAWN = 6
_PICTURES = {
    Timeliness.ON_TIME: ("green", "circle-check"),
    Timeliness.LATE: ("amber", "clock"),
    Timeliness.OVERDUE: ("red", "alert-triangle"),
    Timeliness.AWAITED: ("grey", "hourglass"),
}
# In the order of drawing, each with the colour of its part of the bar.
_DRAWN = {
    ReportTimeliness.ON_TIME: 1,
    ReportTimeliness.AWAITED: 2,
    ReportTimeliness.EXTENDED: 6,
    ReportTimeliness.LATE_EXTENDED: 3,
    ReportTimeliness.LATE: 7,
    ReportTimeliness.OVERDUE: 4,
    ReportTimeliness.WAIVED: 5,
}

Row: TypeAlias = dict[str, Any]
Doors: TypeAlias = Callable[[AgencyLine], Row]
"""Where an agency's name leads (``url``), and what leads to its figures explained (``lead``)."""


def share(part: int, whole: int) -> float | None:
    """Return a percentage as a drawing takes it; None of nobody."""
    return 100 * part / whole if whole else None


def plots_by_kind(
    board: Board, targets: Iterable[Target], doors: Doors, *, whole: str = ""
) -> Iterator[Row]:
    """Yield, for each kind of agency, what its bars and dots show; with its own target.

    Of many agencies the first and the last, and all dots of the kind that ``whole`` names.
    """
    known = tuple(targets)
    for kind in board.by_kind:
        lines = [line for line in board.lines if line.kind is kind and line.figures.eligible]
        target = recognition_target(known, kind)
        if lines:
            yield _plot(kind, lines, target, doors, is_whole=kind == whole)


def _plot(
    kind: TenantKind,
    lines: list[AgencyLine],
    target: Target | None,
    doors: Doors,
    *,
    is_whole: bool,
) -> Row:
    ranked = sorted(
        lines, key=lambda line: -(share(line.figures.recognised, line.figures.eligible) or 0)
    )
    is_cut = len(ranked) > _TOP + _BOTTOM
    shown = [*ranked[:_TOP], *ranked[-_BOTTOM:]] if is_cut else ranked
    aim = target.percent if target else None
    return {
        "kind": kind.value,
        "title": str(KINDS[kind]),
        "is_cut": is_cut,
        "top": _TOP,
        "bottom": _BOTTOM,
        "count": len(ranked),
        "target": aim,
        "target_year": target.year if target else None,
        "bars": [_bar(line, aim) | doors(line) for line in shown],
        "dots": [_dot(line) | doors(line) for line in (ranked if is_whole else shown)],
    }


def _bar(line: AgencyLine, target: int | None) -> Row:
    value = share(line.figures.recognised, line.figures.eligible)
    return {
        "label": line.name,
        "value": value,
        "text": show_percent(value),
        "second": show_number(line.figures.recognised),
        "kind": _colour(value, target),
    }


def _colour(value: float | None, target: int | None) -> str:
    if target is None or value is None:
        return ""
    return "green" if value >= target else "amber"


def _dot(line: AgencyLine) -> Row:
    recognised = share(line.figures.recognised, line.figures.eligible)
    registered = share(line.figures.registered, line.figures.eligible)
    return {
        "label": line.name,
        "recognised": recognised,
        "registered": registered,
        "recognised_text": show_percent(recognised),
        "registered_text": show_percent(registered),
    }


def trend(years: Mapping[int, Figures], lead: Callable[[int], Callable[[str], str]]) -> list[Row]:
    """Return the share recognised in each year; empty while there is nothing to compare."""
    counted = [year for year, figures in years.items() if figures.eligible]
    if len(counted) <= 1:
        return []
    span = range(max(min(counted), max(counted) - _YEARS_DRAWN + 1), max(counted) + 1)
    return [_point(year, years.get(year, Figures())) | {"lead": lead(year)} for year in span]


def _point(year: int, figures: Figures) -> Row:
    value = share(figures.recognised, figures.eligible)
    return {
        "label": str(year),
        "value": value,
        "text": show_percent(value),
        "is_break": year == UNITS_MERGED_IN,
    }


def standing(punctuality: Punctuality | None) -> Row | None:
    """Return the chip that says how an agency stands to a deadline."""
    if punctuality is None:
        return None
    colour, picture = _PICTURES[punctuality.timeliness]
    return {
        "kind": colour,
        "picture": picture,
        "label": describe_punctuality(punctuality),
        "last_day": punctuality.last_day,
        "done_on": punctuality.done_on,
    }


def report_standing(report: ReportStanding | None) -> Row | None:
    """Return the chip that says how an agency's report stands to its due date."""
    if report is None:
        return None
    colour, picture = TIMELINESS_LOOKS[report.timeliness]
    return {
        "kind": colour,
        "picture": picture,
        "label": describe_report(report),
        "last_day": report.last_day,
        "extended_until": report.extended_until,
        "received_on": report.received_on,
    }


def reports_counted(board: Board, filters: Filters) -> list[Row]:
    """Return how many reports came on time, late, are awaited, overdue and waived.

    Each with whose they are, once its number was followed (``filters.whole``).
    """
    agencies: dict[ReportTimeliness, list[AgencyLine]] = defaultdict(list)
    for line in board.lines:
        if line.report:
            agencies[line.report.timeliness].append(line)
    return [
        {
            "label": str(REPORT_TIMELINESS[timeliness]),
            "value": len(agencies[timeliness]),
            "text": show_number(len(agencies[timeliness])),
            "colour": colour,
            "url": filters.whole_url(f"reports-{timeliness.value}", "picked"),
            "agencies": agencies[timeliness]
            if filters.whole == f"reports-{timeliness.value}"
            else (),
        }
        for timeliness, colour in _DRAWN.items()
        if agencies[timeliness]
    ]


def last_days(board: Board) -> list[date]:
    """Return the last days on which reports are on time, each once."""
    return sorted({line.report.last_day for line in board.lines if line.report})


def latecomers(board: Board) -> list[AgencyLine]:
    """Return the agencies that are late or overdue with anything, the worst first."""
    lateness = {line.id: max(_days_late(line), default=0) for line in board.lines}
    late = [line for line in board.lines if lateness[line.id]]
    return sorted(late, key=lambda line: (-lateness[line.id], line.sort_key))


def _days_late(line: AgencyLine) -> Iterator[int]:
    if line.report:
        yield line.report.days_late
    for punctuality in line.punctuality.values():
        if punctuality.timeliness in {Timeliness.LATE, Timeliness.OVERDUE}:
            yield punctuality.days
