"""Brings what is sealed to the active key, a few rows at a time, for as long as it takes.

Each agency that has anything to be sealed anew gets a line of its outbox. Every step is a
transaction of its own, and what it has done is done: a worker that is killed loses one step, and
the next goes on from the rows as they are. Both keys read all the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from app.domain.ids import new_id
from app.domain.outbox import Kind
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.key_ring import KeyRingError
from app.persistence.models import CccdKey, KeyRotation, Person, RosterImport, RosterImportPart
from app.persistence.queries.audit_chain import agencies_on_record
from app.persistence.queries.keys import find_rotation
from app.persistence.sealing import NumberSeal, Place, number_of, part_of, sheet_of
from app.persistence.tenancy import tenant_in_scope, tenant_scope
from app.services.keys import require_keys, values_by_key
from app.services.outbox import post


ROWS_IN_STEP = 200


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values of an agency are sealed with the active key, and how many there are."""

    done: int
    total: int


def start_rotation(seal: NumberSeal) -> int:
    """Ask for everything to be brought to the active key; return in how many agencies.

    Asked once more, it goes on with what was begun, and what was given up gets a new chance.
    """
    require_keys(seal)
    rotation = find_rotation()
    if rotation is None or rotation.key_id != seal.ring.active.id:
        rotation = KeyRotation(id=new_id(), key_id=seal.ring.active.id)
        db.session.add(rotation)
        db.session.flush()
    rotation_id = rotation.id
    return sum(_ask_for(rotation_id, key, seal) for _, key in agencies_on_record())


def _ask_for(rotation_id: UUID, key: TenantKey, seal: NumberSeal) -> bool:
    with tenant_scope(key):
        has_work = any(_count_stale(column, seal) for column in _SEALED)
        if has_work:
            # Short work of somebody who waits for it goes before.
            post(Kind.KEYS, subject_id=rotation_id, is_long=True)
    return has_work


def rotate_step(rotation_id: UUID, *, seal: NumberSeal) -> Resealed:
    """Seal some values of the agency in scope anew; say how far it has come.

    Raises ``KeyRingError`` in a process that was not started with the ring that is wanted.
    """
    rotation = find_rotation()
    if rotation is None or rotation.id != rotation_id:
        # The keys were changed again: another rotation does it, if there is anything to do.
        return Resealed(0, 0)
    if rotation.key_id != seal.ring.active.id:
        raise KeyRingError(f"key {rotation.key_id} is to be active, and is not in this process")
    require_keys(seal)
    key = tenant_in_scope()
    if not _reseal_numbers(key, seal) and not _reseal_sheets(RosterImport, sheet_of, key, seal):
        _reseal_sheets(RosterImportPart, part_of, key, seal)
    total = sum(_count(column) for column in _SEALED)
    return Resealed(total - sum(_count_stale(column, seal) for column in _SEALED), total)


_SEALED: Sequence[Any] = (
    Person.cccd_sealed,
    RosterImport.sheet_sealed,
    RosterImportPart.sheet_sealed,
)


def _count(column: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(column.class_).where(column.is_not(None), *conditions)
    return db.session.execute(query).scalar_one()


def _count_stale(column: Any, seal: NumberSeal) -> int:
    return _count(column, _is_stale(column, seal))


def _is_stale(column: Any, seal: NumberSeal) -> Any:
    return func.get_byte(column, 0) != seal.ring.active.id


def _reseal_numbers(key: TenantKey, seal: NumberSeal) -> int:
    rows = _stale(Person.id, Person.cccd_sealed, seal)
    numbers = [seal.open(sealed, place=number_of(person_id, key)) for person_id, sealed in rows]
    for (person_id, _), number in zip(rows, numbers, strict=True):
        sealed = seal.seal(number, place=number_of(person_id, key))
        db.session.execute(
            update(Person)
            .where(Person.id == person_id)
            .values(cccd_sealed=sealed)
            .execution_options(synchronize_session=False)
        )
    _rekey([person_id for person_id, _ in rows], numbers, key.province_id, seal)
    return len(rows)


def _rekey(people: Sequence[UUID], numbers: Sequence[str], province: int, seal: NumberSeal) -> None:
    db.session.execute(
        text(
            "SELECT rekey_numbers(CAST(:people AS uuid[]), CAST(:wanted AS bytea[]),"
            " CAST(:others AS bytea[]))"
        ),
        {
            "people": list(people),
            "wanted": [seal.index(number, province_id=province) for number in numbers],
            "others": [seal.other_index(number, province_id=province) for number in numbers],
        },
    )


def _reseal_sheets(
    table: Any, place_of: Callable[[UUID, TenantKey], Place], key: TenantKey, seal: NumberSeal
) -> int:
    rows = _stale(table.id, table.sheet_sealed, seal)
    for row_id, sealed in rows:
        place = place_of(row_id, key)
        db.session.execute(
            update(table)
            .where(table.id == row_id)
            .values(sheet_sealed=seal.seal(seal.open(sealed, place=place), place=place))
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def _stale(row: Any, column: Any, seal: NumberSeal) -> list[tuple[UUID, bytes]]:
    """Return, locked, some values of the agency that another key was used for."""
    found = db.session.execute(
        select(row, column)
        .where(column.is_not(None), _is_stale(column, seal))
        .limit(ROWS_IN_STEP)
        .with_for_update()
    )
    return [(row_id, sealed) for row_id, sealed in found]


def retire_key(key_id: int, *, seal: NumberSeal) -> None:
    """Note that nothing needs a key any more; raise ``KeyRingError`` while something does."""
    require_keys(seal)
    if key_id == seal.ring.active.id:
        raise KeyRingError(f"key {key_id} is the active key")
    for (kind, made_with), number in values_by_key().items():
        if made_with == key_id and kind != "other":
            raise KeyRingError(f"{number} values ({kind}) still need key {key_id}: rotate first")
    db.session.execute(
        text("SELECT forget_stale_indexes(:active, CAST(NULL AS integer))"),
        {"active": seal.ring.active.id},
    )
    db.session.execute(update(CccdKey).where(CccdKey.id == key_id).values(retired_at=func.now()))


def values_left(active: int) -> int:
    """Return how many values of all agencies another key was used for."""
    return sum(
        number
        for (kind, key_id), number in values_by_key().items()
        if kind in {"number", "sheet"} and key_id != active
    )
