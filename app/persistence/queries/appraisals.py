"""Questions about what the appraisal team has in hand, and who has scored what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.domain.appraisals import Queue, states_open_to_scores
from app.domain.dossiers import Event, State
from app.persistence.database import db
from app.persistence.models import Dossier, DossierEvent, Person, TeamScore
from app.persistence.queries.rules import is_confirmation_used, quorum


def find_team_score(dossier: Dossier, identity_id: UUID) -> TeamScore | None:
    """Return what a human being gave in the dossier's round, by whichever account."""
    return db.session.scalars(
        select(TeamScore).where(
            TeamScore.dossier_id == dossier.id,
            TeamScore.round == dossier.round,
            TeamScore.appraiser_identity_id == identity_id,
        )
    ).one_or_none()


def find_earlier_score(dossier: Dossier, identity_id: UUID) -> TeamScore | None:
    """Return what a human being gave in the latest round before this one."""
    return db.session.scalars(
        select(TeamScore)
        .where(
            TeamScore.dossier_id == dossier.id,
            TeamScore.round < dossier.round,
            TeamScore.appraiser_identity_id == identity_id,
        )
        .order_by(TeamScore.round.desc())
        .limit(1)
    ).one_or_none()


def versions_scored(dossier: Dossier, *, besides: UUID) -> frozenset[int]:
    """Return the versions that scores of other members made in this round."""
    facts = db.session.scalars(
        select(DossierEvent.facts).where(
            DossierEvent.dossier_id == dossier.id,
            DossierEvent.event == Event.SCORE,
            DossierEvent.round == dossier.round,
            DossierEvent.actor_identity_id != besides,
        )
    )
    return frozenset(one["version"] for one in facts if "version" in one)


def find_last_event(dossier_id: UUID, event: Event) -> DossierEvent | None:
    """Return the latest time that ``event`` happened to a dossier."""
    return db.session.scalars(
        select(DossierEvent)
        .where(DossierEvent.dossier_id == dossier_id, DossierEvent.event == event)
        .order_by(DossierEvent.at.desc(), DossierEvent.id.desc())
        .limit(1)
    ).one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Whose work is asked about, of which year, and narrowed to what."""

    year: int
    identity_id: UUID
    unit_id: UUID | None = None
    group: int | None = None


def queue_counts(desk: Desk) -> Mapping[Queue, int]:
    """Count the dossiers in each queue of the team."""
    conditions = _conditions(desk)
    counts = db.session.execute(
        select(*(func.count().filter(one) for one in conditions.values())).where(*_within(desk))
    ).one()
    return {queue: int(count) for queue, count in zip(conditions, counts, strict=True)}


def dossiers_in_queue(
    queue: Queue, desk: Desk, *, limit: int, offset: int = 0
) -> Sequence[Dossier]:
    """Return a page of a queue: the most overdue first, then in the order of names."""
    urgency = (Dossier.return_due_on,) if queue is Queue.RETURNED else ()
    return db.session.scalars(
        select(Dossier)
        .where(*_within(desk), _conditions(desk)[queue])
        .join(Dossier.person)
        .options(contains_eager(Dossier.person), joinedload(Dossier.unit))
        .order_by(*urgency, Person.name_sort_key, Dossier.id)
        .limit(limit)
        .offset(offset)
    ).all()


def scores_of_each(dossiers: Collection[Dossier]) -> Mapping[UUID, Sequence[TeamScore]]:
    """Return what each member gave in the present round of each dossier, first come first."""
    rounds = {one.id: one.round for one in dossiers}
    found: dict[UUID, list[TeamScore]] = {one.id: [] for one in dossiers}
    rows = db.session.scalars(
        select(TeamScore)
        .where(TeamScore.dossier_id.in_(rounds))
        .order_by(TeamScore.scored_at, TeamScore.id)
    )
    for one in rows:
        if one.round == rounds[one.dossier_id]:
            found[one.dossier_id].append(one)
    return found


def _within(desk: Desk) -> tuple[ColumnElement[bool], ...]:
    wanted = (
        (Dossier.year == desk.year, True),
        (Dossier.unit_id == desk.unit_id, desk.unit_id is not None),
        (Dossier.group_number == desk.group, desk.group is not None),
    )
    return tuple(condition for condition, is_asked in wanted if is_asked)


def _conditions(desk: Desk) -> Mapping[Queue, ColumnElement[bool]]:
    in_round = and_(TeamScore.dossier_id == Dossier.id, TeamScore.round == Dossier.round)
    mine = (
        select(TeamScore.id)
        .where(in_round, TeamScore.appraiser_identity_id == desk.identity_id)
        .correlate(Dossier)
        .exists()
    )
    scored = select(func.count(TeamScore.id)).where(in_round).correlate(Dossier).scalar_subquery()
    is_open = Dossier.state.in_(states_open_to_scores(is_confirmation_used=is_confirmation_used()))
    in_meeting = Dossier.state == State.IN_APPRAISAL
    needed = quorum()
    return {
        Queue.TO_SCORE: and_(is_open, ~mine, Dossier.identity_id != desk.identity_id),
        Queue.TO_AGREE: and_(in_meeting, scored >= needed),
        Queue.WAITING: and_(in_meeting, scored < needed, mine),
        Queue.RETURNED: Dossier.state == State.RETURNED,
        Queue.AGREED: Dossier.state == State.APPRAISED,
    }
