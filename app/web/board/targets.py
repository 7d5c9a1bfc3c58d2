"""The board's targets: how far each was reached, where the pace leads, and on whose word."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from flask_babel.speaklater import LazyString

from app.domain.boards import Board
from app.domain.held_targets import HeldTarget
from app.domain.pace import (
    COUNTED_BY_DAY,
    FORETOLD,
    GROWING,
    ByDay,
    DayFigure,
    Forecast,
    Outlook,
    forecast,
)
from app.domain.share_pace import forecast_share
from app.domain.targets import KINDS_OF, Audience, TargetReached, not_counted, reached
from app.domain.tenants import TenantKey
from app.domain.unstated import Room, room_of, total_unstated
from app.labels.targets import AUDIENCES, COUNTED, OUTLOOKS, of_whom
from app.persistence.clock import today
from app.persistence.queries.calendar import working_days
from app.persistence.queries.targets import (
    TargetsHeld,
    last_days_of,
    people_by_day,
    targets_in_effect,
    unstated_by_kind,
)
from tenants.schema import TenantKind


Days: TypeAlias = Mapping[tuple[TenantKind, DayFigure], ByDay]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A target as the board shows it; ``ahead`` is where the pace leads."""

    aim: TargetReached
    counted: LazyString
    of_whom: LazyString
    ahead: Forecast
    line: HeldTarget
    room: Room | None  # that what was not stated leaves; None: everything was
    is_due: bool  # in the year shown, or before

    @property
    def is_foretold(self) -> bool:
        """Whether there is a share to name, with its range."""
        return self.ahead.outlook in FORETOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDays:
    """Days until the last one on which offices do other than on every such weekday."""

    off: tuple[date, ...]
    worked: tuple[date, ...]
    is_assumed: bool
    is_known: bool  # whether public holidays are known at all


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
    other_days: OtherDays

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
    by_kind = board.by_kind
    days = {
        place: by_day
        for place, by_day in people_by_day(key, board.year, now, is_alone=is_alone).items()
        if place[0] in by_kind
    }
    unstated = unstated_by_kind(key, board.year, is_alone=is_alone)
    ends = last_days_of(key, board.year)
    rows = [
        _row(
            one,
            board,
            held.line_of(one.target),
            ahead=_ahead_of(one, days, now, ends),
            room=room_of(one, total_unstated(unstated, KINDS_OF[one.audience] & by_kind.keys())),
        )
        for one in reached(held.targets, by_kind)
    ]
    return Targets(
        origin=held,
        sections=tuple(
            Section(title=AUDIENCES[audience], rows=of_audience)
            for audience in Audience
            if (of_audience := tuple(row for row in rows if row.aim.audience is audience))
        ),
        uncounted=tuple(COUNTED[one.name] for one in not_counted(held.targets)),
        outlooks=OUTLOOKS,
        other_days=_other_days(now, max(ends.values())),
    )


def _other_days(now: date, last_day: date) -> OtherDays:
    calendar = working_days()
    days = calendar.exceptions(now, last_day)
    return OtherDays(
        off=tuple(day for day in days if not calendar.is_open(day)),
        worked=tuple(day for day in days if calendar.is_open(day)),
        is_assumed=any(day in calendar.assumed for day in days),
        is_known=calendar.knows(now, last_day),
    )


def _row(
    aim: TargetReached, board: Board, line: HeldTarget, *, ahead: Forecast, room: Room | None
) -> Row:
    agencies = [one for one in board.lines if one.kind in KINDS_OF[aim.audience]]
    return Row(
        aim=aim,
        counted=COUNTED[aim.target.name],
        of_whom=of_whom(aim.target.denominator, aim.audience, is_one_agency=len(agencies) == 1),
        ahead=ahead,
        line=line,
        room=room,
        is_due=aim.target.year <= board.year,
    )


def _ahead_of(
    aim: TargetReached, days: Days, now: date, ends: Mapping[DayFigure, date]
) -> Forecast:
    figure, whole = COUNTED_BY_DAY[aim.target.name], GROWING.get(aim.target.denominator)
    brought, last_day = _DaysOf(days, KINDS_OF[aim.audience]), ends[figure]
    if whole is None:
        return forecast(aim, brought[figure], today=now, last_day=last_day, calendar=working_days())
    pair = brought[figure], brought[whole]
    return forecast_share(aim, pair, today=now, last_day=last_day, calendar=working_days())


@dataclass(frozen=True, slots=True)
class _DaysOf:
    """What each day brought in the agencies of some kinds together."""

    days: Days
    kinds: Collection[TenantKind]

    def __getitem__(self, figure: DayFigure) -> ByDay:
        return _together(
            by_day
            for (kind, counted), by_day in self.days.items()
            if kind in self.kinds and counted is figure
        )


def _together(several: Iterable[ByDay]) -> ByDay:
    total: dict[date, int] = {}
    for by_day in several:
        for day, people in by_day.items():
            total[day] = total.get(day, 0) + people
    return total
