"""The office lets somebody leave a year's assessment: on their behalf, or for another agency."""

from app.domain.dossiers import Event
from app.domain.permissions import Actor, Permission
from app.persistence.models import Dossier
from app.persistence.queries.cycles import require_open_cycle
from app.services.dossiers import append_event, require_fresh, require_own_or_on_behalf


def withdraw_on_behalf(dossier: Dossier, reason: str, *, version: int, by: Actor) -> None:
    """Withdraw a dossier, for a reason, before it is proposed."""
    require_own_or_on_behalf(dossier, by=by)
    _leave(dossier, Event.WITHDRAW, reason, version=version, by=by)


def transfer(dossier: Dossier, reason: str, *, version: int, by: Actor) -> None:
    """Close a dossier here because its person goes on in another agency."""
    by.require(Permission.ROSTER_EDIT)
    _leave(dossier, Event.TRANSFER, reason, version=version, by=by)


def _leave(dossier: Dossier, event: Event, reason: str, *, version: int, by: Actor) -> None:
    require_open_cycle(dossier.year)
    require_fresh(dossier, version)
    append_event(dossier, event, by=by, reason=reason)
