"""Leaves the values of rows out of what PostgreSQL complains of, before an error goes anywhere.

A complaint quotes them: "Key (login)=(lo.thi.panh) already exists", "Failing row contains (…)",
"invalid input syntax for type uuid: …". An error is logged and kept with a failed job, so it says
which rule of the database was broken, and no more; programs read ``diag`` as before.
"""

import psycopg
from sqlalchemy.engine import ExceptionContext


_BAD_VALUE = "22"
"""The class of complaints that quote the value in their very first line."""


def leave_values_out(context: ExceptionContext) -> None:
    """Rewrite what an error of the driver says, and what SQLAlchemy says of it."""
    error = context.original_exception
    if not isinstance(error, psycopg.Error) or error.diag.sqlstate is None:
        return
    said = _said(error.diag.sqlstate, error.diag.message_primary or "")
    error.args = (said,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {said}",)


def _said(sqlstate: str, message: str) -> str:
    if sqlstate.startswith(_BAD_VALUE):
        return f"a value was refused, and is left out here ({sqlstate})"
    return f"{message} ({sqlstate})"
