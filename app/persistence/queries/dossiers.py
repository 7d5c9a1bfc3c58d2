"""Questions about dossiers of the agency in scope."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from app.domain.dossiers import State
from app.domain.refusals import MissingError
from app.persistence.database import db
from app.persistence.models import Dossier, DossierEvent, TeamScore
from app.persistence.tenancy import tenant_in_scope


def load_dossier(dossier_id: UUID) -> Dossier:
    """Return a dossier with its person and unit; raise ``MissingError`` if it is not ours."""
    dossier = db.session.scalars(
        select(Dossier)
        .where(Dossier.id == dossier_id)
        .options(joinedload(Dossier.person), joinedload(Dossier.unit))
    ).one_or_none()
    if dossier is None:
        raise MissingError(dossier_id)
    return dossier


def load_dossier_to_change(dossier_id: UUID) -> Dossier:
    """Return a dossier locked until the end of the transaction, as it stands now."""
    dossier = db.session.scalars(
        select(Dossier)
        .where(Dossier.id == dossier_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if dossier is None:
        raise MissingError(dossier_id)
    return dossier


def states_of(dossier_ids: Collection[UUID]) -> Mapping[UUID, State]:
    """Return the state of each dossier as the database has it now."""
    rows = db.session.execute(select(Dossier.id, Dossier.state).where(Dossier.id.in_(dossier_ids)))
    return {row.id: row.state for row in rows}


def find_dossier_of(person_id: UUID, year: int) -> Dossier | None:
    """Return the dossier of a person in a year."""
    return db.session.scalars(
        select(Dossier).where(Dossier.person_id == person_id, Dossier.year == year)
    ).one_or_none()


def dossiers_of(person_id: UUID) -> Sequence[Dossier]:
    """Return every dossier that a person has in this agency, newest year first."""
    return db.session.scalars(
        select(Dossier).where(Dossier.person_id == person_id).order_by(Dossier.year.desc())
    ).all()


def history_of(dossier_id: UUID) -> Sequence[DossierEvent]:
    """Return what happened to a dossier, oldest first."""
    return db.session.scalars(
        select(DossierEvent)
        .where(DossierEvent.dossier_id == dossier_id)
        .order_by(DossierEvent.at, DossierEvent.id)
    ).all()


def team_scores_of(dossier_id: UUID, round_number: int) -> Sequence[TeamScore]:
    """Return what each appraiser gave in a round, first come first."""
    return db.session.scalars(
        select(TeamScore)
        .where(TeamScore.dossier_id == dossier_id, TeamScore.round == round_number)
        .order_by(TeamScore.scored_at, TeamScore.id)
    ).all()


def recognised_years_of(person_ids: Collection[UUID]) -> Mapping[UUID, frozenset[int]]:
    """Return in which years each person was recognised, in this agency or any other.

    Only decisions in force count. People of other agencies stay invisible: the database answers
    for people of the agency in scope alone, and with years alone.
    """
    tenant_in_scope()
    rows = db.session.execute(
        text("SELECT person_id, years FROM recognised_years(:people)"),
        {"people": list(person_ids)},
    )
    years = {person_id: frozenset(found) for person_id, found in rows}
    return {person_id: years.get(person_id, frozenset()) for person_id in person_ids}
