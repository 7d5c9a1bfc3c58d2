"""Take notes, one for each start."""

from alembic import op


revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE note (text text)")
    op.execute("GRANT SELECT ON note TO bangvang_app")
