"""The office closes a dossier whose person goes on in another agency."""

from app.domain.dossiers import Event
from app.domain.permissions import Actor, Permission
from app.persistence.models import Dossier
from app.persistence.queries.cycles import require_open_cycle
from app.services.dossiers import append_event, require_fresh


def transfer(dossier: Dossier, reason: str, *, version: int, by: Actor) -> None:
    """Close a dossier here because its person goes on in another agency."""
    by.require(Permission.ROSTER_EDIT)
    require_open_cycle(dossier.year)
    require_fresh(dossier, version)
    append_event(dossier, Event.TRANSFER, by=by, reason=reason)
