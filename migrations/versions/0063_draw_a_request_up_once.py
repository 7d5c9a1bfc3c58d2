"""Draw a request up once, however often the sheet that it was typed on is sent."""

import sqlalchemy as sa
from alembic import op


revision = "0063"
down_revision = "0062"

ONCE = "uq_adhoc_request_province_id_tenant_id_sheet_id"


def upgrade() -> None:
    # Of those drawn up before, nobody knows the sheet.
    op.add_column("adhoc_request", sa.Column("sheet_id", sa.Uuid(), nullable=True))
    op.create_unique_constraint(ONCE, "adhoc_request", ["province_id", "tenant_id", "sheet_id"])


def downgrade() -> None:
    op.drop_constraint(ONCE, "adhoc_request")
    op.drop_column("adhoc_request", "sheet_id")
