"""Keep of a rotation of keys what it is to: how far each agency has come, its line says."""

import sqlalchemy as sa
from alembic import op


revision = "0054"
down_revision = "0053"

ROLE = "bangvang_app"
MOMENT = sa.DateTime(timezone=True)
LEFT_TO_LINES = (
    "after_province_id",
    "after_tenant_id",
    "done",
    "total",
    "alive_at",
    "finished_at",
)


def upgrade() -> None:
    op.execute(f"REVOKE UPDATE ({', '.join(LEFT_TO_LINES)}) ON key_rotation FROM {ROLE}")
    op.drop_index("uq_key_rotation_unfinished", table_name="key_rotation")
    for column in (*LEFT_TO_LINES, "other_key_id"):
        op.drop_column("key_rotation", column)


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind = 'keys'")
    for column in (
        sa.Column("other_key_id", sa.SmallInteger(), nullable=True),
        sa.Column("after_province_id", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("after_tenant_id", sa.Uuid(), nullable=True),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alive_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
    ):
        op.add_column("key_rotation", column)
    # Whoever wants to go on with one asks for it again.
    op.execute("UPDATE key_rotation SET finished_at = started_at")
    op.create_foreign_key(
        op.f("fk_key_rotation_other_key_id_cccd_key"),
        "key_rotation",
        "cccd_key",
        ["other_key_id"],
        ["id"],
    )
    op.create_index(
        "uq_key_rotation_unfinished",
        "key_rotation",
        [sa.text("(finished_at IS NULL)")],
        unique=True,
        postgresql_where="finished_at IS NULL",
    )
    op.execute(f"GRANT UPDATE ({', '.join(LEFT_TO_LINES)}) ON key_rotation TO {ROLE}")
