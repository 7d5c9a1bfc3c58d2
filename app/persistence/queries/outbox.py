"""Questions about the outbox: what is due on the platform, and what an agency is waiting for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text

from app.domain.outbox import Kind, LineState
from app.domain.refusals import MissingError
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import OutboxLine, RollupMark
from app.persistence.tenancy import tenant_in_scope


_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Address:
    """Whose line it is, and which: all that goes into the queue."""

    tenant: TenantKey
    line_id: UUID
    kind: Kind
    state: LineState
    is_long: bool


def take_due_lines(kinds: Collection[Kind], most: int, *, is_long: bool) -> Sequence[Address]:
    """Mark short or long lines as sent that are due, of every agency one, and return them.

    They stay locked until the transaction ends: two dispatchers send different lines. An agency
    that has a line under way waits for its turn.
    """
    return _addresses(
        "SELECT * FROM take_outbox(CAST(:kinds AS text[]), :is_long, :most)",
        kinds=[kind.value for kind in kinds],
        is_long=is_long,
        most=most,
    )


def stuck_lines(silence: timedelta, patience: timedelta) -> Sequence[Address]:
    """Return lines whose worker fell silent, and lines that were sent and that nobody took up."""
    return _addresses(
        "SELECT * FROM stuck_outbox(:silence, :patience)", silence=silence, patience=patience
    )


def _addresses(statement: str, **values: object) -> Sequence[Address]:
    rows = db.session.execute(text(statement), values)
    return [
        Address(TenantKey(province, tenant), line, Kind(kind), LineState(state), is_long)
        for province, tenant, line, kind, state, is_long in rows
    ]


def open_lines() -> Sequence[OutboxLine]:
    """Return what the agency in scope waits for, what is being done first."""
    order = ("running", "sent", "parked", "waiting")
    return db.session.scalars(
        select(OutboxLine)
        .where(OutboxLine.state != LineState.DONE)
        .order_by(
            func.array_position(list(order), OutboxLine.state), OutboxLine.next_at, OutboxLine.id
        )
    ).all()


def lines_done() -> Sequence[OutboxLine]:
    """Return what was done for the agency in scope, newest first."""
    return db.session.scalars(
        select(OutboxLine)
        .where(OutboxLine.state == LineState.DONE)
        .order_by(OutboxLine.done_at.desc(), OutboxLine.id)
        .limit(_SHOWN)
    ).all()


def load_line(line_id: UUID) -> OutboxLine:
    """Return a line; raise ``MissingError`` if it is not ours."""
    line = db.session.scalars(select(OutboxLine).where(OutboxLine.id == line_id)).one_or_none()
    if line is None:
        raise MissingError(line_id)
    return line


def find_line_about(subject_id: UUID) -> OutboxLine | None:
    """Return the newest line about a row, done or not."""
    return db.session.scalars(
        select(OutboxLine)
        .where(OutboxLine.subject_id == subject_id)
        .order_by(OutboxLine.posted_at.desc(), OutboxLine.id.desc())
        .limit(1)
    ).one_or_none()


def find_due_line(kind: Kind) -> UUID | None:
    """Return a line of the agency in scope that may be taken up at once."""
    is_due = and_(OutboxLine.state == LineState.WAITING, OutboxLine.next_at <= func.now())
    return db.session.scalars(
        select(OutboxLine.id)
        .where(OutboxLine.kind == kind, or_(OutboxLine.state == LineState.SENT, is_due))
        .order_by(OutboxLine.id)
        .limit(1)
    ).one_or_none()


def is_agency_at_work(except_id: UUID) -> bool:
    """Tell whether another line of the agency in scope has its turn."""
    under_way = OutboxLine.state.in_((LineState.SENT, LineState.RUNNING))
    other = select(OutboxLine.id).where(under_way, OutboxLine.id != except_id).limit(1)
    return db.session.scalar(other) is not None


@dataclass(frozen=True, slots=True)
class WaitingChanges:
    """Changes of a year that its figures do not show yet."""

    year: int
    number: int
    oldest: datetime


def waiting_changes() -> Sequence[WaitingChanges]:
    """Return the changes of the agency in scope that wait to be counted, by year."""
    rows = db.session.execute(
        select(RollupMark.year, func.count(), func.min(RollupMark.marked_at))
        .where(RollupMark.tenant_id == tenant_in_scope().tenant_id)
        .group_by(RollupMark.year)
        .order_by(RollupMark.year.desc())
    )
    return [WaitingChanges(*row) for row in rows]
