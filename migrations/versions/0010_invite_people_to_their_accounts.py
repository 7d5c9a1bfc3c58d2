"""Invite people to their accounts: a link, once and for a while, to choose the first password."""

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0009"

ROLE = "bangvang_app"


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_invitation_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_account_id"), "invitation", ["account_id"])
    # No agency owns the rows: the link is opened before anybody is known, like an account.
    op.execute(f"GRANT SELECT, INSERT, UPDATE (used_at) ON invitation TO {ROLE}")


def downgrade() -> None:
    op.drop_table("invitation")
