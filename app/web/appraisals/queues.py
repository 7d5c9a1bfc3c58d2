"""The rows of the team's queues, and which part of which queue a page shows."""

from dataclasses import dataclass
from datetime import date

from flask import request

from app.domain.appraisals import Queue, disputed_indicators
from app.domain.permissions import Actor
from app.domain.scoring import Assessment, assess
from app.persistence.clock import today
from app.persistence.models import Dossier
from app.persistence.queries.appraisals import Desk, dossiers_in_queue, scores_of_each
from app.web.access import current_actor
from app.web.filters import chosen_group, chosen_unit
from app.web.pagination import Page
from app.web.years import chosen_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A dossier in a queue."""

    dossier: Dossier
    own: Assessment
    agreed: Assessment | None
    scored: int
    disputed: tuple[int, ...]
    is_overdue: bool
    is_own: bool


def chosen_desk(actor: Actor) -> Desk:
    """Return whose queues are asked for, narrowed as the address says."""
    return Desk(
        year=chosen_year(),
        identity_id=actor.identity_id,
        unit_id=chosen_unit(),
        group=chosen_group(),
    )


def chosen_queue(counts: dict[Queue, int]) -> Queue:
    """Return the queue of ``?queue=``, else the first in which something waits."""
    asked = request.args.get("queue")
    if asked in set(Queue):
        return Queue(asked)
    return next((queue for queue, count in counts.items() if count), Queue.TO_SCORE)


def rows_of(queue: Queue, desk: Desk, page: Page) -> list[Row]:
    """Return the rows of one page of a queue."""
    dossiers = dossiers_in_queue(queue, desk, limit=page.size, offset=page.offset)
    scores = scores_of_each(dossiers)
    now, actor = today(), current_actor()
    return [_row(one, [s.scores for s in scores[one.id]], now, actor) for one in dossiers]


def _row(dossier: Dossier, given: list[list[int]], now: date, actor: Actor) -> Row:
    own = tuple(dossier.self_scores)
    agreed = dossier.agreed_scores
    return Row(
        dossier=dossier,
        own=assess(dossier.rule, own),
        agreed=assess(dossier.rule, tuple(agreed)) if agreed else None,
        scored=len(given),
        disputed=disputed_indicators(own, [tuple(scores) for scores in given]),
        is_overdue=dossier.return_due_on is not None and dossier.return_due_on < now,
        is_own=dossier.identity_id == actor.identity_id,
    )
