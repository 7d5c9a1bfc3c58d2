"""Brings what is sealed to the active key, a few rows at a time, for as long as it takes.

Every step is a transaction of its own, and what it has done is done: a worker that is killed loses
one step, and the next goes on from the rows as they are. Both keys read all the time.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text, update

from app.domain.ids import new_id
from app.domain.tenants import TenantKey
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.key_ring import KeyRingError
from app.persistence.models import CccdKey, KeyRotation, Person, RosterImport, Tenant
from app.persistence.sealing import NumberSeal, number_of, sheet_of
from app.persistence.tenancy import tenant_scope
from app.services.keys import require_keys, values_by_key


ROWS_IN_STEP = 200
_AGENCIES_IN_STEP = 50


def start_rotation(seal: NumberSeal) -> UUID:
    """Begin to bring everything to the active key, or go on with what was begun."""
    require_keys(seal)
    running = db.session.scalars(
        select(KeyRotation).where(KeyRotation.finished_at.is_(None))
    ).one_or_none()
    active, other = seal.ring.active.id, seal.ring.other
    if running is not None and running.key_id == active:
        running.after_province_id, running.after_tenant_id = 0, None
        return running.id
    if running is not None:
        # The keys were turned round half-way: what was done is to be done back.
        running.finished_at = transaction_time()
        db.session.flush()
    rotation = KeyRotation(
        id=new_id(),
        key_id=active,
        other_key_id=other.id if other else None,
        total=_left_to_do(active),
    )
    db.session.add(rotation)
    return rotation.id


def rotate_step(rotation_id: UUID, *, seal: NumberSeal) -> bool:
    """Do one step; return whether there is more to do. Another worker's step is left to it."""
    rotation = db.session.scalars(
        select(KeyRotation)
        .where(KeyRotation.id == rotation_id, KeyRotation.finished_at.is_(None))
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if rotation is None or rotation.key_id != seal.ring.active.id:
        return False
    require_keys(seal)
    done, is_end = _do_some(rotation, seal)
    rotation.done += done
    rotation.alive_at = func.now()
    return not (is_end and _is_over(rotation, seal))


def _do_some(rotation: KeyRotation, seal: NumberSeal) -> tuple[int, bool]:
    """Bring some rows over; return how many, and whether the last agency is through."""
    for key in _next_agencies(rotation):
        with tenant_scope(key):
            done = _reseal_numbers(key, seal) or _reseal_sheets(key, seal)
        if done:
            return done, False
        rotation.after_province_id, rotation.after_tenant_id = key
    return 0, next(_next_agencies(rotation), None) is None


def _next_agencies(rotation: KeyRotation) -> Iterator[TenantKey]:
    beyond: Any = Tenant.province_id > rotation.after_province_id
    if rotation.after_tenant_id is not None:
        same = Tenant.province_id == rotation.after_province_id
        beyond = or_(beyond, and_(same, Tenant.id > rotation.after_tenant_id))
    query = select(Tenant.province_id, Tenant.id).where(beyond)
    rows = db.session.execute(
        query.order_by(Tenant.province_id, Tenant.id).limit(_AGENCIES_IN_STEP)
    )
    return iter([TenantKey(*row) for row in rows])


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


def _reseal_sheets(key: TenantKey, seal: NumberSeal) -> int:
    rows = _stale(RosterImport.id, RosterImport.sheet_sealed, seal)
    for upload_id, sealed in rows:
        place = sheet_of(upload_id, key)
        db.session.execute(
            update(RosterImport)
            .where(RosterImport.id == upload_id)
            .values(sheet_sealed=seal.seal(seal.open(sealed, place=place), place=place))
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def _stale(row: Any, column: Any, seal: NumberSeal) -> list[tuple[UUID, bytes]]:
    """Return, locked, some values of the agency that another key was used for."""
    made_with = func.get_byte(column, 0)
    found = db.session.execute(
        select(row, column)
        .where(column.is_not(None), made_with != seal.ring.active.id)
        .limit(ROWS_IN_STEP)
        .with_for_update()
    )
    return [(row_id, sealed) for row_id, sealed in found]


def _is_over(rotation: KeyRotation, seal: NumberSeal) -> bool:
    """End the rotation if nothing is left; begin again where a slow process wrote behind us."""
    if _left_to_do(rotation.key_id):
        rotation.after_province_id, rotation.after_tenant_id = 0, None
        return False
    other = seal.ring.other
    _forget_stale_indexes(rotation.key_id, other.id if other else None)
    rotation.finished_at = func.now()
    return True


def retire_key(key_id: int, *, seal: NumberSeal) -> None:
    """Note that nothing needs a key any more; raise ``KeyRingError`` while something does."""
    require_keys(seal)
    if key_id == seal.ring.active.id:
        raise KeyRingError(f"key {key_id} is the active key")
    for (kind, made_with), number in values_by_key().items():
        if made_with == key_id and kind != "other":
            raise KeyRingError(f"{number} values ({kind}) still need key {key_id}: rotate first")
    _forget_stale_indexes(seal.ring.active.id, None)
    db.session.execute(update(CccdKey).where(CccdKey.id == key_id).values(retired_at=func.now()))


def _forget_stale_indexes(active: int, other: int | None) -> None:
    db.session.execute(
        text("SELECT forget_stale_indexes(:active, CAST(:other AS integer))"),
        {"active": active, "other": other},
    )


def _left_to_do(active: int) -> int:
    return sum(
        number
        for (kind, key_id), number in values_by_key().items()
        if kind in {"number", "sheet"} and key_id != active
    )
