"""Dossiers on their way from the department to the commune."""

from typing import Any
from uuid import UUID

from app.domain.permissions import Actor, Role
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.arrivals import NewPlace
from app.services.departures import propose_transfer
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
