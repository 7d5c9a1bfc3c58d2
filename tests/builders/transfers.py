"""Dossiers on their way from the department to the commune."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.domain.dossiers import State
from app.domain.people import ConsentChannel
from app.domain.permissions import Actor, Role
from app.persistence.database import db
from app.persistence.models import Transfer
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.arrivals import NewPlace
from app.services.departures import propose_transfer
from app.services.self_assessments import register, save_self_scores
from app.services.transfers import accept_transfer, undo_transfer
from tests.builders.world import COMMUNE, DEPARTMENT, World


SEAL = NumberSeal.with_key(b"s" * 32)
WHY = "Chuyển công tác"


def officer_of(world: World, slug: str) -> Actor:
    """Return an officer of an agency, new each time."""
    return world.make_account(slug, Role.OFFICER).actor()


def propose(
    world: World,
    dossier_id: UUID,
    *,
    out_of: str = DEPARTMENT,
    to: str = COMMUNE,
    by: Actor | None = None,
    reason: str = WHY,
) -> UUID:
    """Offer a dossier to another agency, and return the transfer."""
    officer = by or officer_of(world, out_of)
    with world.inside(out_of), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        return propose_transfer(dossier, reason, to=to, version=dossier.version, by=officer).id


def accept(
    world: World,
    transfer_id: UUID,
    *,
    at: str = COMMUNE,
    by: Actor | None = None,
    group: int = 3,
    **more: Any,
) -> UUID:
    """Take a dossier over, and return the dossier that it becomes."""
    officer = by or officer_of(world, at)
    place = NewPlace(unit_id=more.get("unit_id") or world.unit_of(at), group_number=group)
    with world.inside(at), unit_of_work():
        return accept_transfer(transfer_id, place, seal=more.get("seal", SEAL), by=officer)


def undo(
    world: World,
    transfer_id: UUID,
    received_id: UUID,
    *,
    at: str = COMMUNE,
    by: Actor | None = None,
    reason: str = "Nhận nhầm người",
) -> None:
    """Send back what was taken over."""
    officer = by or officer_of(world, at)
    with world.inside(at), unit_of_work():
        version = load_dossier(received_id).version
        undo_transfer(transfer_id, reason, version=version, by=officer)


def state_of(world: World, dossier_id: UUID, slug: str = DEPARTMENT) -> State:
    """Return where a dossier stands."""
    with world.inside(slug):
        return load_dossier(dossier_id).state


def transfer_in(world: World, transfer_id: UUID) -> Transfer:
    """Return a transfer as its sender has it."""
    with world.inside(DEPARTMENT):
        return db.session.scalars(select(Transfer).where(Transfer.id == transfer_id)).one()


def registered(
    world: World,
    slug: str = DEPARTMENT,
    channel: ConsentChannel = ConsentChannel.PAPER_FORM,
    **person: Any,
) -> UUID:
    """Make the dossier of somebody who has registered with their consent, and begun to score."""
    officer, dossier_id = officer_of(world, slug), world.make_dossier(slug, **person)
    with world.inside(slug), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        register(dossier, channel, by=officer)
        save_self_scores(dossier, {1: 7}, {1: "Sổ"}, version=dossier.version, by=officer)
    return dossier_id
