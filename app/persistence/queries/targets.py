"""What a target is held against: on whose word it stands, what each day brought, until when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select

from app.domain.deadlines import last_day
from app.domain.pace import ByDay
from app.domain.results import Figure
from app.domain.settings import (
    Held,
    SettingName,
    deadlines_in_effect,
    in_effect,
    inherited,
)
from app.domain.targets import targets_of_year, to_target
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import DailyResult, Tenant, TenantClosure
from app.persistence.queries.settings import held_deadlines, held_settings
from app.persistence.tenancy import tenant_in_scope
from tenants.schema import DeadlineKind, Target, TenantKind


_DAYS_READ = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsHeld:
    """The targets that an agency works towards in a year, and from whom it has them.

    ``replaced`` is what it would inherit, had it none of its own.
    """

    held: Held | None
    replaced: Held | None
    targets: tuple[Target, ...]


def targets_in_effect(key: TenantKey, year: int) -> TargetsHeld:
    """Return the targets of an agency; who typed them is told to the agency itself alone."""
    settings = held_settings(key)
    held = in_effect(settings, SettingName.TARGETS)
    if held is not None and key != tenant_in_scope():
        held = replace(held, set_by=None)
    replaced = inherited(settings, SettingName.TARGETS) if held and held.is_own else None
    targets = [to_target(one) for one in held.value] if held else []
    return TargetsHeld(held=held, replaced=replaced, targets=targets_of_year(targets, year))


def people_by_day(
    key: TenantKey, year: int, today: date, *, is_alone: bool = False
) -> Mapping[tuple[TenantKind, Figure], ByDay]:
    """Return how many people each of the last weeks' days brought, by kind of agency and figure.

    Of an agency and all below it, or of the agency alone.
    """
    rows = db.session.execute(
        select(
            Tenant.kind, DailyResult.figure, DailyResult.counted_on, func.sum(DailyResult.people)
        )
        .join(Tenant, Tenant.id == DailyResult.tenant_id)
        .join(TenantClosure, TenantClosure.descendant_id == DailyResult.tenant_id)
        .where(
            TenantClosure.ancestor_id == key.tenant_id,
            DailyResult.year == year,
            DailyResult.counted_on >= today - timedelta(days=_DAYS_READ),
            *([DailyResult.tenant_id == key.tenant_id] if is_alone else []),
        )
        .group_by(Tenant.kind, DailyResult.figure, DailyResult.counted_on)
    )
    found: dict[tuple[TenantKind, Figure], dict[date, int]] = {}
    for kind, figure, day, people in rows:
        found.setdefault((kind, figure), {})[day] = int(people)
    return found


def last_days_of(key: TenantKey, year: int) -> Mapping[Figure, date]:
    """Return until when people are registered and recognised, by the deadlines in effect.

    Recognised counts what has reached the association in time. Without a date, the year ends.
    """
    ends = {
        one.deadline.kind: last_day(one.deadline, year)
        for one in deadlines_in_effect(held_deadlines(key), year)
    }
    asked = {
        Figure.REGISTERED: (DeadlineKind.REGISTRATION, DeadlineKind.REPORT),
        Figure.RECOGNISED: (DeadlineKind.REPORT, DeadlineKind.COMPLETION),
    }
    return {
        figure: next((ends[kind] for kind in kinds if kind in ends), date(year, 12, 31))
        for figure, kinds in asked.items()
    }
