"""Note on a mark how often counting it was begun: whatever ends the process, the try is known."""

import sqlalchemy as sa
from alembic import op


revision = "0047"
down_revision = "0046"

APP, ROLLUP = "bangvang_app", "bangvang_rollup"


def upgrade() -> None:
    op.add_column(
        "rollup_mark", sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.execute(f"GRANT UPDATE (tries) ON rollup_mark TO {APP}, {ROLLUP}")


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE (tries) ON rollup_mark FROM {APP}, {ROLLUP}")
    op.drop_column("rollup_mark", "tries")
