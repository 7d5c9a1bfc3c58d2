"""The record of acts: who did what, written in the transaction of the act itself."""

from uuid import UUID

from app.domain.audit import Act
from app.domain.permissions import Actor
from app.persistence.database import db
from app.persistence.models import AuditEvent


def record_act(
    act: Act, *, by: Actor, object_kind: str, object_id: UUID | None = None, **facts: object
) -> None:
    """Append ``act`` to the record of the agency in scope. Facts are plain JSON values."""
    db.session.add(
        AuditEvent(
            act=act,
            actor_account_id=by.account_id,
            actor_name=by.name,
            object_kind=object_kind,
            object_id=object_id,
            facts=facts,
        )
    )
