"""Let a job bring a long list in, part by part, and say how far it has come."""

import sqlalchemy as sa
from alembic import op


revision = "0034"
down_revision = "0033"

CONFIRMED = "fk_roster_import_confirmed_by_account"


def upgrade() -> None:
    for name in ("rows", "rows_done"):
        op.add_column(
            "roster_import", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )
    op.add_column("roster_import", sa.Column("problem", sa.Text(), nullable=True))
    op.add_column("roster_import", sa.Column("confirmed_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(CONFIRMED, "roster_import", "account", ["confirmed_by"], ["id"])


def downgrade() -> None:
    op.execute("UPDATE roster_import SET state = 'checked' WHERE state IN ('checking', 'importing')")
    op.execute("DELETE FROM outbox WHERE kind IN ('list-check', 'list-import')")
    for name in ("confirmed_by", "problem", "rows_done", "rows"):
        op.drop_column("roster_import", name)
