"""Look many personal numbers up by their indexes, each once, however many people there are."""

from alembic import op


revision = "0042"
down_revision = "0041"

PROVINCE = "nullif(current_setting('app.province_id', true), '')::smallint"
FORMER = f"""
    CREATE OR REPLACE FUNCTION people_with_numbers(indexes bytea[])
    RETURNS TABLE (cccd_index bytea, person_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT found.index, person.id
        FROM (
            SELECT identity.id, identity.cccd_index AS index FROM identity
            WHERE identity.province_id = {PROVINCE} AND identity.cccd_index = ANY (indexes)
            UNION ALL
            SELECT identity.id, identity.cccd_index_other FROM identity
            WHERE identity.province_id = {PROVINCE} AND identity.cccd_index_other = ANY (indexes)
        ) AS found JOIN person ON person.identity_id = found.id
        WHERE person.province_id = {PROVINCE}
        AND person.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    $$
"""
# Searching an array for each person takes as long as the list is long, times the roster.
JOINED = FORMER.replace(
    f"""SELECT identity.id, identity.cccd_index AS index FROM identity
            WHERE identity.province_id = {PROVINCE} AND identity.cccd_index = ANY (indexes)""",
    f"""SELECT identity.id, wanted.index FROM unnest(indexes) AS wanted (index)
            JOIN identity ON identity.cccd_index = wanted.index
            WHERE identity.province_id = {PROVINCE}""",
).replace(
    f"""SELECT identity.id, identity.cccd_index_other FROM identity
            WHERE identity.province_id = {PROVINCE} AND identity.cccd_index_other = ANY (indexes)""",
    f"""SELECT identity.id, wanted.index FROM unnest(indexes) AS wanted (index)
            JOIN identity ON identity.cccd_index_other = wanted.index
            WHERE identity.province_id = {PROVINCE}""",
)


def upgrade() -> None:
    op.execute(JOINED)


def downgrade() -> None:
    op.execute(FORMER)
