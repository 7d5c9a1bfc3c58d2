"""Keeps each agency to its own rows: two walls, each enough alone.

The first wall narrows every ORM statement to the agency in scope and raises when there is none: a
forgotten filter is an exception in a test, never a leak in production. The second wall is
row-level security in PostgreSQL, which reads the same agency from settings local to the
transaction; it also holds for the statements that an ORM cannot narrow (Core, text, bulk inserts).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Connection,
    Executable,
    SmallInteger,
    Uuid,
    bindparam,
    event,
    inspect,
    or_,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, DontWrapMixin
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)
from sqlalchemy.sql.base import ExecutableOption

from app.domain.tenants import TenantKey
from app.domain.transfers import READ_BY_RECEIVER
from app.persistence.database import db
from app.persistence.models.tenant import TenantClosure
from app.persistence.ownership import (
    AskedFromAbove,
    CountedAbove,
    ExpectedBelow,
    OfferedToTenant,
    OwnedByTenant,
    SharedInLine,
    SharedUpwards,
    TenantRow,
)


_tenant_in_scope: ContextVar[TenantKey | None] = ContextVar("tenant_in_scope", default=None)


class NoTenantInScopeError(DontWrapMixin, Exception):
    """A tenant's table was touched outside ``tenant_scope``."""


class ForeignRowError(Exception):
    """A row of one tenant was written while another was in scope."""


@contextmanager
def tenant_scope(key: TenantKey) -> Iterator[None]:
    """Let queries reach the rows of ``key``, and of no one else."""
    token = _tenant_in_scope.set(key)
    _announce_in_running_transaction()
    try:
        yield
    finally:
        _tenant_in_scope.reset(token)
        # ``session.get`` answers from memory without asking the database, and so
        # without being narrowed: what this tenant loaded must not outlive its scope.
        for row in list(db.session):
            if isinstance(row, TenantRow):
                db.session.expunge(row)
        # A transaction that has failed takes no more statements, and forgets the scope with
        # everything else when it is rolled back.
        with suppress(DBAPIError):
            _announce_in_running_transaction()


def tenant_in_scope() -> TenantKey:
    """Return the tenant in scope, or raise ``NoTenantInScopeError``."""
    key = _tenant_in_scope.get()
    if key is None:
        raise NoTenantInScopeError
    return key


def _announce_in_running_transaction() -> None:
    session = db.session()
    if session.in_transaction():
        _announce(session.connection())


def _announce(connection: Connection) -> None:
    key = _tenant_in_scope.get()
    # Local to the transaction (``true``): a plain SET outlives it and was seen to leak to the
    # next user of a pooled connection.
    connection.execute(
        text(
            "SELECT set_config('app.province_id', :province, true),"
            " set_config('app.tenant_id', :tenant, true)"
        ),
        {
            "province": str(key.province_id) if key else "",
            "tenant": str(key.tenant_id) if key else "",
        },
    )


@event.listens_for(Session, "after_begin")
def _announce_at_begin(
    _session: Session, _transaction: SessionTransaction, connection: Connection
) -> None:
    _announce(connection)


# Asked for their values only when a statement really uses them: a statement that
# touches no tenant's table needs no tenant in scope.
_PROVINCE = bindparam(
    "province_in_scope", callable_=lambda: tenant_in_scope().province_id, type_=SmallInteger
)
_TENANT = bindparam("tenant_in_scope", callable_=lambda: tenant_in_scope().tenant_id, type_=Uuid)


def _own(table: Any) -> Any:
    return (table.province_id == _PROVINCE) & (table.tenant_id == _TENANT)


# The sub-select lives in an ARRAY so that PostgreSQL evaluates it once and can use the
# index on the tenant; IN and EXISTS were measured 80 and 240 times slower under a policy.
def _below(table: Any) -> Any:
    below = select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id == _TENANT)
    return (table.province_id == _PROVINCE) & table.tenant_id.in_(below)


def _in_line(table: Any) -> Any:
    above = select(TenantClosure.ancestor_id).where(TenantClosure.descendant_id == _TENANT)
    return or_(_below(table), (table.province_id == _PROVINCE) & table.tenant_id.in_(above))


def _own_or_offered(table: Any) -> Any:
    offered = (table.province_id == _PROVINCE) & (table.receiver_id == _TENANT)
    return or_(_own(table), offered & table.state.in_(READ_BY_RECEIVER))


def _own_or_asked(table: Any) -> Any:
    return or_(_own(table), (table.province_id == _PROVINCE) & (table.asker_id == _TENANT))


def _below_or_expected(table: Any) -> Any:
    expected = (table.province_id == _PROVINCE) & (table.agency_id == _TENANT)
    return or_(_below(table), expected)


def _met_below(table: Any) -> Any:
    below = select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id == _TENANT)
    return (table.province_id == _PROVINCE) & table.counted_at.in_(below)


Criteria: TypeAlias = tuple[tuple[type[TenantRow], Callable[[Any], Any]], ...]

_CRITERIA: Criteria = (
    (OwnedByTenant, _own),
    (SharedUpwards, _below),
    (SharedInLine, _in_line),
    (CountedAbove, _met_below),
    (OfferedToTenant, _own_or_offered),
    (AskedFromAbove, _own_or_asked),
    (ExpectedBelow, _below_or_expected),
)


@event.listens_for(Session, "do_orm_execute")
def _narrow_to_tenant(state: ORMExecuteState) -> None:
    state.statement = _narrowed(state.statement, _options(_CRITERIA, is_reading=state.is_select))


# A statement that is kept is narrowed once, and SQLAlchemy works out once how to tell it from
# others. The agency is no part of it: what narrows asks for that whenever the statement runs.
_known: WeakKeyDictionary[Executable, tuple[tuple[ExecutableOption, ...], Executable]] = (
    WeakKeyDictionary()
)


def _narrowed(statement: Executable, options: tuple[ExecutableOption, ...]) -> Executable:
    known = _known.get(statement)
    if known is None or known[0] is not options:
        known = _known[statement] = options, statement.options(*options)
    return known[1]


@cache
def _options(criteria: Criteria, *, is_reading: bool) -> tuple[ExecutableOption, ...]:
    """Return what narrows a statement; made once, since they ask for the agency when they run."""
    return tuple(
        with_loader_criteria(
            mixin,
            # Changes are always narrowed to the tenant itself, whatever it may read.
            criterion if is_reading else _own,
            include_aliases=True,
            track_closure_variables=False,
        )
        for mixin, criterion in criteria
    )


@event.listens_for(Session, "before_flush")
def _give_new_rows_to_the_tenant(
    session: Session, _context: UOWTransaction, _instances: object
) -> None:
    for row in session.new:
        # Not set by the caller: the tenant in scope owns what is made in it.
        if isinstance(row, TenantRow) and "tenant_id" not in inspect(row).dict:
            row.province_id, row.tenant_id = tenant_in_scope()


@event.listens_for(Session, "before_flush")
def _refuse_foreign_rows(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantRow) and (row.province_id, row.tenant_id) != tenant_in_scope():
            raise ForeignRowError(repr(row))
