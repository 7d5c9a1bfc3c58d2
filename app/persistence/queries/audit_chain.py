"""Reads the chain of an agency: all of it, in batches and at one moment, or its heads."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text, tuple_

from app.domain.audit import Act
from app.domain.audit_chain import Head, Link
from app.domain.tenants import TenantKey
from app.persistence.database import db
from app.persistence.models import (
    AuditCheck,
    AuditDailyHead,
    AuditEvent,
    AuditHead,
    AuditLink,
    Tenant,
)
from app.persistence.tenancy import tenant_in_scope


_BATCH = 5_000


def read_at_one_moment() -> None:
    """Let the transaction that begins here see the database as it stands now, and only read.

    Links and rows that writers commit meanwhile would otherwise be half seen.
    """
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def links_in_batches(size: int = _BATCH) -> Iterator[list[Link]]:
    """Yield the links of the agency in scope, in order, each with the row that it stands for.

    The next batch is fetched while the caller works on one: following a chain keeps the database
    and this process equally busy.
    """
    key, connection, statement = tenant_in_scope(), db.session.connection(), text(_LINKS)
    values = {"province": key.province_id, "tenant": key.tenant_id, "size": size}

    def fetch(after: int) -> list[Link]:
        cursor = connection.execute(statement, {**values, "after": after}).cursor
        assert cursor is not None  # noqa: S101 - a SELECT has one
        # Straight from the driver: rows of SQLAlchemy would take as long as the hashes.
        return list(map(Link._make, cursor.fetchall()))

    with ThreadPoolExecutor(max_workers=1) as ahead:
        coming = ahead.submit(fetch, 0)
        while batch := coming.result():
            coming = ahead.submit(fetch, batch[-1].seq)
            yield batch


# The act of an erasure must itself be a link, and a later one. OFFSET 0 makes each row be looked up
# by its key, whatever the planner knows of the tables: else it may read all for each link.
_LINKS = """
    SELECT link.seq, link.source, link.row_id::text, link.digest, link.personal, link.salt::text,
        link.erased_by IS NOT NULL AND EXISTS (
            SELECT FROM audit_event AS erasure JOIN audit_link AS later
            ON later.province_id = erasure.province_id AND later.tenant_id = erasure.tenant_id
            AND later.row_id = erasure.id
            WHERE erasure.province_id = :province AND erasure.tenant_id = :tenant
            AND erasure.id = link.erased_by AND erasure.act = 'person-erased'
            AND later.seq > link.seq
        ),
        link.prev, link.hash, coalesce(act.id, event.id) IS NOT NULL,
        (extract(epoch FROM coalesce(act.at, event.at)) * 1000000)::bigint,
        coalesce(act.actor_account_id, event.actor_account_id)::text,
        coalesce(act.act, event.event),
        CASE WHEN event.id IS NULL THEN act.object_kind ELSE 'dossier' END,
        CASE WHEN event.id IS NULL THEN act.object_id ELSE event.dossier_id END::text,
        event.from_state, event.to_state, event.round,
        coalesce(act.actor_name, event.actor_name), event.reason,
        coalesce(act.facts, event.facts)::text
    FROM audit_link AS link
    LEFT JOIN LATERAL (
        SELECT * FROM audit_event AS one
        WHERE one.province_id = :province AND one.tenant_id = :tenant
        AND one.id = link.row_id OFFSET 0
    ) AS act ON link.source = 'audit_event'
    LEFT JOIN LATERAL (
        SELECT * FROM dossier_event AS one
        WHERE one.province_id = :province AND one.tenant_id = :tenant
        AND one.id = link.row_id OFFSET 0
    ) AS event ON link.source = 'dossier_event'
    WHERE link.province_id = :province AND link.tenant_id = :tenant AND link.seq > :after
    ORDER BY link.seq
    LIMIT :size
