"""Keep the words of criteria sets, and let a province's association publish its own.

The words of the sets that shipped come from their files. A published set never changes: not by
the application, which may only read it, and not by the owner, whom a trigger stops.
"""

import json
import tomllib
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = "0020"
down_revision = "0019"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
OWN = f"province_id = {PROVINCE} AND tenant_id = {TENANT}"
OURS = (
    "(SELECT tenant.province_id FROM tenant"
    f" WHERE tenant.province_id = {PROVINCE} AND tenant.id = {TENANT})"
)
READABLE = f"province_id IS NULL OR province_id = {OURS}"

FILES = Path(__file__).parents[2] / "tenants" / "criteria"

NEVER_CHANGES = """
    CREATE FUNCTION keep_published_criteria() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a published criteria set never changes' USING ERRCODE = '23001';
    END
    $$
"""
# Publishes the next version of a set for the province whose top agency is in scope. The rules of
# the groups are taken from the words, so that the two cannot differ.
PUBLISH = """
    CREATE FUNCTION publish_criteria_set(
        wanted text, fingerprint text, words jsonb, publisher text, editors text
    ) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        series text := split_part(wanted, '@', 1);
        newest integer;
    BEGIN
        IF NOT EXISTS (
            SELECT FROM tenant
            WHERE province_id = province AND id = agency AND parent_id IS NULL
        ) THEN
            RAISE EXCEPTION 'only the agency at the top of a province publishes criteria'
                USING ERRCODE = '42501';
        END IF;
        IF words ->> 'province' IS DISTINCT FROM to_char(province, 'FM00') OR EXISTS (
            SELECT FROM criteria_set
            WHERE split_part(reference, '@', 1) = series
            AND province_id IS DISTINCT FROM province
        ) THEN
            RAISE EXCEPTION 'the set % is not of this province', wanted USING ERRCODE = '42501';
        END IF;
        SELECT coalesce(max(split_part(reference, '@', 2)::integer), 0) INTO newest
        FROM criteria_set WHERE split_part(reference, '@', 1) = series;
        IF wanted <> series || '@' || (newest + 1) THEN
            RAISE EXCEPTION 'the next version of % is %', series, newest + 1
                USING ERRCODE = '23505';
        END IF;
        INSERT INTO criteria_set
            (reference, digest, province_id, is_verified, content, published_by, edited_by)
        VALUES
            (wanted, fingerprint, province, (words ->> 'is_verified')::boolean, words,
             publisher, editors);
        INSERT INTO criteria_rule
        SELECT wanted, (told ->> 'number')::smallint, rule.*
        FROM jsonb_array_elements(words -> 'groups') AS told,
        jsonb_to_record(told -> 'rule') AS rule (
            scale_min smallint, scale_max smallint, step smallint, pass_floor smallint,
            pass_total smallint, outstanding_years smallint
        );
    END
    $$
"""
SIGNATURE = "publish_criteria_set(text, text, jsonb, text, text)"


def upgrade() -> None:
    op.add_column(
        "criteria_set",
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    op.add_column("criteria_set", sa.Column("published_by", sa.Text(), nullable=True))
    op.add_column("criteria_set", sa.Column("edited_by", sa.Text(), nullable=True))
    keep_the_words_of_the_files()
    op.alter_column("criteria_set", "content", nullable=False)
    create_drafts()
    op.execute(NEVER_CHANGES)
    for table in ("criteria_set", "criteria_rule"):
        op.execute(
            f"CREATE TRIGGER published_for_good BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_published_criteria()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY read ON criteria_set FOR SELECT TO {ROLE} USING ({READABLE})")
    op.execute(
        f"CREATE POLICY read ON criteria_rule FOR SELECT TO {ROLE} USING (EXISTS (SELECT"
        " FROM criteria_set WHERE criteria_set.reference = criteria_rule.criteria_set"
        f" AND ({READABLE})))"
    )
    op.execute(PUBLISH)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {ROLE}")


def keep_the_words_of_the_files() -> None:
    for path in sorted(FILES.glob("*/*.toml")):
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        op.execute(
            sa.text(
                "UPDATE criteria_set SET content = cast(:words AS jsonb)"
                " WHERE reference = :reference"
            ).bindparams(
                words=json.dumps(words, default=date.isoformat, ensure_ascii=False),
                reference=f"{path.parent.name}@{path.stem}",
            )
        )


def create_drafts() -> None:
    op.create_table(
        "criteria_draft",
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("based_on", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("editors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_as", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'published', 'discarded')", name=op.f("ck_criteria_draft_state")
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_as IS NOT NULL)",
            name=op.f("ck_criteria_draft_published_as"),
        ),
        sa.ForeignKeyConstraint(
            ["based_on"],
            ["criteria_set.reference"],
            name=op.f("fk_criteria_draft_based_on_criteria_set"),
        ),
        sa.ForeignKeyConstraint(
            ["published_as"],
            ["criteria_set.reference"],
            name=op.f("fk_criteria_draft_published_as_criteria_set"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id", "tenant_id"],
            ["tenant.province_id", "tenant.id"],
            name=op.f("fk_criteria_draft_province_id_tenant_id_tenant"),
        ),
        sa.PrimaryKeyConstraint("province_id", "tenant_id", "id", name=op.f("pk_criteria_draft")),
    )
    op.create_index(
        "ix_criteria_draft_open",
        "criteria_draft",
        ["province_id", "tenant_id", "key"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (version, changes, editors, state, published_as, changed_at)"
        f" ON criteria_draft TO {ROLE}"
    )
    op.execute("ALTER TABLE criteria_draft ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON criteria_draft TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.drop_table("criteria_draft")
    for table in ("criteria_rule", "criteria_set"):
        op.execute(f"DROP POLICY read ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP TRIGGER published_for_good ON {table}")
    op.execute("DROP FUNCTION keep_published_criteria()")
    for column in ("edited_by", "published_by", "content"):
        op.drop_column("criteria_set", column)
