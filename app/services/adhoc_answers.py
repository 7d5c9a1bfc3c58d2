"""Answering what an agency above asks at short notice: a draft, the answer, and correcting it."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from app.domain.adhoc import LineState, is_closed
from app.domain.adhoc_answers import Answer, Typed, read_answers
from app.domain.audit import Act
from app.domain.inspections import require_stated_reason
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import AdhocDraft, AdhocLine
from app.persistence.queries.adhoc import (
    find_draft,
    find_line_to_answer,
    known_now,
    load_line_received,
)
from app.services.record import record_act


def keep_draft(
    line_id: UUID, typed: Sequence[Typed], *, because: str, version: int, by: Actor
) -> int:
    """Keep what was typed and is not sent yet, whatever it is; return the draft's version.

    ``version`` is the one that stood on the screen, 0 where there was none: what a colleague has
    kept meanwhile is not overwritten.
    """
    by.require(Permission.ADHOC_ANSWER)
    _load_open_line(line_id)
    draft = find_draft(line_id)
    if (draft.version if draft else 0) != version:
        raise RefusedError(Rule.STALE_SCREEN)
    draft = draft or AdhocDraft(id=line_id)
    draft.version = version + 1
    draft.typed = [one.value for one in typed]
    draft.wholes = [one.whole for one in typed]
    draft.reasons = [one.reason for one in typed]
    draft.because = because
    draft.saved_at = transaction_time()
    draft.saved_by_name = by.name
    db.session.add(draft)
    return draft.version


def answer(
    line_id: UUID, typed: Sequence[Typed], *, because: str = "", version: int, by: Actor
) -> None:
    """Send the answers of this agency, with what the system counts at this moment beside them.

    An answer that was received and not given back is corrected, which takes a reason. ``version``
    is that of the answer on the screen.
    """
    by.require(Permission.ADHOC_ANSWER)
    line = _load_open_line(line_id)
    if line.version != version:
        raise RefusedError(Rule.STALE_SCREEN)
    is_correction = line.state is LineState.ANSWERED
    answers = read_answers(line.fields, typed, known_now(line))
    line.because = require_stated_reason(because) if is_correction else ""
    _write(line, answers, by)
    draft = find_draft(line_id)
    if draft is not None:
        db.session.delete(draft)
    record_act(
        Act.ADHOC_CORRECTED if is_correction else Act.ADHOC_ANSWERED,
        by=by,
        object_kind="adhoc",
        object_id=line.id,
        title=line.title,
        deviations=sum(1 for one in answers if one.deviates),
        reason=line.because,
    )


def _load_open_line(line_id: UUID) -> AdhocLine:
    line = find_line_to_answer(line_id)
    if line is None:
        # Ours and closed, or else not there at all.
        load_line_received(line_id)
        raise RefusedError(Rule.ADHOC_CLOSED)
    if is_closed(line.closed_at, line.closes_on, today()):
        raise RefusedError(Rule.ADHOC_CLOSED)
    return line


def _write(line: AdhocLine, answers: Sequence[Answer], by: Actor) -> None:
    counts = [one.known for one in answers]
    line.numbers = [_exact(one.number) for one in answers]
    line.wholes = [_exact(one.whole) for one in answers]
    line.texts = [one.text for one in answers]
    line.known = [one.number if one else None for one in counts]
    line.known_wholes = [one.whole if one else None for one in counts]
    line.reasons = [one.reason for one in answers]
    line.state = LineState.ANSWERED
    line.version += 1
    line.answered_at = transaction_time()
    line.answered_first_at = line.answered_first_at or line.answered_at
    line.answered_by = by.account_id
    line.answered_by_name = by.name


def _exact(number: Decimal | int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
