"""Keep what each agency adds up to, so that a board of many people reads as little as of few."""

import sqlalchemy as sa
from alembic import op


revision = "0035"
down_revision = "0034"

ROLE = "bangvang_app"
PROVINCE = "(SELECT nullif(current_setting('app.province_id', true), '')::smallint)"
TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
BELOW = (
    f"province_id = {PROVINCE} AND tenant_id = ANY (ARRAY("
    f"SELECT descendant_id FROM tenant_closure WHERE ancestor_id = {TENANT}))"
)

# Who is counted in which figure, as app/domain/results.py says it.
IN_FORCE = "state IN ('decided', 'published', 'appealed')"
RECOGNISED = f"{IN_FORCE} AND outcome = 'recognised'"
FIGURES = {
    "eligible": ("people", "state NOT IN ('withdrawn', 'transferred')"),
    "registered": ("people", "state NOT IN ('listed', 'withdrawn', 'transferred')"),
    "self_assessed": (
        "people",
        "state NOT IN ('listed', 'registered', 'withdrawn', 'transferred')",
    ),
    "appraised": ("people", f"state IN ('appraised', 'proposed') OR {IN_FORCE}"),
    "decided": ("people", IN_FORCE),
    "recognised": ("people", RECOGNISED),
    "not_recognised": ("people", f"{IN_FORCE} AND outcome <> 'recognised'"),
    "outstanding": ("outstanding", RECOGNISED),
    "with_digital_skills": ("with_digital_skills", RECOGNISED),
    "digitally_fluent": ("digitally_fluent", RECOGNISED),
}
SUMS = ", ".join(
    f"coalesce(sum({counted}) FILTER (WHERE {who}), 0)" for counted, who in FIGURES.values()
)
# Each table of sums with the rows that it adds up: by whom they are kept, and by what more.
KEPT = {
    "agency_result": ("unit_result", {"tenant_id": "tenant_id"}),
    # At the agency where both meet, for it and those above alone.
    "agency_overlap": ("overlap_result", {"tenant_id": "counted_at", "agency_id": "tenant_id"}),
}


def add_up(table: str, places: str) -> str:
    """Write the sums of some places; ``places`` has the columns of the rows that are added up."""
    rows, named = KEPT[table]
    keys = ["province_id", *named.values(), "year"]
    same = " AND ".join(f"place.{one} = counted.{one}" for one in keys)
    grouped = ", ".join(f"counted.{one}" for one in (*keys, "group_number"))
    return f"""
        INSERT INTO {table}
            (province_id, {", ".join(named)}, year, group_number, {", ".join(FIGURES)})
        SELECT {grouped}, {SUMS}
        FROM (SELECT DISTINCT {", ".join(keys)} FROM {places}) AS place
        JOIN {rows} AS counted ON {same}
        GROUP BY {grouped}"""


def keep(table: str) -> str:
    """Return the function that adds up again whatever a statement has changed."""
    _, named = KEPT[table]
    gone = " AND ".join(
        f"kept.{kept} = changed.{one}"
        for kept, one in {"province_id": "province_id", **named, "year": "year"}.items()
    )
    return f"""
    CREATE FUNCTION keep_{table}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM {table} AS kept USING changed WHERE {gone};
        {add_up(table, "changed").strip()};
        RETURN NULL;
    END
    $$
"""


def upgrade() -> None:
    op.create_table("agency_result", *_place(), *_figures(), *_keys("agency_result"))
    op.create_table(
        "agency_overlap",
        *_place(),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        *_figures(),
        *_keys("agency_overlap", "agency_id"),
    )
    for table, (rows, _) in KEPT.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO {ROLE}")
        op.execute(f"CREATE POLICY read ON {table} FOR SELECT TO {ROLE} USING ({BELOW})")
        op.execute(add_up(table, rows))
        op.execute(keep(table))
        op.execute(f"REVOKE ALL ON FUNCTION keep_{table}() FROM PUBLIC")
        for event, side in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER keep_{table}_{event.lower()} AFTER {event} ON {rows}"
                f" REFERENCING {side} TABLE AS changed"
                f" FOR EACH STATEMENT EXECUTE FUNCTION keep_{table}()"
            )


def _place() -> list[sa.Column]:
    return [
        sa.Column("province_id", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("group_number", sa.SmallInteger(), nullable=False),
    ]


def _figures() -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in FIGURES]


def _keys(table: str, *more: str) -> list[sa.Constraint]:
    return [
        *(
            sa.ForeignKeyConstraint(
                ["province_id", column],
                ["tenant.province_id", "tenant.id"],
                name=op.f(f"fk_{table}_province_id_{column}_tenant"),
            )
            for column in ("tenant_id", *more)
        ),
        sa.PrimaryKeyConstraint(
            "province_id", "tenant_id", "year", *more, "group_number", name=op.f(f"pk_{table}")
        ),
    ]


def downgrade() -> None:
    for table, (rows, _) in KEPT.items():
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER keep_{table}_{event} ON {rows}")
        op.execute(f"DROP FUNCTION keep_{table}()")
        op.drop_table(table)
