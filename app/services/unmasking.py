"""Shows a personal number once, to whoever may and says why, and counts how often numbers go."""

from uuid import UUID

from sqlalchemy import delete, func, select

from app.domain.audit import Act
from app.domain.cccd import AN_HOUR, NumberUseKind, look_ups_of_list, require_within_limit
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.vietnamese import clean
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import NumberUse
from app.persistence.queries.people import load_person
from app.persistence.sealing import NumberSeal
from app.services.identities import open_number
from app.services.keys import require_keys
from app.services.record import record_act


# The first key of the advisory lock; the second is made from the account.
_LOCK_FAMILY = 10


def open_for(person_id: UUID, reason: str, *, seal: NumberSeal, by: Actor) -> str:
    """Return somebody's personal number for ``reason``; ``MissingError`` if none is kept."""
    by.require(Permission.CCCD_UNMASK)
    person = load_person(person_id)
    if person.cccd_sealed is None:
        raise MissingError(person_id)
    if not clean(reason):
        raise RefusedError(Rule.REASON_NEEDED)
    _count(NumberUseKind.SHOWN, 1, by=by)
    require_keys(seal)
    record_act(
        Act.NUMBER_SHOWN,
        by=by,
        object_kind="person",
        object_id=person.id,
        name=person.name,
        reason=reason.strip(),
    )
    number = open_number(person, seal=seal)
    if number is None:
        raise MissingError(person_id)
    return number


def count_look_up(*, by: Actor) -> None:
    """Count that a number was typed, before it is looked for.

    In a transaction of its own: an act that is refused tells as much about the number.
    """
    _count(NumberUseKind.LOOKED_UP, 1, by=by)


def count_list(numbers: int, *, by: Actor) -> None:
    """Count a list with so many numbers, which is fewer look-ups than numbers."""
    if numbers:
        _count(NumberUseKind.LOOKED_UP, look_ups_of_list(numbers), by=by)


def _count(kind: NumberUseKind, times: int, *, by: Actor) -> None:
    lock = func.pg_advisory_xact_lock(_LOCK_FAMILY, func.hashtext(str(by.account_id)))
    db.session.execute(select(lock))
    now = transaction_time()
    require_within_limit(kind, used=_used(kind, by=by), more=times)
    db.session.execute(delete(NumberUse).where(NumberUse.at <= now - 2 * AN_HOUR))
    db.session.add(NumberUse(id=new_id(), account_id=by.account_id, kind=kind, times=times, at=now))
    db.session.flush()


def _used(kind: NumberUseKind, *, by: Actor) -> int:
    within = NumberUse.at > transaction_time() - AN_HOUR
    counted = select(func.coalesce(func.sum(NumberUse.times), 0)).where(
        NumberUse.account_id == by.account_id, NumberUse.kind == kind, within
    )
    return int(db.session.execute(counted).scalar_one())
