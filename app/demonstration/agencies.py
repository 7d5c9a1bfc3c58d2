"""The agencies of the database, as far as a demonstration of their years needs to know them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.demonstration.records import Temperament, TenantFacts
from app.domain.settings import SettingName
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import CriteriaRule, Setting, Tenant, Unit
from tenants.loading import load_all_definitions
from tenants.schema import CriteriaChoice, Signer, TenantKind


SHOWCASES: Mapping[str, int] = {
    "lai-chau/so-cong-thuong": 60,
    "lai-chau/so-noi-vu": 40,
    "lang-son/chi-lang": 150,
    "quang-ngai/mang-den": 80,
}
"""Where newcomers try things out, and how many people there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency with people of its own: its key, units and what its papers say."""

    key: TenantKey
    slug: str
    name: str
    kind: TenantKind
    commune_code: str | None
    units: tuple[UUID, ...]
    symbol: str
    signer: Signer
    legal_bases: tuple[str, ...]
    criteria: tuple[CriteriaChoice, ...]
    confirms: bool

    def facts(self, head_count: int | None) -> TenantFacts:
        """Return what a story must know of it."""
        is_showcase = self.slug in SHOWCASES
        return TenantFacts(
            path=self.slug,
            province=f"{self.key.province_id:02}",
            kind=self.kind,
            commune_code=self.commune_code,
            head_count=head_count,
            temperament=Temperament.PUNCTUAL if is_showcase else None,
            confirms=self.confirms,
            groups=tuple(sorted({one.group for one in self.criteria})),
            is_showcase=is_showcase,
        )

    def unit(self, number: int) -> UUID:
        """Return the unit that a story's number stands for."""
        return self.units[(number - 1) % len(self.units)]

    def criteria_of(self, group: int, year: int, usual: str) -> str:
        """Return the criteria set of a group and year; ``usual`` before the agency chose any.

        A commune made in 2025 chose its first for that year; its people were assessed before.
        """
        choices = [one for one in self.criteria if one.group == group and one.from_year <= year]
        return max(choices, key=lambda one: one.from_year).reference if choices else usual


def load_agencies(provinces: Collection[int]) -> Sequence[Agency]:
    """Return the agencies of some provinces that assess people, in the order of their addresses."""
    definitions = {one.slug: one for one in load_all_definitions()}
    settings, units = _settings(provinces), _units(provinces)
    tenants = db.session.scalars(
        select(Tenant)
        .where(Tenant.province_id.in_(provinces), Tenant.kind != TenantKind.ASSOCIATION)
        .order_by(Tenant.slug)
    )
    return [
        _agency(
            one,
            settings[one.id],
            units[one.id],
            definitions[one.slug].symbol if one.slug in definitions else "UBND",
        )
        for one in tenants
        if units.get(one.id)
    ]


def _agency(
    tenant: Tenant, settings: Mapping[SettingName, Any], units: Sequence[UUID], symbol: str
) -> Agency:
    return Agency(
        key=tenant.key,
        slug=tenant.slug,
        name=tenant.name,
        kind=tenant.kind,
        commune_code=tenant.commune_code,
        units=tuple(units),
        symbol=symbol,
        signer=Signer(**settings[SettingName.SIGNER][0]),
        legal_bases=tuple(one["text"] for one in settings.get(SettingName.LEGAL_BASES, ())),
        criteria=tuple(CriteriaChoice(**one) for one in settings[SettingName.CRITERIA]),
        confirms=bool(settings.get(SettingName.CONFIRMATION)),
    )


def _settings(provinces: Collection[int]) -> Mapping[UUID, Mapping[SettingName, Any]]:
    found: dict[UUID, dict[SettingName, Any]] = {}
    # Tables and not classes: these questions reach over many agencies, which only the owner may.
    held = Setting.__table__.c
    rows = select(held.tenant_id, held.name, held.value).where(held.province_id.in_(provinces))
    for tenant, name, value in db.session.execute(rows):
        found.setdefault(tenant, {})[name] = value
    return found


def _units(provinces: Collection[int]) -> Mapping[UUID, Sequence[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    unit = Unit.__table__.c
    rows = (
        select(unit.tenant_id, unit.id)
        .where(unit.province_id.in_(provinces), unit.is_active)
        .order_by(unit.name_sort_key, unit.name)
    )
    for tenant, key in db.session.execute(rows):
        found.setdefault(tenant, []).append(key)
    return found


def load_rules() -> Mapping[tuple[str, int], CriteriaRule]:
    """Return the rule of each group of each criteria set."""
    return {
        (one.criteria_set, one.group_number): one
        for one in db.session.scalars(select(CriteriaRule))
    }
