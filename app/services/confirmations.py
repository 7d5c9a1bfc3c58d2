"""Heads of unit confirm the dossiers of their people, and may take that back until appraisal."""

from app.domain.dossiers import Event, move
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import require_hands_off
from app.persistence.models import Dossier
from app.persistence.queries.cycles import require_open_cycle
from app.services.dossiers import append_event, require_fresh


def confirm(dossier: Dossier, *, version: int, by: Actor) -> None:
    """Confirm the dossier of somebody in a unit that ``by`` heads."""
    require_may_confirm(dossier, by=by)
    require_fresh(dossier, version)
    append_event(dossier, Event.CONFIRM, by=by)


def take_confirmation_back(dossier: Dossier, reason: str, *, version: int, by: Actor) -> None:
    """Let a confirmation be undone, with a reason, until the first appraiser has scored."""
    require_may_take_back(dossier, by=by)
    require_fresh(dossier, version)
    append_event(dossier, Event.UNCONFIRM, by=by, reason=reason)


def require_may_confirm(dossier: Dossier, *, by: Actor) -> None:
    """Raise ``RefusedError`` unless ``by`` heads the unit, and the dossier is somebody else's."""
    _require_head_of(dossier, Event.CONFIRM, by)
    require_hands_off(Event.CONFIRM, dossier.identity_id, by=by)


def require_may_take_back(dossier: Dossier, *, by: Actor) -> None:
    """Raise ``RefusedError`` unless ``by`` may undo the confirmation now."""
    _require_head_of(dossier, Event.UNCONFIRM, by)


def _require_head_of(dossier: Dossier, event: Event, by: Actor) -> None:
    by.require(Permission.DOSSIER_CONFIRM)
    if dossier.unit_id not in by.unit_ids:
        raise RefusedError(Rule.NOT_YOUR_UNIT)
    require_open_cycle(dossier.year)
    move(dossier.state, event, round_number=dossier.round)
