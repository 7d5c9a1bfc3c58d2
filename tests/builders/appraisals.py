"""Dossiers that have come as far as the appraisal team."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.domain.dossiers import Event
from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.persistence.database import db
from app.persistence.models import Setting, Unit
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.appraisals import score
from app.services.dossiers import append_event
from tests.builders.world import PASSING, World


def make_submitted(
    world: World,
    slug: str,
    *,
    scores: list[int] | None = None,
    evidence: str = "Sổ học tập",
    **person: Any,
) -> UUID:
    """Make a dossier that its person has submitted."""
    officer = world.make_account(slug, Role.OFFICER).actor()
    dossier_id = world.make_dossier(slug, **person)
    with world.inside(slug), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        append_event(dossier, Event.REGISTER, by=officer)
        dossier.self_scores = scores or PASSING
        dossier.evidence = [evidence] * 10
        append_event(dossier, Event.SUBMIT, by=officer)
    return dossier_id


def ask_for_confirmation(world: World, slug: str) -> None:
    """Let heads of unit confirm dossiers in an agency that has not asked for it so far."""
    with world.inside(slug), unit_of_work():
        # A change is narrowed to the agency in scope.
        db.session.execute(
            update(Setting).where(Setting.name == SettingName.CONFIRMATION).values(value=True)
        )


def give_scores(world: World, slug: str, dossier_id: UUID, *scores: list[int]) -> None:
    """Let as many new members score a dossier as there are ``scores``; without any, two agree."""
    for given in scores or (PASSING, PASSING):
        member = world.make_account(slug, Role.APPRAISER).actor()
        with world.inside(slug), unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            score(dossier, tuple(given), "", version=dossier.version, by=member)


def last_unit_of(world: World, slug: str) -> UUID:
    """Return another unit of an agency than ``World.unit_of``."""
    with world.inside(slug):
        return db.session.scalars(select(Unit.id).order_by(Unit.name_sort_key.desc())).first()
