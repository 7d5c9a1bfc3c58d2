"""Writing the rows of an agency back as a file that ``tenants/`` can hold."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain.settings import SettingName
from app.persistence.database import db
from app.persistence.models import DeadlineRow, Setting, Tenant, Unit
from app.persistence.queries.settings import to_deadline
from tenants.schema import Deadline, TenantDefinition


_SET_IN_A_PAGE = "Đơn vị đặt trên trang thiết lập"


def export_definition(slug: str, shipped: TenantDefinition | None) -> str:
    """Return the agency at ``slug`` as TOML. Runs as the owner.

    What no row holds (the symbol of documents, predecessors, what was assumed) comes from the
    shipped file, if there is one; else it is filled in so that the file can be read.
    """
    tenant = db.session.scalars(select(Tenant).where(Tenant.slug == slug)).one()
    held = _settings(tenant)
    document = {
        **_identity(tenant, held, shipped),
        "units": _units(tenant),
        "criteria": [
            {"groups": [one["group"]], "set": one["reference"], "from_year": one["from_year"]}
            for one in held[SettingName.CRITERIA]
        ],
        "deadlines": _deadlines(tenant),
        "targets": held.get(SettingName.TARGETS) or [],
        "signers": held[SettingName.SIGNER],
        "legal_bases": held.get(SettingName.LEGAL_BASES) or [],
        "predecessors": [asdict(one) for one in shipped.predecessors] if shipped else [],
        "assumed": [dict(one) for one in shipped.assumed] if shipped else [],
    }
    return "\n".join(_lines(document)) + "\n"


def _identity(
    tenant: Tenant, held: Mapping[SettingName, Any], shipped: TenantDefinition | None
) -> Mapping[str, Any]:
    parent = (
        db.session.get_one(Tenant, (tenant.province_id, tenant.parent_id)).slug
        if tenant.parent_id
        else None
    )
    return {
        "kind": tenant.kind.value,
        "province": f"{tenant.province_id:02}",
        "parent": parent,
        "commune": tenant.commune_code,
        "name": tenant.name,
        "full_name": shipped.full_name if shipped else tenant.name,
        "printed_name": held[SettingName.PRINTED_NAME],
        "superior": held.get(SettingName.SUPERIOR),
        "symbol": shipped.symbol if shipped else "UBND",
        "place": held[SettingName.PLACE],
        "groups": sorted({one["group"] for one in held[SettingName.CRITERIA]}),
        "is_confirmation_used": held[SettingName.CONFIRMATION],
        "appeal_days": held.get(SettingName.APPEAL_DAYS),
        "source": shipped.source if shipped else _source(tenant),
    }


def _settings(tenant: Tenant) -> Mapping[SettingName, Any]:
    held = Setting.__table__.c
    rows = select(held.name, held.value).where(held.tenant_id == tenant.id)
    return {SettingName(name): value for name, value in db.session.execute(rows)}


def _source(tenant: Tenant) -> str:
    held = Setting.__table__.c
    rows = select(held.source).where(held.tenant_id == tenant.id, held.source != "")
    return db.session.scalars(rows).first() or tenant.name


def _units(tenant: Tenant) -> Sequence[Mapping[str, Any]]:
    unit = Unit.__table__.c
    rows = (
        select(unit.kind, unit.name)
        .where(unit.tenant_id == tenant.id, unit.is_active)
        .order_by(unit.name_sort_key)
    )
    return [{"kind": kind, "name": name} for kind, name in db.session.execute(rows)]


def _deadlines(tenant: Tenant) -> Sequence[Mapping[str, Any]]:
    held = DeadlineRow.__table__
    rows = select(held).where(held.c.tenant_id == tenant.id)
    found = db.session.execute(rows.order_by(held.c.kind, held.c.year)).mappings().all()
    return [_deadline(to_deadline(DeadlineRow(**one))) for one in found]


def _deadline(deadline: Deadline) -> Mapping[str, Any]:
    """Return a deadline with the words and the source that a file must give."""
    said = asdict(deadline)
    said["wording"] = deadline.wording or f"{deadline.day}/{deadline.month}"
    if not deadline.is_assumed:
        said["source"] = deadline.source or _SET_IN_A_PAGE
    return said


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    tables = {key: value for key, value in document.items() if _is_list_of_tables(value)}
    yield from _pairs((key, value) for key, value in document.items() if key not in tables)
    for key, rows in tables.items():
        for row in rows:
            yield ""
            yield f"[[{key}]]"
            yield from _pairs(row.items())


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and (not value or isinstance(value[0], Mapping))


def _pairs(values: Iterable[tuple[str, Any]]) -> Iterator[str]:
    # What is not said is left out: TOML has no word for nothing.
    return (f"{key} = {_written(value)}" for key, value in values if value not in (None, ""))


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    # A word or a list of numbers in JSON is one in TOML too, but for one sign.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
