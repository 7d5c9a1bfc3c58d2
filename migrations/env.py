"""Connects Alembic to the application's database, as its owner, and to the tables."""

from collections.abc import Iterable

from alembic import context
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

import app.persistence.models  # noqa: F401  (registers the tables)
from app.config import owner_database_url
from app.persistence.columns import Word
from app.persistence.database import Base


# A migration that cannot get its locks gives up rather than make every page wait behind it.
LOCK_TIMEOUT = "5s"


def number(
    migration: MigrationContext, _revision: Iterable[str | None], directives: list[MigrationScript]
) -> None:
    """Name the next migration by its number, and make none when nothing changed."""
    script = directives[0]
    migrating = getattr(migration.config.cmd_opts, "autogenerate", False)
    if migrating and script.upgrade_ops is not None and script.upgrade_ops.is_empty():
        directives.clear()
        return
    head = ScriptDirectory.from_config(migration.config).get_current_head()
    script.rev_id = f"{int(head or 0) + 1:04}"


def as_text(kind: str, item: object, _context: object) -> str | bool:
    """Write our enumerations as the text they are: a migration imports nothing of the house."""
    return "sa.Text()" if kind == "type" and isinstance(item, Word) else False


url = context.config.attributes.get("url") or owner_database_url()
engine = create_engine(url)
with engine.connect() as connection:
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        process_revision_directives=number,
        render_item=as_text,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
