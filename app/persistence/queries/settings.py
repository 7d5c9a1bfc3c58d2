"""Questions about settings and deadlines: what is in effect in an agency, and from whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.settings import Held, HeldDeadline, SettingName
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import DeadlineRow, Setting, Tenant, TenantClosure
from app.persistence.tenancy import tenant_in_scope
from tenants.schema import Deadline, TenantKind


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
    names = (SettingName.PRINTED_NAME, SettingName.SUPERIOR)
    values = {
        one.name: one.value
        for one in db.session.scalars(
            select(Setting).where(Setting.name.in_(names), Setting.tenant_id == tenant.id)
        )
    }
    return Letterhead(
        slug=tenant.slug,
        name=tenant.name,
        printed_name=values.get(SettingName.PRINTED_NAME) or tenant.name,
        superior=values.get(SettingName.SUPERIOR),
        kind=tenant.kind,
    )


def held_settings(key: TenantKey | None = None) -> Sequence[Held]:
    """Return every setting of the line of an agency, the agency's own first."""
    asked = key or tenant_in_scope()
    rows = db.session.execute(
        select(Setting, TenantClosure.depth, Tenant.name)
        .join(TenantClosure, TenantClosure.ancestor_id == Setting.tenant_id)
        .join(Tenant, Tenant.id == Setting.tenant_id)
        .where(TenantClosure.descendant_id == asked.tenant_id)
        .order_by(TenantClosure.depth)
    )
    return [
        Held(
            name=setting.name,
            value=setting.value,
            depth=depth,
            agency=agency,
            since=setting.set_at,
            source=setting.source,
            is_assumed=setting.is_assumed,
        )
        for setting, depth, agency in rows
    ]


def held_deadlines(key: TenantKey | None = None) -> Sequence[HeldDeadline]:
    """Return every deadline that the line of an agency has set, the agency's own first."""
    asked = key or tenant_in_scope()
    rows = db.session.execute(
        select(DeadlineRow, TenantClosure.depth, Tenant.name)
        .join(TenantClosure, TenantClosure.ancestor_id == DeadlineRow.tenant_id)
        .join(Tenant, Tenant.id == DeadlineRow.tenant_id)
        .where(TenantClosure.descendant_id == asked.tenant_id)
        .order_by(TenantClosure.depth)
    )
    return [
        HeldDeadline(deadline=to_deadline(row), depth=depth, agency=agency, since=row.set_at)
        for row, depth, agency in rows
    ]


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
