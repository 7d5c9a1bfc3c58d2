"""Questions about agencies: by address, and who stands above and below."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased

from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Tenant, TenantClosure
from tenants.schema import TenantKind


def find_tenant(slug: str) -> Tenant | None:
    """Return the agency at this address."""
    return db.session.scalars(_tenant_at(), {"slug": slug}).one_or_none()


@cache
def _tenant_at() -> Select[Tenant]:
    return select(Tenant).where(Tenant.slug == bindparam("slug"))


def first_agency_at() -> datetime | None:
    """Return when the first agency of the house came; None before there is any."""
    return db.session.scalar(select(func.min(Tenant.created_at)))


def tenants_above(key: TenantKey) -> Sequence[Tenant]:
    """Return the agency's line, itself first and the province's last."""
    return db.session.scalars(
        select(Tenant)
        .join(TenantClosure, TenantClosure.ancestor_id == Tenant.id)
        .where(TenantClosure.descendant_id == key.tenant_id)
        .order_by(TenantClosure.depth)
    ).all()


def tenants_below(key: TenantKey) -> Sequence[Tenant]:
    """Return every agency below this one, in Vietnamese order."""
    return db.session.scalars(
        select(Tenant)
        .join(TenantClosure, TenantClosure.descendant_id == Tenant.id)
        .where(TenantClosure.ancestor_id == key.tenant_id, TenantClosure.depth > 0)
        .order_by(Tenant.name_sort_key)
    ).all()


def provinces_served() -> Sequence[tuple[Tenant, int]]:
    """Return the agencies at the top, each with how many stand below it."""
    below = aliased(TenantClosure)
    rows = db.session.execute(
        select(Tenant, func.count(below.descendant_id))
        .join(below, below.ancestor_id == Tenant.id)
        .where(Tenant.parent_id.is_(None), below.depth > 0)
        .group_by(Tenant.province_id, Tenant.id)
        .order_by(Tenant.name_sort_key)
    ).all()
    return [(tenant, count) for tenant, count in rows]


def is_below(key: TenantKey, ancestor: TenantKey) -> bool:
    """Tell whether ``key`` stands below ``ancestor`` or is it."""
    return (
        db.session.get(TenantClosure, (key.province_id, ancestor.tenant_id, key.tenant_id))
        is not None
    )


def load_tenant_by_id(province_id: int, tenant_id: UUID) -> Tenant:
    """Return an agency by its key."""
    return db.session.get_one(Tenant, (province_id, tenant_id))


def associations() -> Sequence[Tenant]:
    """Return the associations that run a province."""
    return db.session.scalars(
        select(Tenant).where(Tenant.kind == TenantKind.ASSOCIATION).order_by(Tenant.name_sort_key)
    ).all()
