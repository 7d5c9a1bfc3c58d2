"""Bringing the files of ``tenants/`` into the tables, where customers then edit them.

Runs as the database's owner: agencies and criteria sets are made by the operator, and the
application's role may only read them. What is there already is left as it is, because rows are
the truth at run time; ``app.services.differences`` tells where a file and the rows have parted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from app.domain.ids import new_id
from app.domain.settings import SettingName
from app.domain.vietnamese import sort_key
from app.persistence.database import Base, db
from app.persistence.models import (
    Commune,
    CriteriaRule,
    Cycle,
    DeadlineRow,
    Province,
    PublishedSet,
    Setting,
    Tenant,
    TenantClosure,
    Unit,
)
from tenants.loading import (
    criteria_document,
    load_all_criteria,
    load_catalogue,
    published_digests,
    read_criteria_set,
)
from tenants.loading.criteria import CRITERIA
from tenants.schema import CriteriaSet, TenantDefinition


Rows = list[dict[str, Any]]


class PublishedOtherwiseError(Exception):
    """A file has the reference of a set that was published with other words."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"{reference} was published with other words, perhaps in a page: "
            "give the file the next version"
        )


def load_national_catalogue() -> None:
    """Write the provinces and communes that are not there yet."""
    catalogue = load_catalogue()
    _add(
        Province,
        [
            {
                "id": int(one.code),
                "name": one.name,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
            }
            for one in catalogue.provinces
        ],
    )
    _add(
        Commune,
        [
            {
                "code": one.code,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
                "province_id": int(one.province),
                "name": one.name,
                "kind": one.kind.value,
                "slug": one.slug,
            }
            for one in catalogue.communes
        ],
    )


def publish_criteria() -> None:
    """Write the criteria sets that are not there yet; a published one never changes.

    Raises ``PublishedOtherwiseError`` for a file that says something else than what was published.
    """
    digests = published_digests()
    for criteria in load_all_criteria():
        held = db.session.scalars(
            select(PublishedSet.content).where(PublishedSet.reference == criteria.reference)
        ).one_or_none()
        if held is None:
            _add(PublishedSet, [_published(criteria, digests[criteria.reference])])
            _add(CriteriaRule, _rules_of(criteria))
        elif read_criteria_set(held, criteria.reference) != criteria:
            raise PublishedOtherwiseError(criteria.reference)


def _published(criteria: CriteriaSet, digest: str) -> dict[str, Any]:
    path = CRITERIA / criteria.key / f"{criteria.version}.toml"
    return {
        "reference": criteria.reference,
        "digest": digest,
        "province_id": int(criteria.province) if criteria.province else None,
        "is_verified": criteria.is_verified,
        "content": criteria_document(path),
    }


def _rules_of(criteria: CriteriaSet) -> Rows:
    return [
        {
            "criteria_set": criteria.reference,
            "group_number": group.number,
            **asdict(group.rule),
        }
        for group in criteria.groups
    ]


def add_tenants(
    definitions: Iterable[TenantDefinition], *, is_demonstration: bool, year: int
) -> tuple[str, ...]:
    """Add the agencies that are not there yet, parents first, and open ``year`` in each.

    Returns the slugs of those added.
    """
    known = {slug: (province, key) for slug, province, key in _known_tenants()}
    added = []
    for definition in definitions:
        if definition.slug not in known:
            key = _add_tenant(definition, known, is_demonstration=is_demonstration)
            known[definition.slug] = (int(definition.province), key)
            _add_holdings(definition, key, year)
            added.append(definition.slug)
    return tuple(added)


def known_slugs() -> frozenset[str]:
    """Return the addresses of all agencies that are there."""
    return frozenset(slug for slug, _, _ in _known_tenants())


def _known_tenants() -> Iterable[tuple[str, int, UUID]]:
    rows = db.session.execute(select(Tenant.slug, Tenant.province_id, Tenant.id))
    return [(slug, province, key) for slug, province, key in rows]


