"""The record of acts: who did what, written in the transaction of the act itself."""

from dataclasses import dataclass
from uuid import UUID

from app.domain.audit import Act
from app.domain.permissions import Actor
from app.persistence.database import db
from app.persistence.models import AuditEvent
from app.persistence.unit_of_work import unit_of_work


def record_act(
    act: Act, *, by: Actor, object_kind: str, object_id: UUID | None = None, **facts: object
) -> None:
    """Append ``act`` to the record of the agency in scope. Facts are plain JSON values.

    Facts may hold names and other words: they enter the chain as a salted digest alone, and can
    be erased. Never a personal number, and nothing that somebody only tried to type.
    """
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """That somebody was refused: which page, by which rule. Not what they typed, nor of whom."""

    account_id: UUID
    name: str
    endpoint: str
    method: str
    rule: str


def record_refusal(refusal: Refusal) -> None:
    """Append a refusal to the record of the agency in scope, and keep nothing else.

    A transaction of its own, after what was refused has been rolled back.
    """
    db.session.rollback()
    with unit_of_work():
        db.session.add(
            AuditEvent(
                act=Act.ACCESS_REFUSED,
                actor_account_id=refusal.account_id,
                actor_name=refusal.name,
                object_kind="page",
                facts={
                    "endpoint": refusal.endpoint,
                    "method": refusal.method,
                    "rule": refusal.rule,
                },
            )
        )
