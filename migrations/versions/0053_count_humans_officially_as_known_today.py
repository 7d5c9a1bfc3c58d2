"""Count the people of accepted versions by who they are known to be today, and where they are."""

from alembic import op


revision = "0053"
down_revision = "0052"

STANDINGS = "report_standings(smallint, uuid, smallint, boolean)"
# What the function says of the people of a version: as they were kept, and as they are known.
# Two entries may turn out to be one human being after both were accepted, and a dossier may leave
# for another agency: the version stays as it is, and the sum above it is put right.
WORDS = (
    (
        "        WITH everybody AS (\n",
        """        WITH known AS MATERIALIZED (
            SELECT dossier.id, dossier.identity_id, dossier.state = 'transferred' AS has_left
            FROM tenant_closure AS line JOIN dossier ON dossier.province_id = line.province_id
                AND dossier.tenant_id = line.descendant_id
            WHERE line.province_id = province AND line.ancestor_id = agency
            AND dossier.year = of_year
        ), everybody AS (
""",
    ),
    (
        "dossier.is_outstanding,\n                dossier.has_digital_skills, dossier.is_digitally_fluent\n",
        "dossier.is_outstanding,\n                dossier.has_digital_skills, dossier.is_digitally_fluent, false AS has_left\n",
    ),
    (
        "SELECT member.tenant_id, member.dossier_id, member.identity_id, member.is_residence,",
        "SELECT member.tenant_id, member.dossier_id,"
        " coalesce(known.identity_id, member.identity_id), member.is_residence,",
    ),
    (
        "member.has_digital_skills, member.is_digitally_fluent\n",
        "member.has_digital_skills, member.is_digitally_fluent,"
        " coalesce(known.has_left, false)\n",
    ),
    (
        "AND member.version = report.accepted_version\n",
        "AND member.version = report.accepted_version\n"
        "            LEFT JOIN known ON known.id = member.dossier_id\n",
    ),
    (
        "PARTITION BY identity_id ORDER BY state = 'listed',",
        "PARTITION BY identity_id ORDER BY has_left, state = 'listed',",
    ),
)
MARK = """
    CREATE FUNCTION mark_officials() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO rollup_mark (province_id, tenant_id, year)
        SELECT line.province_id, line.ancestor_id, NEW.year FROM tenant_closure AS line
        WHERE line.province_id = NEW.province_id AND line.descendant_id = NEW.tenant_id
        AND line.depth > 0 AND EXISTS (
            SELECT FROM official_result AS counted WHERE counted.province_id = line.province_id
            AND counted.tenant_id = line.ancestor_id AND counted.year = NEW.year
        -- Of many people in one act, the first asks for all.
        ) AND NOT EXISTS (
            SELECT FROM rollup_mark AS mark WHERE mark.province_id = line.province_id
            AND mark.tenant_id = line.ancestor_id AND mark.year = NEW.year
            AND mark.marked_at = now()
        );
        RETURN NULL;
    END
    $$
"""


def rewrite(words: tuple[tuple[str, str], ...]) -> None:
    bind = op.get_bind()
    says = bind.exec_driver_sql(
        f"SELECT pg_get_functiondef('{STANDINGS}'::regprocedure)"
    ).scalar_one()
    for before, after in words:
        if before not in says:
            raise LookupError(before)
        says = says.replace(before, after)
    bind.exec_driver_sql(says.replace("%", "%%"), ())


def upgrade() -> None:
    rewrite(WORDS)
    op.execute(MARK)
    op.execute("REVOKE ALL ON FUNCTION mark_officials() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER mark_officials AFTER UPDATE OF identity_id, state ON dossier FOR EACH ROW"
        " WHEN (OLD.identity_id <> NEW.identity_id"
        " OR (OLD.state = 'transferred') <> (NEW.state = 'transferred'))"
        " EXECUTE FUNCTION mark_officials()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER mark_officials ON dossier")
    op.execute("DROP FUNCTION mark_officials()")
    rewrite(tuple((after, before) for before, after in reversed(WORDS)))
