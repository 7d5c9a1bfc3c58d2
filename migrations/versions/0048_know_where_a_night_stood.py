"""Note which agency the work of a night is at: should its process die, the next begins behind it."""

import sqlalchemy as sa
from alembic import op


revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.add_column("periodic_run", sa.Column("stood_at", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("periodic_run", "stood_at")
