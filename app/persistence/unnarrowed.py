"""Refuses statements on a tenant's table that the first wall cannot narrow, and foreign inserts.

What names no mapped class gets no criterion: Core statements on a table, inserts, and the refresh
of a row that is already in memory. Words of SQL are left to the second wall; tests hold each of
them to naming its agency.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, event
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.visitors import ExternallyTraversible, iterate

from app.persistence.database import Base
from app.persistence.owner import is_owner
from app.persistence.ownership import OwnedByTenant, TenantRow
from app.persistence.tenancy import ForeignRowError, tenant_in_scope


class UnnarrowedStatementError(DontWrapMixin, Exception):
    """A tenant's table was used in a way that its agency does not narrow: use the mapped class."""


@event.listens_for(Session, "do_orm_execute")
def _refuse_what_is_not_narrowed(state: ORMExecuteState) -> None:
    if state.is_insert and state.is_orm_statement:
        _require_own_rows(state)
    elif not state.is_orm_statement:
        _require_no_tenants_table(state)
    elif state.is_column_load:
        _require_own_instance(state)


def _require_no_tenants_table(state: ORMExecuteState) -> None:
    statement = state.statement
    assert isinstance(statement, ExternallyTraversible)  # noqa: S101 - all of SQLAlchemy's are
    touched = {one for one in iterate(statement) if isinstance(one, Table)}
    # The owner's programs write for many agencies at once, and name the agency of each row.
    if touched & tables_of_tenants() and not is_owner(state.session):
        raise UnnarrowedStatementError(", ".join(sorted(one.name for one in touched)))


def _require_own_rows(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, TenantRow):
        return
    for row in _rows_to_insert(state):
        if (row.get("province_id"), row.get("tenant_id")) != tenant_in_scope():
            raise ForeignRowError(mapper.class_.__name__)


def _rows_to_insert(state: ORMExecuteState) -> Iterator[Mapping[str, Any]]:
    assert isinstance(state.statement, Insert)  # noqa: S101 - asked by the caller
    if state.statement.select is not None:
        raise UnnarrowedStatementError("INSERT … SELECT")
    given = state.parameters or [{}]
    fixed = state.statement.compile().params if not state.parameters else {}
    for row in [given] if isinstance(given, Mapping) else given:
        yield {**fixed, **row}


def _require_own_instance(state: ORMExecuteState) -> None:
    held = getattr(state.load_options, "_refresh_state", None)
    if held is None or not issubclass(held.class_, OwnedByTenant):
        return
    # The key that is asked for, whatever the row in memory says meanwhile.
    if tuple(held.key[1][:2]) != tuple(tenant_in_scope()):
        raise ForeignRowError(held.class_.__name__)


@cache
def tables_of_tenants() -> frozenset[Table]:
    """Return every table whose rows belong to one tenant."""
    return frozenset(
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantRow) and isinstance(mapper.local_table, Table)
    )
