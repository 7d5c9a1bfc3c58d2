"""How far into an agency somebody may look: everywhere, or only into the units that they head."""

from uuid import UUID

from app.domain.permissions import GRANTS, Actor, Permission, Role


def units_in_reach(actor: Actor) -> frozenset[UUID] | None:
    """Return the units whose dossiers ``actor`` may read; None for every unit of the agency."""
    readers = {role for role, held in GRANTS.items() if Permission.DOSSIER_READ in held}
    reads_everywhere = bool(actor.roles & (readers - {Role.UNIT_HEAD}))
    return None if reads_everywhere else actor.unit_ids
