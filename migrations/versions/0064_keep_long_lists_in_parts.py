"""Keep the good rows of a long list in parts, so that whoever brings them in reads what is next."""

from alembic import context, op
from alembic.script import ScriptDirectory


revision = "0064"
down_revision = "0063"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"

# A part goes in the transaction that lists its people, and all of them with their list.
TABLE = """
    CREATE TABLE roster_import_part (
        province_id smallint NOT NULL,
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        import_id uuid NOT NULL,
        position integer NOT NULL,
        rows integer NOT NULL,
        sheet_sealed bytea NOT NULL,
        CONSTRAINT pk_roster_import_part PRIMARY KEY (province_id, tenant_id, id),
        CONSTRAINT fk_roster_import_part_province_id_tenant_id_tenant
            FOREIGN KEY (province_id, tenant_id) REFERENCES tenant (province_id, id),
        CONSTRAINT fk_roster_import_part_roster_import
            FOREIGN KEY (province_id, tenant_id, import_id)
            REFERENCES roster_import (province_id, tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT uq_roster_import_part_province_id_tenant_id_import_id_position
            UNIQUE (province_id, tenant_id, import_id, position),
        CONSTRAINT ck_roster_import_part_rows CHECK (rows > 0)
    )
"""
# As before, and parts are sheets.
COUNT = """
    CREATE OR REPLACE FUNCTION values_by_key()
    RETURNS TABLE (kind text, key_id integer, number bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT 'number', get_byte(cccd_sealed, 0), count(*) FROM person
        WHERE cccd_sealed IS NOT NULL GROUP BY 2
        UNION ALL
        SELECT 'sheet', get_byte(sheet_sealed, 0), count(*) FROM (
            SELECT sheet_sealed FROM roster_import
            UNION ALL SELECT sheet_sealed FROM roster_import_part
        ) AS kept
        WHERE sheet_sealed IS NOT NULL GROUP BY 2
        UNION ALL
        SELECT 'index', get_byte(cccd_index, 0), count(*) FROM identity
        WHERE cccd_index IS NOT NULL GROUP BY 2
        UNION ALL
        SELECT 'other', get_byte(cccd_index_other, 0), count(*) FROM identity
        WHERE cccd_index_other IS NOT NULL GROUP BY 2
    $$
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("ALTER TABLE roster_import_part ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON roster_import_part TO {ROLE}")
    op.execute(
        f"CREATE POLICY own ON roster_import_part TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute("ALTER TABLE roster_import ADD COLUMN refused integer NOT NULL DEFAULT 0")
    op.execute(COUNT)


def downgrade() -> None:
    before = ScriptDirectory.from_config(context.config).get_revision("0017").module.COUNT
    op.execute(before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute("ALTER TABLE roster_import DROP COLUMN refused")
    op.drop_table("roster_import_part")
