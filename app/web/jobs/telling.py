"""Makes a line of the outbox ready to be read: what it is, how far it is, why it waits."""

from dataclasses import dataclass

from app.domain.outbox import LineState, Progress, Wait, remaining, why_waiting
from app.labels import words
from app.labels.jobs import error_in_words, time_left_in_words
from app.persistence.clock import moment_now
from app.persistence.models import OutboxLine
from app.persistence.queries.outbox import is_agency_at_work
from app.web.language import show_moment


_CODE_SIGNS = 6
_NOT_BEGUN = frozenset({LineState.WAITING, LineState.SENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A line of the outbox in words."""

    line: OutboxLine
    title: str
    words: str
    error: str
    code: str
    has_progress: bool
    is_watched: bool
    is_parked: bool


def tell(line: OutboxLine) -> Job:
    """Put a line of the agency in scope into words."""
    is_between = _is_between_turns(line)
    return Job(
        line=line,
        title=str(words.JOBS[line.kind] % {"year": line.year}),
        words=_standing(line),
        error=error_in_words(line.last_error) if line.last_error else "",
        code=line.id.hex[-_CODE_SIGNS:].upper(),
        has_progress=line.total > 0 and (line.state is LineState.RUNNING or is_between),
        # An agency has one line under way: only that one is asked for again and again.
        is_watched=line.state in {LineState.SENT, LineState.RUNNING} or is_between,
        is_parked=line.state is LineState.PARKED,
    )


def _standing(line: OutboxLine) -> str:
    now = moment_now()
    is_at_work = line.state is LineState.RUNNING or _is_between_turns(line)
    if is_at_work and line.begun_at is not None:
        return time_left_in_words(remaining(Progress(line.done, line.total, now - line.begun_at)))
    wait = why_waiting(line, now, is_agency_at_work=is_agency_at_work(line.id))
    if wait is Wait.PAUSE:
        return str(words.JOB_WAITS[wait] % {"moment": show_moment(line.next_at)})
    return str(words.JOB_WAITS[wait]) if wait else str(words.JOB_STATES[line.state])


def _is_between_turns(line: OutboxLine) -> bool:
    """Tell whether a line has begun, others have their turn, and it goes on in its next."""
    return line.attempts == 0 and line.total > 0 and line.state in _NOT_BEGUN
