"""Raising an alarm: a line that the agency and those above see, and an act on its record."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from app.domain.alarms import MACHINE, AlarmKind
from app.domain.audit import Act
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Alarm, AuditEvent
from app.persistence.tenancy import tenant_in_scope, tenant_scope


_ACTS = {
    AlarmKind.CHAIN_BROKEN: Act.CHAIN_BROKEN,
    AlarmKind.FIGURES_REPAIRED: Act.FIGURES_REPAIRED,
    AlarmKind.OFFICIAL_REPAIRED: Act.OFFICIAL_REPAIRED,
    AlarmKind.OVERLAPS_REPAIRED: Act.OVERLAPS_REPAIRED,
}


def raise_alarm(kind: AlarmKind, found: int, *, year: int | None = None) -> None:
    """Say that ``found`` things are wrong with the agency in scope."""
    db.session.add(Alarm(kind=kind, year=year, found=found))
    db.session.add(
        AuditEvent(
            act=_ACTS[kind],
            actor_name=MACHINE,
            object_kind="agency",
            facts={"found": found} | ({"year": year} if year else {}),
        )
    )


# Whoever writes for several agencies at once waits for whoever else does: the links of their
# records are tied in any order.
_LOCK_FAMILY = 9


def tell_agencies(year: int, found: Mapping[tuple[UUID, AlarmKind], int]) -> None:
    """Raise the alarm at each of these: the agency in scope, or any below it."""
    province = tenant_in_scope().province_id
    db.session.flush()
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK_FAMILY, province)))
    for (agency, kind), places in sorted(found.items()):
        with tenant_scope(TenantKey(province, agency)):
            raise_alarm(kind, places, year=year)
            db.session.flush()
