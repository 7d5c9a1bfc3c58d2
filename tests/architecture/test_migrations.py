"""Migrations form one numbered line that ends at the models."""

from itertools import pairwise
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select

from app.domain.dossiers import legal_moves
from app.domain.separation import DUTIES
from app.launch.postgres import OWNER
from app.persistence.database import Base
from app.persistence.models import Duty, Move


VERSIONS = ScriptDirectory("migrations")


def test_migrations_form_one_line():
    assert len(VERSIONS.get_heads()) == 1


def test_each_migration_is_named_by_its_number():
    for script in VERSIONS.walk_revisions():
        assert Path(script.path).stem.startswith(f"{script.revision}_")


def test_numbers_follow_each_other():
    numbers = sorted(int(script.revision) for script in VERSIONS.walk_revisions())
    assert all(after - before == 1 for before, after in pairwise(numbers))


def test_the_models_match_the_newest_migration(postgres, database):
    engine = create_engine(postgres.url(database, OWNER))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_database_knows_the_moves_that_the_domain_knows(postgres, database):
    engine = create_engine(postgres.url(database, OWNER))
    with engine.connect() as connection:
        moves = {tuple(row) for row in connection.execute(select(Move.__table__))}
        duties = {tuple(row) for row in connection.execute(select(Duty.__table__))}
    engine.dispose()
    assert moves == set(legal_moves())
    assert duties == {(event, one) for event, conflicts in DUTIES.items() for one in conflicts}
