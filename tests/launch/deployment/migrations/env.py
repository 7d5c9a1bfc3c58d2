"""Runs the one migration of the deployment of one page."""

import os

import sqlalchemy as sa
from alembic import context


with sa.create_engine(os.environ["OWNER_DATABASE_URL"]).begin() as connection:
    context.configure(connection=connection)
    context.run_migrations()
