"""Questions about people who belong to several agencies: how many there are, never who."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import aliased

from app.domain.overlaps import CountedFirst, Lines, Place, Standing, counted_first
from app.domain.results import Figures
from app.domain.settings import Held, SettingName
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import Dossier, OverlapResult, Tenant, TenantClosure
from app.persistence.queries.results import add_up, sums_of
from app.persistence.queries.rules import setting_in_effect
from app.persistence.tenancy import tenant_in_scope
from tenants.schema import TenantKind


_BETWEEN = (
    OverlapResult.tenant_id,
    OverlapResult.kept_at,
    OverlapResult.counted_at,
    OverlapResult.group_number,
)


def overlaps_below(key: TenantKey, year: int) -> Mapping[Place, Figures]:
    """Return who is counted at another agency, where both are this one or stand below it."""
    below = select(TenantClosure.descendant_id).where(
        TenantClosure.province_id == key.province_id, TenantClosure.ancestor_id == key.tenant_id
    )
    statement = (
        select(*_BETWEEN, *sums_of(OverlapResult))
        .where(OverlapResult.year == year, OverlapResult.counted_at.in_(below))
        .group_by(*_BETWEEN, OverlapResult.state, OverlapResult.outcome)
    )
    return {Place(*place): of for place, of in add_up(statement, len(_BETWEEN)).items()}


_LOCK_FAMILY = 12


def hold_precedence() -> None:
    """Let nobody choose another order in the province in scope until the transaction ends."""
    lock = func.pg_advisory_xact_lock_shared(_LOCK_FAMILY, tenant_in_scope().province_id)
    db.session.execute(select(lock))


def lock_precedence() -> None:
    """Wait for whoever signs by the order of the province in scope, before it is chosen anew."""
    lock = func.pg_advisory_xact_lock(_LOCK_FAMILY, tenant_in_scope().province_id)
    db.session.execute(select(lock))


@dataclass(frozen=True, slots=True)
class Precedence:
    """Which of two agencies counts somebody in a year, and who has said so."""

    first: CountedFirst
    held: Held | None


def precedence_in(year: int) -> Precedence:
    """Return by which rule the province of the agency in scope counts people once."""
    held = setting_in_effect(SettingName.COUNTED_FIRST)
    return Precedence(counted_first(held.value if held else (), year), held)


def people_with_two_places(key: TenantKey, since: int) -> Mapping[int, int]:
    """Return how many work in one agency here or below and live in another, by year."""
    one, other = aliased(Tenant), aliased(Tenant)
    below = select(TenantClosure.descendant_id).where(
        TenantClosure.province_id == key.province_id, TenantClosure.ancestor_id == key.tenant_id
    )
    lives_at, lives_at_other = (each.kind == TenantKind.COMMUNE for each in (one, other))
    statement = (
        select(OverlapResult.year, func.sum(OverlapResult.people))
        .join(one, one.id == OverlapResult.tenant_id)
        .join(other, other.id == OverlapResult.kept_at)
        .where(
            OverlapResult.year >= since,
            OverlapResult.counted_at.in_(below),
            lives_at != lives_at_other,
        )
        .group_by(OverlapResult.year)
        .order_by(OverlapResult.year)
    )
    return dict(db.session.execute(statement).all())


def overlap_differences(year: int) -> Mapping[TenantKey, int]:
    """Return in how many places people of the agency in scope are not counted once as they should.

    By the agency where the two agencies of such people meet: it alone may know of them.
    """
    province = tenant_in_scope().province_id
    rows = db.session.execute(
        text("SELECT counted_at, places FROM overlap_differences(CAST(:year AS smallint))"),
        {"year": year},
    )
    return {TenantKey(province, agency): places for agency, places in rows}


def standings_counted_directly(year: int) -> Sequence[Standing]:
    """Return where everybody stands in the agency in scope, from its dossiers."""
    rows = db.session.execute(
        select(
            Dossier.identity_id,
            Dossier.id.label("dossier_id"),
            Dossier.tenant_id.label("agency"),
            Tenant.kind,
            Dossier.group_number.label("group"),
            Dossier.state,
            Dossier.outcome,
            Dossier.is_outstanding,
            Dossier.has_digital_skills,
            Dossier.is_digitally_fluent,
        )
        .join(Tenant, Tenant.id == Dossier.tenant_id)
        .where(Dossier.year == year)
    ).mappings()
    return [Standing(**row) for row in rows]


def lines_below(key: TenantKey) -> Lines:
    """Return the line of each agency below, no further up than this one."""
    rows = db.session.execute(
        select(TenantClosure.descendant_id, TenantClosure.ancestor_id)
        .where(TenantClosure.province_id == key.province_id)
        .order_by(TenantClosure.depth)
    ).all()
    below = {descendant for descendant, ancestor in rows if ancestor == key.tenant_id}
    lines: dict[UUID, list[UUID]] = {agency: [] for agency in below}
    for descendant, ancestor in rows:
        if descendant in below and ancestor in below:
            lines[descendant].append(ancestor)
    return lines
