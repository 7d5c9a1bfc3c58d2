"""Where a file of ``tenants/`` and the rows of its agency have parted, and bringing them together.

Rows are the truth at run time. What somebody set in a page is theirs: it is shown, and never
overwritten unless the operator says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select, update

from app.persistence.database import Base, db
from app.persistence.models import DeadlineRow, Setting, Tenant
from app.services.definitions import deadlines_of, settings_of
from tenants.schema import TenantDefinition


_SAID_OF_DEADLINES = ("month", "day", "rule", "rolls_off_non_working_days", "wording")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that a file and the rows say differently."""

    slug: str
    name: str
    in_file: Any
    in_rows: Any
    is_edited: bool
    table: Table
    wanted: Mapping[str, Any]
    key: Mapping[str, Any]

    @property
    def is_missing(self) -> bool:
        """Tell whether the rows hold nothing at all."""
        return self.in_rows is None


def differences_of(definition: TenantDefinition) -> Sequence[Difference]:
    """Return what the rows of an agency say otherwise than its file. Runs as the owner."""
    tenant = db.session.scalars(select(Tenant).where(Tenant.slug == definition.slug)).one()
    owner = {"province_id": tenant.province_id, "tenant_id": tenant.id}
    return [
        *_of_settings(definition, owner),
        *_of_deadlines(definition, owner),
    ]


def _of_settings(definition: TenantDefinition, owner: Mapping[str, Any]) -> Iterable[Difference]:
    rows = {one["name"]: one for one in _held(Setting, owner)}
    for wanted in settings_of(definition):
        held = rows.get(wanted["name"])
        if held is None or held["value"] != wanted["value"]:
            yield Difference(
                slug=definition.slug,
                name=wanted["name"].value,
                in_file=wanted["value"],
                in_rows=held["value"] if held else None,
                is_edited=bool(held and held["set_by"]),
                table=_table(Setting),
                wanted=wanted,
                key={**owner, "name": wanted["name"]},
            )


def _of_deadlines(definition: TenantDefinition, owner: Mapping[str, Any]) -> Iterable[Difference]:
    rows = {(one["kind"], one["year"]): one for one in _held(DeadlineRow, owner)}
    for wanted in deadlines_of(definition):
        held = rows.get((wanted["kind"], wanted["year"]))
        if held is None or _said(held) != _said(wanted):
            yield Difference(
                slug=definition.slug,
                name=f"deadline of {wanted['kind'].value} {wanted['year'] or 'every year'}",
                in_file=_said(wanted),
                in_rows=_said(held) if held else None,
                is_edited=bool(held and held["set_by"]),
                table=_table(DeadlineRow),
                wanted=wanted,
                key={**owner, "kind": wanted["kind"], "year": wanted["year"]},
            )


def _said(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: getattr(row[name], "value", row[name]) for name in _SAID_OF_DEADLINES}


def _held(model: type[Base], owner: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    table = _table(model)
    rows = select(table).where(*(table.c[name] == value for name, value in owner.items()))
    return [dict(one) for one in db.session.execute(rows).mappings()]


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - so says the type of SQLAlchemy, so it is
    return table


def overwrite(difference: Difference) -> None:
    """Let the rows say what the file says; nobody is named as having set it."""
    table, key = difference.table, difference.key
    found = update(table).where(*(table.c[name] == value for name, value in key.items()))
    db.session.execute(found.values({**difference.wanted, "set_by": None}))
