"""Questions about what heads of unit have to confirm."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.domain.dossiers import LEFT, State
from app.persistence.database import db
from app.persistence.models import Dossier, Person


NOT_SUBMITTED = LEFT | {State.LISTED, State.REGISTERED}
"""States in which scores may be blank, or mean nothing any more."""


def dossiers_of_units(unit_ids: Collection[UUID], year: int, state: State) -> Sequence[Dossier]:
    """Return the dossiers of some units in a state, in the order of names."""
    return db.session.scalars(
        select(Dossier)
        .where(Dossier.unit_id.in_(unit_ids), Dossier.year == year, Dossier.state == state)
        .join(Dossier.person)
        .options(contains_eager(Dossier.person), joinedload(Dossier.unit))
        .order_by(Person.name_sort_key, Dossier.id)
    ).all()


def totals_of_year(person_ids: Collection[UUID], year: int) -> Mapping[UUID, int]:
    """Return what each person who submitted in a year came to: agreed, else by themselves."""
    total = func.scores_total(func.coalesce(Dossier.agreed_scores, Dossier.self_scores))
    rows = db.session.execute(
        select(Dossier.person_id, total).where(
            Dossier.person_id.in_(person_ids),
            Dossier.year == year,
            Dossier.state.not_in(NOT_SUBMITTED),
        )
    )
    return {person_id: int(points) for person_id, points in rows}
