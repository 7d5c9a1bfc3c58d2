"""Questions about ad-hoc requests: those this agency makes, and those made to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.domain.adhoc import LATE, OPEN_TO_ANSWER, Line, Tally, is_closed
from app.domain.adhoc_answers import Count, count_known
from app.domain.refusals import MissingError
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import AdhocDraft, AdhocFormer, AdhocLine, AdhocRequest, Tenant
from app.persistence.queries.results import figures_of
from app.persistence.tenancy import tenant_in_scope


_SHOWN = 100
_LOCK_FAMILY = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A request of the agency in scope, and how many have answered; None before it is sent."""

    request: AdhocRequest
    tally: Tally | None

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more answers."""
        return is_closed(self.request.closed_at, self.request.closes_on, today())


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLine:
    """The line of an agency, with its name."""

    row: AdhocLine
    agency: str
    line: Line

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more answers."""
        return is_closed(self.row.closed_at, self.row.closes_on, today())

    @property
    def is_awaited(self) -> bool:
        """Whether an answer is still to come."""
        return not self.line.is_received and not self.is_closed


def requests_made() -> Sequence[Made]:
    """Return what the agency in scope asks of those below it, newest first."""
    requests = db.session.scalars(
        select(AdhocRequest).order_by(AdhocRequest.created_at.desc()).limit(_SHOWN)
    ).all()
    lines: dict[UUID, list[Line]] = {}
    # Not whole rows: a province asks hundreds of agencies, and no answer is read here.
    for request_id, state, due_on, answered_first_at in db.session.execute(
        select(
            AdhocLine.request_id, AdhocLine.state, AdhocLine.due_on, AdhocLine.answered_first_at
        ).where(
            AdhocLine.asker_id == tenant_in_scope().tenant_id,
            AdhocLine.request_id.in_([one.id for one in requests]),
        )
    ):
        line = Line(state=state, due_on=due_on, answers=(), answered_first_at=answered_first_at)
        lines.setdefault(request_id, []).append(line)
    now = transaction_time()
    return [
        Made(request=one, tally=tally_of(lines.get(one.id, []), now) if one.sent_at else None)
        for one in requests
    ]


def tally_of(lines: Sequence[Line], now: datetime) -> Tally:
    """Count what is expected, received and late."""
    standings = [line.standing(now).timeliness for line in lines]
    return Tally(
        expected=len(lines),
        received=sum(1 for line in lines if line.is_received),
        late=sum(1 for one in standings if one in LATE),
    )


def load_request(request_id: UUID) -> AdhocRequest:
    """Return a request of the agency in scope; raise ``MissingError`` for any other."""
    found = db.session.scalars(
        select(AdhocRequest).where(AdhocRequest.id == request_id)
    ).one_or_none()
    if found is None:
        raise MissingError(request_id)
    return found


def lock_sheet(sheet_id: UUID) -> None:
    """Let nobody else draw a request up from this sheet until the transaction ends."""
    db.session.execute(
        select(func.pg_advisory_xact_lock(_LOCK_FAMILY, func.hashtext(str(sheet_id))))
    )


def find_drawn_up(sheet_id: UUID) -> AdhocRequest | None:
    """Return the request that was drawn up from a sheet, if there is one."""
    return db.session.scalars(
        select(AdhocRequest).where(AdhocRequest.sheet_id == sheet_id)
    ).one_or_none()


