"""Keep the workbook of each version of a report beside its paper, byte for byte."""

from alembic import op


revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.execute("ALTER TABLE report_snapshot ADD COLUMN workbook bytea")
    op.execute("ALTER TABLE report_snapshot ADD COLUMN workbook_hash text")
    # Versions that were signed before have none, and nothing signed is made a second time.
    op.execute(
        """
        ALTER TABLE report_snapshot ADD CONSTRAINT ck_report_snapshot_workbook_hash CHECK (
            (workbook IS NULL) = (workbook_hash IS NULL)
            AND (workbook IS NULL OR workbook_hash = encode(sha256(workbook), 'hex'))
        ) NOT VALID
        """
    )
    op.execute("ALTER TABLE report_snapshot VALIDATE CONSTRAINT ck_report_snapshot_workbook_hash")


def downgrade() -> None:
    op.execute("ALTER TABLE report_snapshot DROP CONSTRAINT ck_report_snapshot_workbook_hash")
    op.execute("ALTER TABLE report_snapshot DROP COLUMN workbook_hash, DROP COLUMN workbook")