"""


def unlinked_rows() -> Sequence[tuple[str, UUID]]:
    """Return source and id of what the agency in scope has recorded and no link holds."""
    key = tenant_in_scope()
    rows = db.session.execute(
        text(_UNLINKED), {"province": key.province_id, "tenant": key.tenant_id}
    )
    return [(source, row_id) for source, row_id in rows]


_UNLINKED = "\nUNION ALL\n".join(
    f"""
    SELECT '{table}', one.id FROM {table} AS one
    LEFT JOIN LATERAL (
        SELECT seq FROM audit_link
        WHERE province_id = :province AND tenant_id = :tenant
        AND row_id = one.id AND source = '{table}' OFFSET 0
    ) AS link ON true
    WHERE one.province_id = :province AND one.tenant_id = :tenant AND link.seq IS NULL
    """  # noqa: S608 - names of tables, written here  # nosec B608
    for table in ("audit_event", "dossier_event")
)


def agencies_on_record() -> Sequence[tuple[str, TenantKey]]:
    """Return the address and the key of every agency of the platform."""
    rows = db.session.execute(
        select(Tenant.slug, Tenant.province_id, Tenant.id).order_by(Tenant.slug)
    )
    return [(slug, TenantKey(province, tenant)) for slug, province, tenant in rows]


def find_head() -> Head | None:
    """Return the head of the chain of the agency in scope; None before its first act."""
    found = db.session.execute(select(AuditHead.seq, AuditHead.hash)).first()
    return Head(*found) if found else None


def find_link_of(act: Act, object_id: UUID) -> Head | None:
    """Return the link of the first such act upon something of the agency in scope."""
    found = db.session.execute(
        select(AuditLink.seq, AuditLink.hash)
        .join(AuditEvent, AuditEvent.id == AuditLink.row_id)
        .where(AuditEvent.act == act, AuditEvent.object_id == object_id)
        .order_by(AuditLink.seq)
        .limit(1)
    ).first()
    return Head(*found) if found else None


def given_heads() -> Sequence[tuple[date, Head]]:
    """Return every head that the agency in scope has given upwards, oldest first."""
    rows = db.session.execute(
        select(AuditDailyHead.day, AuditDailyHead.seq, AuditDailyHead.hash)
        .where(AuditDailyHead.tenant_id == tenant_in_scope().tenant_id)
        .order_by(AuditDailyHead.day)
    )
    return [(day, Head(seq, digest)) for day, seq, digest in rows]


def hashes_at(numbers: Sequence[int]) -> dict[int, bytes]:
    """Return the hashes of some links of the agency in scope, by number."""
    rows = db.session.execute(
        select(AuditLink.seq, AuditLink.hash).where(AuditLink.seq.in_(numbers))
    )
    return {row.seq: row.hash for row in rows}


def due_daily_heads(day: date, most: int) -> Sequence[TenantKey]:
    """Return agencies, of all the platform, that have not given the head of ``day`` yet."""
    rows = db.session.execute(
        text("SELECT province_id, tenant_id FROM due_daily_heads(:day, :most)"),
        {"day": day, "most": most},
    )
    return [TenantKey(province, tenant) for province, tenant in rows]


def heads_below() -> Sequence[tuple[Tenant, AuditDailyHead, AuditCheck | None]]:
    """Return the newest head that each agency below the one in scope has given, and its check."""
    last = (
        select(AuditDailyHead.tenant_id, func.max(AuditDailyHead.day))
        .where(AuditDailyHead.tenant_id != tenant_in_scope().tenant_id)
        .group_by(AuditDailyHead.tenant_id)
    )
    newest = select(AuditDailyHead).where(
        tuple_(AuditDailyHead.tenant_id, AuditDailyHead.day).in_(last)
    )
    heads = {one.tenant_id: one for one in db.session.scalars(newest)}
    checks = {one.tenant_id: one for one in db.session.scalars(select(AuditCheck))}
    tenants = db.session.scalars(
        select(Tenant).where(Tenant.id.in_(heads)).order_by(Tenant.name_sort_key)
    )
    return [(one, heads[one.id], checks.get(one.id)) for one in tenants]
