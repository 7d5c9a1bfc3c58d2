"""Records on what basis somebody's data are kept, and lets no dossier go on without one."""

from collections.abc import Collection
from uuid import UUID

from app.domain.consent import (
    BASIS_OF_CHANNEL,
    CURRENT_WORDING,
    require_unrestricted,
)
from app.domain.consent import require_basis as require
from app.domain.dossiers import Event
from app.domain.people import ConsentChannel
from app.domain.permissions import Actor
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Consent
from app.persistence.queries.consents import consents_of, data_standings


ONWARD = frozenset(
    {
        Event.REGISTER,
        Event.SUBMIT,
        Event.CONFIRM,
        Event.SCORE,
        Event.RETURN,
        Event.AGREE,
        Event.PROPOSE,
        Event.DECIDE,
    }
)
"""What takes a dossier on its way; what takes it back or out of the year needs no basis."""


def record_consent(person_id: UUID, channel: ConsentChannel, *, by: Actor) -> None:
    """Keep how somebody agreed, to what, and which version of the words they were shown."""
    db.session.add(
        Consent(
            person_id=person_id,
            channel=channel,
            basis=BASIS_OF_CHANNEL[channel],
            wording=CURRENT_WORDING,
            given_at=transaction_time(),
            recorded_by=by.account_id,
        )
    )
    db.session.flush()


def withdraw_consents(person_id: UUID) -> int:
    """End every basis that is live; return how many were."""
    live = [one for one in consents_of(person_id) if one.withdrawn_at is None]
    for one in live:
        one.withdrawn_at = transaction_time()
    db.session.flush()
    return len(live)


def require_usable_data(people: Collection[UUID], event: Event) -> None:
    """Raise ``RefusedError`` where ``event`` would go on with data that may not be used."""
    if event not in ONWARD:
        return
    for one in data_standings(people):
        require_unrestricted(one.name, is_restricted=one.is_restricted)
        if event is not Event.REGISTER:
            require(one.name, has_live_basis=bool(one.live) or not one.recorded)


def require_live_basis(person_id: UUID) -> None:
    """Raise ``RefusedError`` unless somebody's word, or another basis, is on record and holds."""
    for one in data_standings([person_id]):
        require(one.name, has_live_basis=bool(one.live))
