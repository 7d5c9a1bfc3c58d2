"""Whether the database is there, writable, up to date, and met as the right role."""

from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.persistence.database import db
from app.persistence.roles import role_problem


_MIGRATIONS = Path(__file__).parents[2] / "migrations"


def database_problem() -> str | None:
    """Return what is wrong with the database, or None."""
    try:
        return _write_problem() or role_problem() or _migration_problem()
    except SQLAlchemyError as error:
        return type(error).__name__
    finally:
        db.session.rollback()


def _write_problem() -> str | None:
    # A temporary table needs a transaction that may write, and leaves nothing behind.
    db.session.execute(text("CREATE TEMPORARY TABLE write_probe (n int) ON COMMIT DROP"))
    return None


def _migration_problem() -> str | None:
    wanted = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return None if found == wanted else f"the database is at migration {found}, not {wanted}"
