"""The units of an agency: added, renamed, retired, and taken into use again."""

from sqlalchemy.exc import IntegrityError

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.vietnamese import clean, sort_key
from app.persistence.database import db
from app.persistence.models import Unit
from app.persistence.queries.units import count_people_in, is_name_taken
from app.services.record import record_act
from tenants.schema import UnitKind


def add_unit(name: str, kind: UnitKind, *, by: Actor) -> Unit:
    """Add a unit to the agency."""
    by.require(Permission.SETTINGS_EDIT)
    tidy = _require_new_name(name)
    unit = Unit(id=new_id(), name=tidy, name_sort_key=sort_key(tidy), kind=kind.value)
    db.session.add(unit)
    _flush_naming_the_rule(tidy)
    record_act(
        Act.UNIT_ADDED, by=by, object_kind="unit", object_id=unit.id, name=tidy, kind=kind.value
    )
    return unit


def change_unit(unit: Unit, name: str, kind: UnitKind, *, by: Actor) -> None:
    """Give a unit another name or kind; ``unit`` must be locked (``load_unit_to_change``)."""
    by.require(Permission.SETTINGS_EDIT)
    tidy = _require_new_name(name, besides=unit)
    before = {"name": unit.name, "kind": unit.kind}
    unit.name, unit.name_sort_key, unit.kind = tidy, sort_key(tidy), kind.value
    _flush_naming_the_rule(tidy)
    _record(unit, by, before=before, after={"name": tidy, "kind": kind.value})


def retire_unit(unit: Unit, *, by: Actor) -> None:
    """Take a locked unit out of use. Nobody may belong to it any more; its past stays."""
    by.require(Permission.SETTINGS_EDIT)
    if count_people_in(unit.id):
        raise RefusedError(Rule.UNIT_IN_USE, name=unit.name)
    _switch(unit, by, is_active=False)


def reopen_unit(unit: Unit, *, by: Actor) -> None:
    """Take a retired, locked unit into use again."""
    by.require(Permission.SETTINGS_EDIT)
    _switch(unit, by, is_active=True)


def _switch(unit: Unit, by: Actor, *, is_active: bool) -> None:
    before = {"is_active": unit.is_active}
    unit.is_active = is_active
    _record(unit, by, before=before, after={"is_active": is_active})


def _record(unit: Unit, by: Actor, **facts: object) -> None:
    record_act(
        Act.UNIT_CHANGED, by=by, object_kind="unit", object_id=unit.id, name=unit.name, **facts
    )


def _require_new_name(name: str, *, besides: Unit | None = None) -> str:
    tidy = clean(name)
    if not tidy:
        raise RefusedError(Rule.VALUE_MISSING)
    if is_name_taken(tidy, besides=besides.id if besides else None):
        raise RefusedError(Rule.UNIT_NAME_TAKEN, name=tidy)
    return tidy


def _flush_naming_the_rule(name: str) -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise RefusedError(Rule.UNIT_NAME_TAKEN, name=name) from error
