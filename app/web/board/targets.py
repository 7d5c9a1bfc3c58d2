"""The board's targets: how far each was reached, where the pace leads, and on whose word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from flask_babel.speaklater import LazyString

from app.domain.boards import Board
from app.domain.pace import (
    COUNTED_BY_DAY,
    FORETOLD,
    ByDay,
    Forecast,
    Outlook,
    forecast,
    has_forecast,
)
from app.domain.results import Figure
from app.domain.targets import KINDS_OF, Audience, TargetReached, not_counted, reached
from app.domain.tenants import TenantKey
from app.labels.targets import AUDIENCES, COUNTED, OUTLOOKS, of_whom
from app.persistence.clock import today
from app.persistence.queries.targets import (
    TargetsHeld,
    last_days_of,
    people_by_day,
    targets_in_effect,
)
from tenants.schema import TenantKind


Days: TypeAlias = Mapping[tuple[TenantKind, Figure], ByDay]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A target as the board shows it; ``ahead`` is where the pace leads, if that can be told."""

    aim: TargetReached
    counted: LazyString
    of_whom: LazyString
    ahead: Forecast | None
    is_due: bool  # in the year shown, or before

    @property
    def is_foretold(self) -> bool:
        """Whether there is a share to name, with its range."""
        return self.ahead is not None and self.ahead.outlook in FORETOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The targets for one audience."""

    title: LazyString
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """All that the board says of targets."""

    origin: TargetsHeld
    sections: tuple[Section, ...]
    uncounted: tuple[LazyString, ...]
    outlooks: Mapping[Outlook, LazyString]

    @property
    def plans(self) -> tuple[str, ...]:
        """The documents that set the targets, each once."""
        return tuple(dict.fromkeys(one.source for one in self.origin.targets if one.source))

    @property
    def has_forecast(self) -> bool:
        """Whether some share was foretold."""
        return any(row.is_foretold for section in self.sections for row in section.rows)


def targets_of(board: Board, key: TenantKey, *, is_alone: bool) -> Targets:
    """Return the targets of an agency, held against what its board counts."""
    held = targets_in_effect(key, board.year)
    now = today()
    days = people_by_day(key, board.year, now, is_alone=is_alone)
    ends = last_days_of(key, board.year)
    rows = [_row(one, board, days, now, ends) for one in reached(held.targets, board.by_kind)]
    return Targets(
        origin=held,
        sections=tuple(
            Section(title=AUDIENCES[audience], rows=of_audience)
            for audience in Audience
            if (of_audience := tuple(row for row in rows if row.aim.audience is audience))
        ),
        uncounted=tuple(COUNTED[one.name] for one in not_counted(held.targets)),
        outlooks=OUTLOOKS,
    )


def _row(
    aim: TargetReached, board: Board, days: Days, now: date, ends: Mapping[Figure, date]
) -> Row:
    kinds = KINDS_OF[aim.audience]
    ahead = None
    if has_forecast(aim.target):
        figure = COUNTED_BY_DAY[aim.target.name]
        by_day = _together(
            days[place] for place in days if place[0] in kinds and place[1] is figure
        )
        ahead = forecast(aim, by_day, today=now, last_day=ends[figure])
    agencies = [line for line in board.lines if line.kind in kinds]
    return Row(
        aim=aim,
        counted=COUNTED[aim.target.name],
        of_whom=of_whom(aim.target.denominator, aim.audience, is_one_agency=len(agencies) == 1),
        ahead=ahead,
        is_due=aim.target.year <= board.year,
    )


def _together(several: Iterable[ByDay]) -> ByDay:
    total: dict[date, int] = {}
    for by_day in several:
        for day, people in by_day.items():
            total[day] = total.get(day, 0) + people
    return total