def _add_tenant(
    definition: TenantDefinition,
    known: Mapping[str, tuple[int, UUID]],
    *,
    is_demonstration: bool,
) -> UUID:
    key = new_id()
    province = int(definition.province)
    parent = known[definition.parent][1] if definition.parent else None
    _add(
        Tenant,
        [
            {
                "province_id": province,
                "id": key,
                "parent_id": parent,
                "slug": definition.slug,
                "kind": definition.kind,
                "name": definition.name,
                "name_sort_key": sort_key(definition.name),
                "commune_code": definition.commune,
                "is_suspended": False,
                "is_demonstration": is_demonstration,
            }
        ],
    )
    _add(TenantClosure, _line_of(province, key, parent))
    return key


def _line_of(province: int, key: UUID, parent: UUID | None) -> Rows:
    line = [(key, 0)]
    if parent is not None:
        above = db.session.execute(
            select(TenantClosure.ancestor_id, TenantClosure.depth).where(
                TenantClosure.descendant_id == parent
            )
        )
        line += [(ancestor, depth + 1) for ancestor, depth in above]
    return [
        {"province_id": province, "ancestor_id": ancestor, "descendant_id": key, "depth": depth}
        for ancestor, depth in line
    ]


def _add_holdings(definition: TenantDefinition, key: UUID, year: int) -> None:
    owner = {"province_id": int(definition.province), "tenant_id": key}
    now = datetime.now(UTC)
    _add(
        Setting, [owner | one | {"id": new_id(), "set_at": now} for one in settings_of(definition)]
    )
    _add(DeadlineRow, [owner | one | {"id": new_id()} for one in deadlines_of(definition)])
    _add(
        Unit,
        [
            owner
            | {
                "id": new_id(),
                "kind": unit.kind.value,
                "name": unit.name,
                "name_sort_key": sort_key(unit.name),
                "is_active": True,
            }
            for unit in definition.units
        ],
    )
    _add(
        Cycle,
        [owner | {"id": new_id(), "year": year, "registration_opens_on": date(year, 1, 1)}],
    )


def settings_of(definition: TenantDefinition) -> Rows:
    """Return the settings that a definition holds, as rows without their owner."""
    values: dict[SettingName, Any] = {
        SettingName.PRINTED_NAME: definition.printed_name,
        SettingName.PLACE: definition.place,
        SettingName.SIGNER: [_plain(asdict(one)) for one in definition.signers],
        SettingName.CONFIRMATION: definition.is_confirmation_used,
        SettingName.CRITERIA: [_plain(asdict(one)) for one in definition.criteria],
        SettingName.TARGETS: [_plain(asdict(one)) for one in definition.targets] or None,
        SettingName.LEGAL_BASES: [_plain(asdict(one)) for one in definition.legal_bases] or None,
        SettingName.SUPERIOR: definition.superior,
        SettingName.APPEAL_DAYS: definition.appeal_days,
    }
    return [
        {
            "name": name,
            "value": value,
            "source": definition.source,
            "is_assumed": _is_assumed(definition, name),
        }
        for name, value in values.items()
        if value is not None
    ]


def _is_assumed(definition: TenantDefinition, name: SettingName) -> bool:
    if name is SettingName.SIGNER:
        return any(one.is_assumed for one in definition.signers)
    if name is SettingName.TARGETS:
        return all(one.is_assumed for one in definition.targets)
    return name in {SettingName.CONFIRMATION, SettingName.APPEAL_DAYS}


def deadlines_of(definition: TenantDefinition) -> Rows:
    """Return the deadlines that a definition sets, as rows without their owner."""
    return [
        {
            "kind": one.kind,
            "year": one.year or 0,
            "month": one.month,
            "day": one.day,
            "rule": one.rule,
            "rolls_off_non_working_days": one.rolls_off_non_working_days,
            "wording": one.wording,
            "source": one.source or "",
            "is_assumed": one.is_assumed,
        }
        for one in definition.deadlines
    ]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in values.items()}


def _add(model: type[Base], rows: Rows) -> None:
    table = model.__table__
    if rows and isinstance(table, Table):
        db.session.execute(insert(table).on_conflict_do_nothing(), rows)
