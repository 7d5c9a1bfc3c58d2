"""Questions about settings and deadlines: what is in effect in an agency, and from whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from app.domain.settings import Held, HeldDeadline, SettingName
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Account, DeadlineRow, Setting, Tenant, TenantClosure
from app.persistence.tenancy import tenant_in_scope
from tenants.schema import Deadline, DeadlineKind, TenantKind


@dataclass(frozen=True, slots=True)
class Letterhead:
    """How an agency's name is printed."""

    slug: str
    name: str
    printed_name: str
    superior: str | None
    kind: TenantKind


def printed_name_of(tenant: Tenant) -> Letterhead:
    """Return the agency's name as printed, with the line above it."""
    rows = db.session.execute(_names_printed(), {"agency": tenant.id}).all()
    values: dict[SettingName, Any] = dict(rows)
    return Letterhead(
        slug=tenant.slug,
        name=tenant.name,
        printed_name=values.get(SettingName.PRINTED_NAME) or tenant.name,
        superior=values.get(SettingName.SUPERIOR),
        kind=tenant.kind,
    )


@cache
def _names_printed() -> Select[*tuple[Any, ...]]:
    names = (SettingName.PRINTED_NAME, SettingName.SUPERIOR)
    return select(Setting.name, Setting.value).where(
        Setting.name.in_(names), Setting.tenant_id == bindparam("agency")
    )


def held_settings(
    key: TenantKey | None = None, *, name: SettingName | None = None
) -> Sequence[Held]:
    """Return every setting of the line of an agency, or those of one name, its own first.

    Who typed a value is told of the agency's own settings only.
    """
    values: dict[str, Any] = {"agency": (key or tenant_in_scope()).tenant_id}
    if name:
        values["name"] = name
    return [
        Held(
            name=found,
            value=value,
            depth=depth,
            agency=agency,
            since=since,
            source=source,
            is_assumed=is_assumed,
            set_by=typist if depth == 0 else None,
        )
        for found, value, since, source, is_assumed, depth, agency, typist in db.session.execute(
            _settings_of_line(is_one=bool(name)), values
        )
    ]


@cache
def _settings_of_line(*, is_one: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Setting.name,
            Setting.value,
            Setting.set_at,
            Setting.source,
            Setting.is_assumed,
            TenantClosure.depth,
            Tenant.name,
            Account.name,
        )
        .join(TenantClosure, TenantClosure.ancestor_id == Setting.tenant_id)
        .join(Tenant, Tenant.id == Setting.tenant_id)
        .outerjoin(Account, Account.id == Setting.set_by)
        .where(
            TenantClosure.descendant_id == bindparam("agency"),
            *([Setting.name == bindparam("name")] if is_one else []),
        )
        .order_by(TenantClosure.depth)
    )


def held_deadlines(key: TenantKey | None = None) -> Sequence[HeldDeadline]:
    """Return every deadline that the line of an agency has set, the agency's own first."""
    rows = db.session.execute(
        _deadlines_of_line(), {"agency": (key or tenant_in_scope()).tenant_id}
    )
    return [
        HeldDeadline(deadline=to_deadline(row), depth=depth, agency=agency, since=row.set_at)
        for row, depth, agency in rows
    ]


@cache
def _deadlines_of_line() -> Select[*tuple[Any, ...]]:
    return (
        select(DeadlineRow, TenantClosure.depth, Tenant.name)
        .join(TenantClosure, TenantClosure.ancestor_id == DeadlineRow.tenant_id)
        .join(Tenant, Tenant.id == DeadlineRow.tenant_id)
        .where(TenantClosure.descendant_id == bindparam("agency"))
        .order_by(TenantClosure.depth)
    )


def to_deadline(row: DeadlineRow) -> Deadline:
    """Return a stored deadline as the rules know it; year 0 stands for every year."""
    return Deadline(
        kind=row.kind,
        month=row.month,
        day=row.day,
        rule=row.rule,
        year=row.year or None,
        rolls_off_non_working_days=row.rolls_off_non_working_days,
        wording=row.wording,
        source=row.source or None,
        is_assumed=row.is_assumed,
    )


def find_own_setting_to_change(name: SettingName) -> Setting | None:
    """Return the agency's own setting, locked until the end of the transaction."""
    return db.session.scalars(
        select(Setting)
        .where(Setting.name == name, Setting.tenant_id == tenant_in_scope().tenant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def find_own_deadline_to_change(kind: DeadlineKind, year: int | None) -> DeadlineRow | None:
    """Return the date that the agency set for ``year``, None: for every year, locked."""
    return db.session.scalars(
        select(DeadlineRow)
        .where(
            DeadlineRow.tenant_id == tenant_in_scope().tenant_id,
            DeadlineRow.kind == kind,
            DeadlineRow.year == (year or 0),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def deadlines_below(kind: DeadlineKind, year: int) -> Sequence[tuple[str, Deadline]]:
    """Return the dates that agencies below set for a year, each with the agency's name."""
    rows = db.session.execute(
        select(Tenant.name, DeadlineRow)
        .join(TenantClosure, TenantClosure.descendant_id == DeadlineRow.tenant_id)
        .join(Tenant, Tenant.id == DeadlineRow.tenant_id)
        .where(
            TenantClosure.ancestor_id == tenant_in_scope().tenant_id,
            TenantClosure.depth > 0,
            DeadlineRow.kind == kind,
            DeadlineRow.year.in_((0, year)),
        )
        .order_by(Tenant.name_sort_key)
    )
    return [(agency, to_deadline(row)) for agency, row in rows]
