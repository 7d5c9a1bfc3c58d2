"""Touches the record of acts as only the owner of the database could: one fault at a time."""

# ruff: noqa: S311, S608 - faults are planted by chance, by statements written here
import random
from collections.abc import Callable
from uuid import UUID, uuid4

from sqlalchemy import text

from app.domain.audit_chain import Fault, FaultKind
from app.persistence.database import db
from tests.builders.world import DEPARTMENT


def as_owner(world, *statements: str, **values: object) -> None:
    """Do what only the owner of the database can: past every right and every trigger's care."""
    with world.inside(DEPARTMENT) as key, world.owner():
        for statement in statements:
            db.session.execute(text(statement), {"tenant": key.tenant_id, **values})
        db.session.commit()


ON_THE_ROW = {
    "audit_event": ("act", "object_kind", "at", "object_id", "actor_account_id"),
    "dossier_event": ("round", "at", "from_state", "to_state", "event"),
}
CHANGES = {
    "act": "act = 'cycle-closed'",
    "object_kind": "object_kind = 'person'",
    "at": "at = at - interval '1 microsecond'",
    "object_id": "object_id = gen_random_uuid()",
    "actor_account_id": "actor_account_id = NULL",
    "round": "round = 2",
    "from_state": "event = 'unregister', from_state = 'registered', to_state = 'listed'",
    "to_state": "event = 'submit', from_state = 'registered', to_state = 'submitted'",
    "event": "event = 'withdraw', to_state = 'withdrawn'",
    "actor_name": "actor_name = actor_name || ' '",
    "facts": """facts = facts || '{"number": 7}'""",
    "reason": "reason = 'khác'",
}


def change_row(kind: str) -> Callable[..., Fault]:
    def plant(world, seq: int, source: str, row_id: UUID) -> Fault:
        column = random.choice(ON_THE_ROW[source])
        as_owner(world, f"UPDATE {source} SET {CHANGES[column]} WHERE id = :id", id=row_id)
        return Fault(kind=FaultKind(kind), seq=seq, source=source, row_id=str(row_id))

    return plant


def change_words(world, seq: int, source: str, row_id: UUID) -> Fault:
    columns = ["actor_name", "facts", *(["reason"] if source == "dossier_event" else [])]
    column = random.choice(columns)
    as_owner(world, f"UPDATE {source} SET {CHANGES[column]} WHERE id = :id", id=row_id)
    return Fault(kind=FaultKind.WORDS_CHANGED, seq=seq, source=source, row_id=str(row_id))


def drop_words(world, seq: int, source: str, row_id: UUID) -> Fault:
    as_owner(
        world,
        f"UPDATE {source} SET actor_name = '', facts = '{{}}' WHERE id = :id",
        "UPDATE audit_link SET salt = NULL WHERE row_id = :id",
        id=row_id,
    )
    return Fault(kind=FaultKind.WORDS_GONE, seq=seq, source=source, row_id=str(row_id))


def drop_row(world, seq: int, source: str, row_id: UUID) -> Fault:
    as_owner(world, f"DELETE FROM {source} WHERE id = :id", id=row_id)
    return Fault(kind=FaultKind.ROW_GONE, seq=seq, source=source, row_id=str(row_id))


def put_row(world, _seq: int, source: str, row_id: UUID) -> Fault:
    """Copy a row under another id, past the triggers, as of the same moment."""
    fresh = uuid4()
    columns = {
        "audit_event": "at, act, actor_account_id, actor_name, object_kind, object_id, facts",
        "dossier_event": "dossier_id, event, from_state, to_state, round, at, actor_account_id,"
        " actor_identity_id, actor_name, reason, facts",
    }[source]
    as_owner(
        world,
        f"ALTER TABLE {source} DISABLE TRIGGER USER",
        f"INSERT INTO {source} (province_id, tenant_id, id, {columns})"
        f" SELECT province_id, tenant_id, :fresh, {columns} FROM {source} WHERE id = :id",
        f"ALTER TABLE {source} ENABLE TRIGGER USER",
        id=row_id,
        fresh=fresh,
    )
    return Fault(kind=FaultKind.ROW_UNLINKED, source=source, row_id=str(fresh))


def change_link(world, seq: int, source: str, row_id: UUID) -> Fault:
    column = random.choice(["hash", "personal", "digest", "prev"])
    as_owner(
        world,
        f"UPDATE audit_link SET {column} = sha256({column}) WHERE seq = :seq"
        " AND tenant_id = :tenant",
        seq=seq,
    )
    return Fault(kind=FaultKind.LINK_CHANGED, seq=seq, source=source, row_id=str(row_id))


def drop_link(world, seq: int, _source: str, _row_id: UUID) -> Fault:
    as_owner(world, "DELETE FROM audit_link WHERE seq = :seq AND tenant_id = :tenant", seq=seq)
    return Fault(kind=FaultKind.LINKS_GONE, seq=seq, to_seq=seq)


def exchange_links(world, seq: int, source: str, row_id: UUID) -> Fault:
    as_owner(
        world,
        "UPDATE audit_link SET seq = -1 WHERE seq = :seq AND tenant_id = :tenant",
        "UPDATE audit_link SET seq = :seq WHERE seq = :seq + 1 AND tenant_id = :tenant",
        "UPDATE audit_link SET seq = :seq + 1 WHERE seq = -1 AND tenant_id = :tenant",
        seq=seq,
    )
    return Fault(kind=FaultKind.LINK_CHANGED, seq=seq + 1, source=source, row_id=str(row_id))


PLANTERS = (
    change_row("row-changed"),
    change_words,
    drop_words,
    drop_row,
    put_row,
    change_link,
    drop_link,
    exchange_links,
)
