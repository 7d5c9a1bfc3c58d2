"""Say which agency above lends a member of the team, and until when."""

import sqlalchemy as sa
from alembic import op


revision = "0019"
down_revision = "0018"

ROLE = "bangvang_app"


def upgrade() -> None:
    op.add_column("membership", sa.Column("lent_by", sa.Uuid))
    op.create_foreign_key(
        "fk_membership_province_id_lent_by_tenant",
        "membership",
        "tenant",
        ["province_id", "lent_by"],
        ["province_id", "id"],
    )
    op.create_check_constraint("lent_until", "membership", "lent_by IS NULL OR until IS NOT NULL")
    op.execute(f"GRANT UPDATE (lent_by) ON membership TO {ROLE}")


def downgrade() -> None:
    op.drop_constraint("ck_membership_lent_until", "membership")
    op.drop_column("membership", "lent_by")