def find_draft_to_change(request_id: UUID) -> AdhocRequest | None:
    """Return a request that was not sent, locked; the database locks no other."""
    return db.session.scalars(
        select(AdhocRequest)
        .where(AdhocRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def lines_of(request_id: UUID) -> Sequence[NamedLine]:
    """Return the lines of a request that the agency in scope made, in Vietnamese order."""
    rows = db.session.execute(
        select(AdhocLine, Tenant.name)
        .join(Tenant, Tenant.id == AdhocLine.tenant_id)
        .where(
            AdhocLine.asker_id == tenant_in_scope().tenant_id, AdhocLine.request_id == request_id
        )
        .order_by(Tenant.name_sort_key)
    )
    return [NamedLine(row=row, agency=agency, line=to_line(row)) for row, agency in rows]


def load_line_made(line_id: UUID) -> NamedLine:
    """Return a line of a request of the agency in scope; raise ``MissingError`` for any other."""
    row = db.session.execute(
        select(AdhocLine, Tenant.name)
        .join(Tenant, Tenant.id == AdhocLine.tenant_id)
        .where(AdhocLine.id == line_id, AdhocLine.asker_id == tenant_in_scope().tenant_id)
    ).one_or_none()
    if row is None:
        raise MissingError(line_id)
    return NamedLine(row=row[0], agency=row[1], line=to_line(row[0]))


def lines_received() -> Sequence[NamedLine]:
    """Return what the agencies above ask of the one in scope: open ones first, by their last day.

    Each with the name of the agency that asks.
    """
    rows = db.session.execute(
        select(AdhocLine, Tenant.name)
        .join(Tenant, Tenant.id == AdhocLine.asker_id)
        .where(AdhocLine.tenant_id == tenant_in_scope().tenant_id)
        .order_by(
            AdhocLine.closed_at.is_not(None),
            AdhocLine.state.not_in(OPEN_TO_ANSWER),
            AdhocLine.due_on,
        )
        .limit(_SHOWN)
    )
    return [NamedLine(row=row, agency=agency, line=to_line(row)) for row, agency in rows]


def waiting_lines() -> Sequence[NamedLine]:
    """Return what the agency in scope has still to answer."""
    return [one for one in lines_received() if one.is_awaited]


def load_line_received(line_id: UUID) -> NamedLine:
    """Return a line of the agency in scope itself; raise ``MissingError`` for any other."""
    row = db.session.execute(
        select(AdhocLine, Tenant.name)
        .join(Tenant, Tenant.id == AdhocLine.asker_id)
        .where(AdhocLine.id == line_id, AdhocLine.tenant_id == tenant_in_scope().tenant_id)
    ).one_or_none()
    if row is None:
        raise MissingError(line_id)
    return NamedLine(row=row[0], agency=row[1], line=to_line(row[0]))


def find_line_to_answer(line_id: UUID) -> AdhocLine | None:
    """Return a line of the agency in scope itself, locked; the database locks no closed one."""
    return db.session.scalars(
        select(AdhocLine)
        .where(AdhocLine.id == line_id, AdhocLine.tenant_id == tenant_in_scope().tenant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def known_now(line: AdhocLine) -> Sequence[Count | None]:
    """Return what the system counts for each field of a line of the agency in scope."""
    return count_known(line.fields, figures_of(tenant_in_scope(), line.year))


def former_of(line_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[AdhocFormer]]:
    """Return what lines said before they were corrected, the latest first."""
    found: dict[UUID, list[AdhocFormer]] = {}
    for row in db.session.scalars(
        select(AdhocFormer).where(AdhocFormer.id.in_(line_ids)).order_by(AdhocFormer.version.desc())
    ):
        found.setdefault(row.id, []).append(row)
    return found


def find_draft(line_id: UUID) -> AdhocDraft | None:
    """Return what the agency in scope has typed on a line and not sent."""
    return db.session.scalars(select(AdhocDraft).where(AdhocDraft.id == line_id)).one_or_none()


def to_line(row: AdhocLine) -> Line:
    """Return a line as the rules know it."""
    return Line(
        state=row.state,
        due_on=row.due_on,
        answers=row.answers,
        answered_first_at=row.answered_first_at,
    )


def names_of(agencies: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the names of agencies, in Vietnamese order."""
    rows = db.session.execute(
        select(Tenant.id, Tenant.name).where(Tenant.id.in_(agencies)).order_by(Tenant.name_sort_key)
    )
    return {row.id: row.name for row in rows}
