"""Which tables and which acts the first wall would let through, found by trying each."""

from contextlib import suppress

from sqlalchemy import Engine, delete, event, select, update
from sqlalchemy.exc import DBAPIError

from app.persistence.database import Base, db
from app.persistence.models import Unit
from app.persistence.ownership import TenantRow
from app.persistence.tenancy import ForeignRowError, tenant_in_scope
from app.persistence.unnarrowed import UnnarrowedStatementError


def models():
    """Return every class whose rows belong to an agency."""
    return [
        mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantRow)
    ]


def not_narrowed():
    """Yield each statement on a mapped class that reached PostgreSQL without its agency."""
    for model in models():
        table = model.__tablename__
        for statement in (
            select(model.tenant_id),
            update(model).where(model.province_id < 0).values(province_id=0),
            delete(model).where(model.province_id < 0),
        ):
            sent = _sent(statement)
            own = f"{table}.province_id = %(province_in_scope"
            if own not in sent or "%(tenant_in_scope" not in sent:
                yield sent


def _sent(statement):
    """Return what PostgreSQL is sent; that a role may not do it is no matter here."""
    said = []

    def note(_connection, _cursor, sql, _parameters, _context, _is_many):
        said.append(sql)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with suppress(DBAPIError):
            db.session.execute(statement.execution_options(synchronize_session=False))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        db.session.rollback()
    return said[-1]


def let_through():
    """Yield each act that nothing refused before PostgreSQL saw it."""
    province, tenant = tenant_in_scope()
    foreign = Unit(province_id=province + 1, tenant_id=tenant, kind="division", name="x")
    foreign.name_sort_key = "x"
    if _is_let_through(lambda: (db.session.add(foreign), db.session.flush())):
        yield "a row of another agency"
    if _is_let_through(lambda: db.session.execute(select(Unit.__table__))):
        yield "a table past its class"


def _is_let_through(act):
    try:
        act()
    except (ForeignRowError, UnnarrowedStatementError):
        return False
    except DBAPIError:
        return True
    else:
        return True
    finally:
        db.session.rollback()
