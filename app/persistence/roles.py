"""The database's roles that programs work as, and why none of them may be a mightier one.

Each program takes on the group role that holds what it needs and no more, with every connection.
Row-level security binds nobody who owns a table, is a superuser or has BYPASSRLS, nor anybody who
can become such a role: a program that finds itself so refuses to work.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import text

from app.persistence.database import db


class DatabaseRole(StrEnum):
    """A group role; a login becomes one by being a member."""

    APPLICATION = "bangvang_app"
    AUDIT = "bangvang_audit"
    ROLLUP = "bangvang_rollup"


class MightyRoleError(Exception):
    """A program would have worked as a role that row-level security does not bind."""


_IDLE_SECONDS = 30


def connect_arguments(role: DatabaseRole) -> dict[str, Any]:
    """Return what makes each new connection take on ``role``.

    A program that stands still in the middle of a transaction holds locks that others wait for. The
    database ends such a transaction: when the program goes on, nothing that it wrote has happened.

    No statement is prepared: whose rows it reads, of a commune or of a whole province, decides how
    it is best answered, and a plan that is kept for all of them suits neither.
    """
    idle = f"idle_in_transaction_session_timeout={_IDLE_SECONDS}s"
    return {"options": f"-c role={role} -c {idle}", "prepare_threshold": None}


def role_problem() -> str | None:
    """Return how row-level security fails to bind who is connected, or None.

    The login counts too: a statement that got in could leave the role that it took on.
    """
    mighty = db.session.execute(text(_MIGHTY)).scalars().all()
    if not mighty:
        return None
    return f"the application's role escapes row-level security as {', '.join(mighty)}"


def require_bound_role() -> None:
    """Raise ``MightyRoleError`` unless row-level security binds who is connected."""
    try:
        problem = role_problem()
    finally:
        db.session.rollback()
    if problem:
        raise MightyRoleError(problem)


def forget_connections() -> None:
    """Close every connection of this process, before it forks."""
    db.session.remove()
    db.engine.dispose()


# A superuser is a member of every role: the mightiest is named first.
_MIGHTY = """
    SELECT rolname FROM pg_roles
    WHERE (
        rolsuper OR rolbypassrls
        OR EXISTS (
            SELECT FROM pg_class
            WHERE relowner = pg_roles.oid AND relnamespace = 'public'::regnamespace
        )
        OR EXISTS (
            SELECT FROM pg_database WHERE datdba = pg_roles.oid AND datname = current_database()
        )
    )
    AND (
        pg_has_role(current_user, pg_roles.oid, 'MEMBER')
        OR pg_has_role(session_user, pg_roles.oid, 'MEMBER')
    )
    ORDER BY NOT rolsuper, rolname
"""
