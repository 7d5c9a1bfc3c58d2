"""Keeping the chain of an agency's acts true: followed, its head given upwards, words erased."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from app.domain.audit_chain import Fault, Walk, missing_heads, unlinked
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import AuditCheck
from app.persistence.queries.audit_chain import (
    find_head,
    given_heads,
    hashes_at,
    links_in_batches,
    read_at_one_moment,
    unlinked_rows,
)
from app.persistence.tenancy import tenant_in_scope


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a chain has been followed."""

    links: int = 0


def verify_chain(progress: Progress) -> Iterator[Fault]:
    """Follow the whole chain of the agency in scope, and tell everything that was touched.

    Reads at one moment, so that writers at work raise no alarm; ends the transaction that runs.
    """
    read_at_one_moment()
    walk = Walk()
    for batch in links_in_batches():
        yield from walk.follow(batch)
        progress.links += len(batch)
    yield from walk.arrive(find_head())
    for source, row_id in unlinked_rows():
        yield unlinked(source, row_id)
    yield from find_missing_heads()
    db.session.rollback()


def find_missing_heads() -> Iterator[Fault]:
    """Tell the heads that the agency in scope has given and its chain no longer holds."""
    given = given_heads()
    held = hashes_at([head.seq for _, head in given])
    return missing_heads([(day.isoformat(), head) for day, head in given], held)


def is_printed_head_held(seq: int, sign: str) -> bool:
    """Tell whether the chain of the agency in scope holds a head that stands on a paper."""
    held = hashes_at([seq]).get(seq)
    return held is not None and held.hex().startswith(sign)


def give_daily_head(day: date) -> bool:
    """Give the head of the agency in scope to those above it, once for each day.

    Returns whether it was given now. Holds the heads given before against the chain as well, and
    lets the agencies above see how many it still holds.
    """
    given = db.session.execute(text("SELECT give_daily_head(:day)"), {"day": day}).scalar_one()
    if given:
        _note_check()
    return bool(given)


def _note_check() -> None:
    heads = given_heads()
    missing = list(find_missing_heads())
    first = min((date.fromisoformat(one.on) for one in missing if one.on), default=None)
    province_id, tenant_id = tenant_in_scope()
    db.session.merge(
        AuditCheck(
            province_id=province_id,
            tenant_id=tenant_id,
            checked_at=transaction_time(),
            heads=len(heads),
            missing=len(missing),
            first_missing_on=first,
        )
    )


def erase_words(act_id: UUID) -> int:
    """Blank names, reasons and facts in the acts about a person; return in how many.

    ``act_id`` is the recorded act ``person-erased`` that says so. The chain holds as before.
    """
    erased = text("SELECT erase_acts(:act)")
    return int(db.session.execute(erased, {"act": act_id}).scalar_one())
