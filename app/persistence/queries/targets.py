"""What a target is held against: on whose word it stands, what each day brought, until when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, func, select, text

from app.domain.deadlines import last_day
from app.domain.held_targets import HeldTarget, targets_in_line
from app.domain.pace import ByDay, DayFigure
from app.domain.settings import deadlines_in_effect
from app.domain.targets import targets_of_year
from app.domain.tenants import TenantKey
from app.domain.unstated import Unstated
from app.persistence.database import db
from app.persistence.models import DailyResult, Tenant, TenantClosure
from app.persistence.queries.calendar import working_days
from app.persistence.queries.settings import held_deadlines, held_settings
from app.persistence.tenancy import tenant_in_scope
from tenants.schema import DeadlineKind, Target, TenantKind


_DAYS_READ = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsHeld:
    """The targets that an agency works towards in a year, each with whoever holds it."""

    lines: tuple[HeldTarget, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is to be reached."""
        return tuple(one.target for one in self.lines)

    @property
    def is_mixed(self) -> bool:
        """Whether they stand on the word of several agencies."""
        return len({one.held.agency for one in self.lines}) > 1

    def line_of(self, target: Target) -> HeldTarget:
        """Return the line that holds a target."""
        return next(one for one in self.lines if one.target == target)


def targets_in_effect(key: TenantKey, year: int) -> TargetsHeld:
    """Return the targets of an agency; who typed them is told to the agency itself alone."""
    found = targets_in_line(held_settings(key))
    if key != tenant_in_scope():
        found = tuple(replace(one, held=replace(one.held, set_by=None)) for one in found)
    chosen = targets_of_year([one.target for one in found], year)
    return TargetsHeld(lines=tuple(one for one in found if one.target in chosen))


def people_by_day(
    key: TenantKey, year: int, today: date, *, is_alone: bool = False
) -> Mapping[tuple[TenantKind, DayFigure], ByDay]:
    """Return how many people each of the last weeks' days brought, by kind of agency and figure.

    Of an agency and all below it, or of the agency alone.
    """
    values = {"agency": key.tenant_id, "year": year, "since": today - timedelta(days=_DAYS_READ)}
    rows = db.session.execute(_by_day(is_alone=is_alone), values)
    found: dict[tuple[TenantKind, DayFigure], dict[date, int]] = {}
    for kind, figure, day, people in rows:
        found.setdefault((kind, figure), {})[day] = int(people)
    return found


@cache
def _by_day(*, is_alone: bool) -> Select[*tuple[Any, ...]]:
    agency: BindParameter[UUID] = bindparam("agency")
    return (
        select(
            Tenant.kind, DailyResult.figure, DailyResult.counted_on, func.sum(DailyResult.people)
        )
        .join(Tenant, Tenant.id == DailyResult.tenant_id)
        .join(TenantClosure, TenantClosure.descendant_id == DailyResult.tenant_id)
        .where(
            TenantClosure.ancestor_id == agency,
            DailyResult.year == bindparam("year"),
            DailyResult.counted_on >= bindparam("since"),
            *([DailyResult.tenant_id == agency] if is_alone else []),
        )
        .group_by(Tenant.kind, DailyResult.figure, DailyResult.counted_on)
    )


def unstated_by_kind(
    key: TenantKey, year: int, *, is_alone: bool = False
) -> Mapping[TenantKind, Unstated]:
    """Return of how many recognised people digital skills were not stated, by kind of agency.

    Of an agency and all below it, everybody once, or of the agency alone.
    """
    rows = db.session.execute(
        text(
            "SELECT kind, skills, fluency"
            " FROM count_unstated(:agency, CAST(:year AS smallint), :is_alone)"
        ),
        {"agency": key.tenant_id, "year": year, "is_alone": is_alone},
    )
    return {
        TenantKind(kind): Unstated(skills=int(skills), fluency=int(fluency))
        for kind, skills, fluency in rows
    }


def last_days_of(key: TenantKey, year: int) -> Mapping[DayFigure, date]:
    """Return until when people are registered and recognised, by the deadlines in effect.

    Recognised, with whatever skill, counts what has reached the association in time. Without a
    date, the year ends.
    """
    calendar = working_days()
    ends = {
        one.deadline.kind: last_day(one.deadline, year, calendar)
        for one in deadlines_in_effect(held_deadlines(key), year, calendar)
    }
    registered = (DeadlineKind.REGISTRATION, DeadlineKind.REPORT)
    recognised = (DeadlineKind.REPORT, DeadlineKind.COMPLETION)
    return {
        figure: next(
            (
                ends[kind]
                for kind in (registered if figure is DayFigure.REGISTERED else recognised)
                if kind in ends
            ),
            date(year, 12, 31),
        )
        for figure in DayFigure
    }
